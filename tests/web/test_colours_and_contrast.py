"""Colours can be read: every pair of the style sheet and every brand colour, in light and in dark."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tartib
from tartib.flow.workflow import COLOURS
from tartib.web import colours

PACKAGE = Path(tartib.__file__).parent
PAIR = re.compile(r"--c-(\w+)-(bg|fg): light-dark\((#\w{6}), (#\w{6})\);")


def test_every_status_colour_has_a_readable_pair_in_light_and_dark() -> None:
    found = {
        (name, part): (light, dark)
        for name, part, light, dark in PAIR.findall((PACKAGE / "web/static/web/tokens.css").read_text())
    }
    assert {name for name, _part in found} == set(COLOURS)
    for name in COLOURS:
        for mode in (0, 1):
            contrast = colours.contrast(found[name, "bg"][mode], found[name, "fg"][mode])
            assert contrast >= colours.READABLE, f"{name}, {'dark' if mode else 'light'}: {contrast:.2f}"


@pytest.mark.parametrize("sheet", ["web/static/web/tartib.css", "public/static/public/public.css"])
def test_text_and_links_are_readable_on_their_paper(sheet: str) -> None:
    text = (PACKAGE / sheet).read_text()
    found = dict(re.findall(r"--([\w-]+): (light-dark\(#\w{6}, #\w{6}\))", text))
    for mode in (0, 1):
        papers = [re.findall(r"#\w{6}", found[name])[mode] for name in ("paper", "ground")]
        for name in ("ink", "ink-2", *(["accent"] if "accent" in found else ["brand-text"])):
            ink = re.findall(r"#\w{6}", found[name])[mode]
            assert all(colours.contrast(ink, paper) >= colours.READABLE for paper in papers), (name, mode)


@given(st.integers(0, 0xFFFFFF))
def test_any_brand_colour_gives_readable_text(number: int) -> None:
    colour = f"#{number:06x}"
    assert colours.contrast(colour, colours.text_on(colour)) >= colours.READABLE
    for paper in ("#ffffff", "#171d26"):
        assert colours.contrast(colours.as_text(colour, paper), paper) >= colours.READABLE


def test_known_contrasts() -> None:
    """Black on white is 21 and a colour on itself 1, as WCAG defines them."""
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#206bc4", "#206bc4") == pytest.approx(1)


def test_styles_use_logical_properties_only() -> None:
    """A physical left or right would not mirror in Arabic and Persian."""
    physical = re.compile(
        r"(?<![\w-])(?:margin|padding|border|inset)?-?(?:left|right)(?:-\w+)?\s*:|text-align:\s*(?:left|right)"
    )
    for sheet in PACKAGE.glob("*/static/*/**/*.css"):
        assert not physical.findall(sheet.read_text()), sheet.name
