"""Which texts an app asks gettext for: in its Python by the syntax tree, in its templates by Django's own lexer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.template.base import Lexer, Token, TokenType
from django.utils.text import unescape_string_literal
from django.utils.translation import trim_whitespace

# The places of context, singular and plural among the arguments of each of gettext's functions.
_FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "": (None, 0, None),
    "n": (None, 0, 1),
    "p": (0, 1, None),
    "np": (0, 1, 2),
}
KEYWORDS = {
    f"{prefix}gettext{suffix}": places
    for prefix, places in _FUNCTIONS.items()
    for suffix in ("", "_lazy", "_noop")
    if not (suffix == "_noop" and prefix)
} | {"_": _FUNCTIONS[""]}

_LITERAL = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CONSTANT = re.compile(rf"_\(({_LITERAL})\)", re.DOTALL)
_TEXT = re.compile(rf"(?:trans|translate)\s+({_LITERAL})", re.DOTALL)
_BLOCK = re.compile(r"(?:blocktrans|blocktranslate)(?:\s|$)")
_CONTEXT = re.compile(rf"\scontext\s+({_LITERAL})", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A text as gettext is asked for it; `plural` and `context` are empty where it has none."""

    singular: str
    plural: str = ""
    context: str = ""


class NotExtractable(ValueError):
    """A call of gettext whose text is only known when the program runs; nobody could translate it."""


def in_app(folder: Path) -> dict[Text, list[str]]:
    """Every text of the app in `folder`, with the files that use it, relative to the folder."""
    found: dict[Text, list[str]] = {}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if "static" in name.parts or "migrations" in name.parts or not file.is_file():
            continue
        if file.suffix == ".py":
            texts = in_python(file.read_text(encoding="utf-8"), str(file))
        elif "templates" in name.parts:
            texts = in_template(file.read_text(encoding="utf-8"))
        else:
            continue
        for text in texts:
            places = found.setdefault(text, [])
            if str(name) not in places:
                places.append(str(name))
    return found


def in_python(source: str, file: str = "") -> Iterator[Text]:
    """The texts of a Python module, in the order of the tree. Raises `NotExtractable` for a text put together."""
    for node in ast.walk(ast.parse(source, file)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name in KEYWORDS:
            text = _text_of_call(node, name, file)
            if text is not None:
                yield text


def in_template(source: str) -> Iterator[Text]:
    """The texts of a Django template, exactly as Django will ask for them when it renders it."""
    tokens = iter(Lexer(source).tokenize())
    for token in tokens:
        if token.token_type not in {TokenType.BLOCK, TokenType.VAR}:
            continue
        if token.contents == "comment" or token.contents.startswith("comment "):
            _skip_comment(tokens)
            continue
        for literal in _CONSTANT.findall(token.contents):
            yield Text(_escaped(literal))
        if token.token_type == TokenType.VAR:
            continue
        if found := _TEXT.match(token.contents):
            yield Text(_escaped(found[1]), context=_context(token))
        elif _BLOCK.match(token.contents):
            yield _text_of_block(token, tokens)


def _text_of_call(call: ast.Call, name: str, file: str) -> Text | None:
    words = []
    for place in KEYWORDS[name]:
        argument = call.args[place] if place is not None and place < len(call.args) else None
        match argument:
            case None:
                words.append("")
            case ast.Constant(value=str(text)):
                words.append(text)
            case ast.Name() | ast.Attribute() | ast.Subscript():
                # A text that is marked where it is written, and only looked up here.
                return None
            case _:
                raise NotExtractable(f"{file}:{call.lineno}: {name}() needs its text written out, not put together")
    context, singular, plural = words
    return Text(singular, plural, context)


def _text_of_block(opening: Token, tokens: Iterator[Token]) -> Text:
    parts: tuple[list[str], list[str]] = ([], [])
    forms = 0
    for token in tokens:
        if token.token_type == TokenType.TEXT:
            parts[forms].append(token.contents.replace("%", "%%"))
        elif token.token_type == TokenType.VAR:
            parts[forms].append(f"%({token.contents})s")
        elif token.token_type == TokenType.BLOCK and token.contents.strip() == "plural":
            forms = 1
        elif token.token_type == TokenType.BLOCK:
            break
    singular, plural = ("".join(part) for part in parts)
    if "trimmed" in opening.split_contents():
        singular, plural = trim_whitespace(singular), trim_whitespace(plural)
    return Text(singular, plural, _context(opening))


def _skip_comment(tokens: Iterator[Token]) -> None:
    for token in tokens:
        if token.token_type == TokenType.BLOCK and token.contents == "endcomment":
            return


def _context(token: Token) -> str:
    found = _CONTEXT.search(token.contents)
    return unescape_string_literal(found[1]) if found else ""


def _escaped(literal: str) -> str:
    """A literal's text with its percent signs doubled, as Django looks up the literals of templates."""
    return unescape_string_literal(literal).replace("%", "%%")
