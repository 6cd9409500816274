"""Every pattern in the code that may meet a stranger's text takes time in proportion to it, however it is made.

Each compiled pattern of a module is found by itself, also one that is added tomorrow. It is given, for each of its own
repetitions, long texts of what is repeated, alone and after what stands before it, which then do not fit: those that
make a pattern try again from every place. Counted is the time of the processor that this alone takes, which does not
depend on what else the machine does: one that grows with the square would need a second and more.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from re import _constants as codes
from re import _parser as parser
from types import FrameType, ModuleType
from typing import Any

import tartib

LONG = 20_000
ENOUGH = 0.25
"""Seconds of the processor for one look at a text of that length; what is linear needs some thousandths of them."""
CUT = {
    "imports.reading.guess:_IN_BRACKETS": 200,
    "imports.reading.items:_COUNTED": 1_000,
    "imports.reading.moments:_AT": 200,
    "imports.reading.moments:_NAME_OF_ZONE": 200,
    "imports.reading.moments:_TIME": 200,
    "imports.reading.sheet:_CLOCK": 200,
    "l10n.numbers:_NUMBER": 200,
    "l10n.phones:_PIECE": 200,
    "l10n.typed_dates:_CHINESE_NUMBER": 80,
}
"""Patterns that are given no longer text than that, by where they are used."""
ANCHORED = {"match", "fullmatch"}
_USES = frozenset({"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"})
_CHARACTERS = " a1-._,()<>@+'\"=\\/:x*#{}[]%&;|~^$!?\n\t中а٣"


class TooLongError(Exception):
    """A look at a text took more than enough."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """End what takes the processor longer than that; the engine of patterns looks for signals as it goes."""

    def over(_number: int, _frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def modules() -> Iterator[ModuleType]:
    """The modules that run in pages, jobs and the mailbox; commands read what their operator writes."""
    for found in pkgutil.walk_packages(tartib.__path__, "tartib."):
        if not re.match(r"tartib\.(cli|project)\b|.*\.migrations\b", found.name):
            yield importlib.import_module(found.name)


def patterns() -> dict[str, tuple[re.Pattern[Any], set[str]]]:
    """All patterns by module and name, with the ways in which the module looks by them."""
    found: dict[str, tuple[re.Pattern[Any], set[str]]] = {}
    for module in modules():
        place, source = module.__name__.removeprefix("tartib."), Path(module.__file__ or "").read_text("utf-8")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and re.search(rf"^{name}\b.*=", source, re.MULTILINE):
                used = set(re.findall(rf"\b{name}\.(\w+)", source)) & _USES
                found[f"{place}:{name}"] = (value, used or {"search"})
        for number, (pattern, way) in enumerate(written_out(source)):
            found[f"{place}:{number}"] = (pattern, {way})
    return found


def written_out(source: str) -> Iterator[tuple[re.Pattern[Any], str]]:
    """The patterns that a module writes where it looks by them: `re.sub("…", …)`."""
    for node in ast.walk(ast.parse(source)):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and isinstance(called, ast.Attribute) and called.attr in _USES:
            first = node.args[0] if node.args else None
            if ast.unparse(called.value) == "re" and isinstance(first, ast.Constant):
                yield re.compile(first.value), called.attr


def attacks(pattern: re.Pattern[Any], length: int) -> set[str]:
    """Texts of that length at which the pattern would try again and again."""
    tree = list(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG))
    pairs = {("", one) for one in (" ", "a", "1", "\n", sample(tree) or "a")}
    for head, pumped in pumps(tree, ""):
        pairs |= {(head, pumped), ("", pumped), ("", head + pumped)}
    return {(head + pumped * (length // len(pumped)))[: length - 1] + "\0" for head, pumped in pairs}


def pumps(tree: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """For every repetition without a narrow bound: what stands before it, and what it repeats."""
    for place, (code, said) in enumerate(tree):
        head = before + sample(tree[:place])
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            if said[1] > 8:
                yield head, sample(said[2]) or "a"
            yield from pumps(list(said[2]), head)
        elif code is codes.BRANCH:
            for branch in said[1]:
                yield from pumps(list(branch), head)
        elif code in (codes.SUBPATTERN, codes.ATOMIC_GROUP, codes.ASSERT, codes.ASSERT_NOT):
            yield from pumps(list(_inside(code, said)), head)


def sample(tree: Iterable[Any]) -> str:
    """A text that fits, as short as it may be."""
    return "".join(_sample(code, said) for code, said in tree)


def _sample(code: Any, said: Any) -> str:
    if code in (codes.LITERAL, codes.NOT_LITERAL):
        return chr(int(said)) if code is codes.LITERAL else "b" if said == ord("a") else "a"
    if code is codes.ANY:
        return "a"
    if code is codes.IN:
        return next((char for char in _CHARACTERS if _is_in(said, char)), "") or chr(_first(said))
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return sample(said[2]) * max(int(said[0]), 1)
    if code is codes.BRANCH:
        return sample(said[1][0])
    return sample(_inside(code, said)) if code in (codes.SUBPATTERN, codes.ATOMIC_GROUP) else ""


def _inside(code: Any, said: Any) -> Any:
    return said[3] if code is codes.SUBPATTERN else said if code is codes.ATOMIC_GROUP else said[1]


def _is_in(members: list[Any], char: str) -> bool:
    kinds: dict[Any, Callable[[str], bool]] = {
        codes.CATEGORY_SPACE: str.isspace,
        codes.CATEGORY_DIGIT: str.isdecimal,
        codes.CATEGORY_WORD: lambda one: one.isalnum() or one == "_",
    }
    others = {
        codes.CATEGORY_NOT_SPACE: codes.CATEGORY_SPACE,
        codes.CATEGORY_NOT_DIGIT: codes.CATEGORY_DIGIT,
        codes.CATEGORY_NOT_WORD: codes.CATEGORY_WORD,
    }
    hit = any(
        (code is codes.LITERAL and said == ord(char))
        or (code is codes.RANGE and said[0] <= ord(char) <= said[1])
        or (code is codes.CATEGORY and (kinds[said](char) if said in kinds else not kinds[others[said]](char)))
        for code, said in members
    )
    return hit != (members[0][0] is codes.NEGATE)


def _first(members: list[Any]) -> int:
    code, said = members[0]
    return int(said) if code is codes.LITERAL else int(said[0])


def slow(pattern: re.Pattern[Any], ways: set[str], length: int) -> str:
    """A text at which the pattern takes too long; "" where there is none."""
    for text in attacks(pattern, length):
        given = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
        for way in sorted(ways & ANCHORED) + ["search"] * bool(ways - ANCHORED):
            try:
                with at_most(ENOUGH):
                    # Looking for all of them goes on after each that fits.
                    any(False for _each in pattern.finditer(given)) if way == "search" else getattr(pattern, way)(given)
            except TooLongError:
                return f"{way} {text[:30]!r}"
    return ""


def test_the_attacks_find_what_grows_with_the_square() -> None:
    assert slow(re.compile(r"\s*>\s*"), {"split"}, LONG)
    assert slow(re.compile(r"[^@\s]+@[^@\s]+"), {"search"}, LONG)
    assert slow(re.compile(r"(?:a|b)*\s*[x,]?\s*c"), {"fullmatch"}, LONG)
    assert slow(re.compile(r"(a+)+b"), {"match"}, 100)
    assert not slow(re.compile(r"(?<!\s)\s*>\s*"), {"split"}, LONG)


def test_every_pattern_is_linear_or_given_little() -> None:
    """X6: one text of a stranger never takes the processor for long."""
    found = patterns()
    assert len(found) > 100
    assert found.keys() >= CUT.keys(), "what is not there any more need not be cut"
    said = {place: slow(pattern, ways, CUT.get(place, LONG)) for place, (pattern, ways) in found.items()}
    wrong = {place: text for place, text in said.items() if text}
    assert not wrong, wrong
