"""The small language of templates: text with `{words}` in it, and nothing else. Pure: no Django models, no clock.

A word stands between braces by its bare name; `{{` and `}}` are braces themselves. There are no attributes, indexes,
conversions or formats, so a template can reach nothing but the words it is given. Reading is total: every text can be
read and filled, and what is wrong with it is told apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext as _

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TOKEN = re.compile(r"\{\{|\}\}|\{[^{}]*\}|\{|\}")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line: text as it stands or, with `word`, what fills that word."""

    text: str
    word: str = ""


Line = tuple[Part, ...]


def parse_template(text: str) -> tuple[Line, ...]:
    """The lines of a template in parts. Braces that mean nothing stand for themselves."""
    return tuple(_read_line(line) for line in _lines(text))


def problems(text: str, known: Collection[str]) -> list[str]:
    """What is wrong with a template and where, in the reader's language; empty when it can be used."""
    found = []
    for number, line in enumerate(_lines(text), start=1):
        for token in _TOKEN.finditer(line):
            problem = _problem(token[0], known)
            if problem:
                found.append(_("Line %(line)d, character %(place)d: %(problem)s")
                             % {"line": number, "place": token.start() + 1, "problem": problem})  # fmt: skip
    if any(_unprintable(char) for char in text):
        found.append(_("The text holds characters that cannot be sent. Type it again instead of pasting it."))
    return found


def fill(lines: Sequence[Line], words: Mapping[str, str]) -> tuple[Line, ...]:
    """The lines with their words filled in.

    A line whose words are all empty is left out as a whole ("Tracking number: {tracking_number}" without one), and so
    are the blank lines that would then stand together, at the beginning or at the end.
    """
    filled: list[Line] = []
    for line in lines:
        values = [words.get(part.word, "") for part in line if part.word]
        if values and not any(value.strip() for value in values):
            continue
        done = _with_one_stop(Part(clean(words.get(p.word, "")).strip(), p.word) if p.word else p for p in line)
        if any(part.text.strip() for part in done):
            filled.append(done)
        elif filled and filled[-1]:
            filled.append(())
    while filled and not filled[-1]:
        filled.pop()
    return tuple(filled)


def _with_one_stop(parts: Iterable[Part]) -> Line:
    """The parts of a line, where a word that ends with a full stop («2026 р.») stands before that of the sentence."""
    done: list[Part] = []
    for part in parts:
        stopped = done and done[-1].text.rstrip("\u2069").endswith(".")
        twice = stopped and part.text.startswith(".") and part.text[1:2] != "."
        done.append(Part(part.text[1:], part.word) if twice else part)
    return tuple(done)


def plain(lines: Sequence[Line]) -> str:
    """Filled lines as plain text."""
    return "\n".join(re.sub(r"[ \t]{2,}", " ", "".join(part.text for part in line)).strip() for line in lines)


def one_line(text: str, most: int = 250) -> str:
    """Text that can stand in a header: no line breaks or control characters, at most `most` characters long."""
    line = " ".join(clean(text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def clean(text: str) -> str:
    """Text without characters that mail and phones cannot carry; line ends as LF."""
    return "".join(char for char in text.replace("\r\n", "\n").replace("\r", "\n") if not _unprintable(char))


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _read_line(line: str) -> Line:
    parts: list[Part] = []
    literal, end = "", 0
    for token in _TOKEN.finditer(line):
        literal += line[end : token.start()]
        end = token.end()
        if token[0] in ("{{", "}}"):
            literal += token[0][0]
        elif _NAME.fullmatch(token[0][1:-1]):
            if literal:
                parts.append(Part(clean(literal)))
            literal = ""
            parts.append(Part("", token[0][1:-1]))
        else:
            literal += token[0]
    literal += line[end:]
    if literal:
        parts.append(Part(clean(literal)))
    return tuple(parts)


def _problem(piece: str, known: Collection[str]) -> str:
    name = piece[1:-1]
    if piece in ("{{", "}}") or name in known:
        return ""
    if piece == "{":
        return _("“{” is never closed on this line. Write {{ for the brace itself.")
    if piece == "}":
        return _("“}” closes nothing. Write }} for the brace itself.")
    if not _NAME.fullmatch(name):
        return _("“%(piece)s” is not a word. Between braces stands the name of a word alone, as in {shop_name}.") % {
            "piece": piece[:60]
        }
    near = get_close_matches(name, sorted(known), 1)
    if near:
        return _("there is no word {%(name)s}. Did you mean {%(near)s}?") % {"name": name, "near": near[0]}
    return _("there is no word {%(name)s}. Choose one from the list of words.") % {"name": name}


def _unprintable(char: str) -> bool:
    return char not in "\n\t\r" and unicodedata.category(char) in ("Cc", "Cs")
