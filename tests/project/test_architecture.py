"""The reading test of docs/architecture.md: every question is answered by a path, and the paths are right."""

import re

import pytest

from tests.settings import CHECKOUT

DOCS, HOUSE = CHECKOUT / "docs", CHECKOUT / "src" / "tartib"
_, _, _table = (DOCS / "architecture.md").read_text().partition("## Where is it?")
ANSWERS = re.findall(r"^\| (.+\?) \| (.+) \|$", _table.partition("\n## ")[0], re.MULTILINE)


@pytest.mark.parametrize(("question", "answer"), ANSWERS)
def test_every_path_it_names_is_there(question: str, answer: str) -> None:
    for path in re.findall(r"`([a-z_]+/[\w/.*]+)`", answer):
        assert list(HOUSE.glob(path)), path
    for path, name in re.findall(r"`([\w/]+\.py)`, `(\w+)`", answer):
        assert re.search(rf"^(def|class) {name}\b", (HOUSE / path).read_text(), re.MULTILINE), (path, name)
    for page, anchor in re.findall(r"\]\(([\w.]+\.md)#?([\w-]*)\)", answer):
        headings = re.findall(r"^#+ (.+)$", (DOCS / page).read_text(), re.MULTILINE)
        assert not anchor or anchor in {heading.lower().replace(" ", "-") for heading in headings}, anchor


def test_the_seven_questions_are_asked() -> None:
    asked = " ".join(question for question, _answer in ANSWERS)
    for word in ("status", "SMS", "notice", "order list", "carrier", "kind", "setting"):
        assert word in asked


def test_what_is_drawn_of_the_flows_is_there() -> None:
    """Every file, and every function in its file: `room/file.py`, `room/file.function`."""
    drawn = re.findall(r"(?<![\w./])([a-z_]+/[a-z_]+)\.([a-z_]+)", (DOCS / "flows.md").read_text())
    assert len(drawn) > 10
    for file, name in drawn:
        code = (HOUSE / f"{file}.py").read_text()
        assert name == "py" or re.search(rf"^def {name}\b", code, re.MULTILINE), (file, name)
