"""Reasons: every refusal anybody in the house makes has its words, whole in five languages (X1, X5)."""

import re
import string
from pathlib import Path

import pytest

import tartib.flow
from tartib.flow import GUARDS, LANGUAGES, Refusal, Words
from tartib.flow.facts import fact_names, findings, reasons, role_names
from tartib.flow.workflow import ROLES

HOUSE = Path(tartib.flow.__file__).parents[1]


def places(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("words", [*reasons().values(), *findings().values()], ids=[*reasons(), *findings()])
def test_a_reason_is_whole(words: Words) -> None:
    """X5: in each language, with the same places, ending as a sentence, without a shout."""
    assert tuple(words) == LANGUAGES
    assert len({frozenset(places(text)) for text in words.values()}) == 1
    for text in words.values():
        assert text[-1] in ".。" and "!" not in text
    assert not re.search(r"[,;:?](?!\d)", words["zh-hant"]), "half-width punctuation"
    assert not re.search(r"[پچژگکی]", words["ar"]) and not re.search(r"[كيىة]", words["fa"])


def test_every_refusal_in_the_house_has_a_reason() -> None:
    """X1: no room above may refuse without words that a person understands."""
    used = {
        code
        for path in HOUSE.rglob("*.py")
        for code in re.findall(r'Refusal\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    assert used - set(reasons()) == set()


def test_roles_and_facts_have_names() -> None:
    """X5: "ask a manager" and "the total is not known" can be said in every language."""
    assert set(role_names()) == set(ROLES)
    asked = {fact for guard in GUARDS.values() for fact in guard.asks}
    assert asked - {"tracking_number"} == set(fact_names())
    assert {tuple(words) for words in (*role_names().values(), *fact_names().values())} == {LANGUAGES}


def test_an_unknown_reason_is_said_all_the_same() -> None:
    """X1: an old answer, kept from another version, still reads as a sentence."""
    assert "“gone-by”" in Refusal("gone-by").say("en")
    assert (
        Refusal("stock-short", {"product": "Teapot", "wanted": 2})
        .say("en")
        .startswith("There is not enough of “Teapot” in stock: 2 wanted, — available.")
    )
