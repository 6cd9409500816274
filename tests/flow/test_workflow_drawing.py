"""Workflows as pictures, generated and in step with the presets (X1)."""

from pathlib import Path

import pytest

from tartib.flow import LANGUAGES, as_data, draw, pages, preset, presets, read_workflow

DOCS = Path(__file__).parents[2] / "docs" / "workflows"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", presets())
def test_a_picture_names_every_status_and_every_act(code: str, language: str) -> None:
    """X1: nothing of the table is missing in the picture, in any language."""
    workflow = preset(code)
    picture = draw(workflow, language)
    assert picture.startswith("flowchart TD\n  begin((●)) --> s_")
    for status in workflow.statuses.values():
        assert f'"{status.name.say(language)}"' in picture
        assert f":::{status.phase}" in picture and f"classDef {status.phase} " in picture
    for move in workflow.moves:
        assert move.label.say(language) in picture


def test_an_act_that_leaves_many_statuses_is_drawn_once() -> None:
    """X1: ten lines into "Problem" would hide the way through."""
    picture = draw(preset("delivery"))
    assert picture.count("Mark a problem") == 1
    assert '"Received · In processing · Paid · Picking · Packed · Problem"' in picture
    assert '==>|"A day on the way · 1d"| s_in_transit' in picture


def test_a_shops_own_words_cannot_break_the_picture() -> None:
    """D2: names are text, whatever is in them."""
    data = as_data(preset("essential"))
    data["status"][0]["name"]["en"] = 'New"]\n  evil --> <b>x</b> & "y'
    line = draw(read_workflow(data)).splitlines()[2]
    assert line == '  s_pending["New#quot;] evil --#gt; #lt;b#gt;x#lt;/b#gt; #amp; #quot;y"]:::waiting'


def test_the_pages_in_docs_are_in_step_with_the_presets() -> None:
    """X1: when this fails, run `tartib draw`."""
    drawn = pages()
    assert set(drawn) == {"README.md", *(f"{code}.md" for code in presets())}
    for name, text in drawn.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, name


def test_pages_hold_whole_tables() -> None:
    """X1: every row of a table has the cells of its head."""
    for name, text in pages().items():
        rows = [line for line in text.splitlines() if line.startswith("| ")]
        assert rows, name
        assert {row.count(" | ") for row in rows} <= {3, 8, 9}, name
