"""The glossaries in `docs/glossary`: the one translation of each term, and the words that no translation may use."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tartib.cli import catalogues
from tartib.cli.catalogues import LOCALES, PACKAGE, Finding

GLOSSARY = PACKAGE.parent.parent / "docs" / "glossary"
EXCEPTIONS = "exceptions.tsv"

_TERMS_HEADER = ["term", "use", "never", "note"]
_EXCEPTIONS_HEADER = ["language", "term", "text", "why"]
# The term of a row whose forbidden words no text may use, whatever it is about.
_EVERY_TEXT = "*"
# The language codes of texts in TOML are Django's.
_TONGUES = {locale: locale.lower().replace("_", "-") for locale in LOCALES}

_FILLED_IN = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?[a-z][^>]*>|[\w.@]+\.example\b|“tartib [\w ]+”")
# Vowel marks of Arabic, which tell «أُنشئ» (was made) from «أنشئ» (make!).
_VOWELS = re.compile("[\u064b-\u0652\u0670]")
# What Arabic writes onto the front of a word: and, so; in, as, to; the.
_ARABIC_FRONT = "(?:[وف]?(?:[بكل]?ال|لل|[بكل])?)"


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the product and its translation, whose plural forms are several strings, and its context.

    A `brief` one may leave a term out, as an SMS does whose link leads to what it is about.
    """

    file: Path
    text: str
    forms: tuple[str, ...]
    context: str = ""
    brief: bool = False


@dataclass(frozen=True)
class Term:
    """A row: an English term, what stands for it, and what must not. `*` within a word is any ending or beginning.

    A term may name the context of a text: "name (a person)".
    """

    file: Path
    locale: str
    term: str
    use: str
    never: str

    @cached_property
    def asked(self) -> re.Pattern[str]:
        """Finds the term in an English text, in the singular and in the plural."""
        forms = "|".join(re.escape(form) for form in _listed(self.term))
        return re.compile(rf"(?<![\w-])(?:{forms})(?:s|es)?(?![\w-])", re.IGNORECASE)

    @cached_property
    def right(self) -> re.Pattern[str]:
        """Finds the translation that is to be used."""
        return _words(_VOWELS.sub("", self.use), self.locale)

    @cached_property
    def wrong(self) -> re.Pattern[str] | None:
        """Finds a translation that must not be used; none where nothing is forbidden."""
        return _words(self.never, self.locale) if self.never else None


def check(folder: Path = GLOSSARY, package: Path = PACKAGE) -> list[Finding]:
    """Every translation that does not use the word its glossary has for a term, or uses one that it forbids."""
    findings: list[Finding] = []
    excepted = _exceptions(folder, findings)
    needed: set[tuple[str, str, str]] = set()
    for locale in LOCALES:
        terms = _terms(folder, locale, findings)
        for said in _texts(package, locale):
            for term, trouble in _troubles(said, terms):
                text = " ".join(said.text.split())
                reasons = [one for one in excepted if one[:2] == (locale, term.term) and text.startswith(one[2])]
                needed.update(reasons)
                if not reasons:
                    findings.append(Finding(said.file, f"{said.text!r}: {trouble} (glossary, {term.term!r})"))
    for locale, name, text in sorted(set(excepted) - needed):
        what = f"nothing needs the exception of {locale} for {name!r} in {text!r}"
        findings.append(Finding(folder / EXCEPTIONS, what))
    return findings


def _troubles(said: Said, terms: Sequence[Term]) -> Iterator[tuple[Term, str]]:
    """What is wrong with the words of a translation; the longest terms first, of which each takes its words away."""
    left = _FILLED_IN.sub("\0", said.text)
    forms = [_FILLED_IN.sub("\0", form) for form in said.forms if form]
    for term in terms:
        if term.term != _EVERY_TEXT:
            if "(" in term.term:
                times = len(term.asked.findall(f"{left} ({said.context})"))
            else:
                left, times = term.asked.subn("\0", left)
            if not times:
                continue
            if not said.brief and not any(term.right.search(_VOWELS.sub("", form)) for form in forms):
                yield term, f"{' | '.join(said.forms)!r} does not say {term.use!r}"
        for form in forms:
            if term.wrong and (found := term.wrong.search(form)):
                yield term, f"{form!r} says {found[0]!r}"


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(" / ") if word.strip()]


def _words(words: str, locale: str) -> re.Pattern[str]:
    """Finds any of the listed words: whole ones, except in Chinese, which does not part its words."""
    found = []
    for word in _listed(words):
        body = re.escape(word).replace(r"\*", r"[\w\u200c’]*").replace(r"\ ", r"[\s\u200c]+")
        if locale == "zh_Hant":
            found.append(body)
        else:
            front = _ARABIC_FRONT if locale == "ar" else ""
            found.append(rf"(?<![\w’]){front}{body}(?![\w’])")
    return re.compile("|".join(found), re.IGNORECASE)


def _terms(folder: Path, locale: str, findings: list[Finding]) -> list[Term]:
    file = folder / f"{locale}.tsv"
    terms = [Term(file, locale, row["term"], row["use"], row["never"]) for row in _rows(file, _TERMS_HEADER, findings)]
    findings += [
        Finding(file, f"{term.term!r} has no translation")
        for term in terms
        if not term.term or not (term.use or (term.term == _EVERY_TEXT and term.never))
    ]
    return sorted((term for term in terms if term.term), key=lambda term: -max(map(len, _listed(term.term))))


def _exceptions(folder: Path, findings: list[Finding]) -> list[tuple[str, str, str]]:
    file = folder / EXCEPTIONS
    rows = list(_rows(file, _EXCEPTIONS_HEADER, findings))
    findings += [Finding(file, f"the exception for {row['text']!r} has no reason") for row in rows if not row["why"]]
    return [(row["language"], row["term"], row["text"]) for row in rows]


def _rows(file: Path, header: list[str], findings: list[Finding]) -> Iterator[dict[str, str]]:
    """The rows of a table, of which each has all columns of the header."""
    if not file.exists():
        findings.append(Finding(file, "is not there"))
        return
    with file.open(encoding="utf-8", newline="") as stream:
        table = csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        if next(table, None) != header:
            findings.append(Finding(file, f"must begin with the columns {', '.join(header)}"))
            return
        for number, row in enumerate(table, 2):
            if len(row) != len(header):
                findings.append(Finding(file, f"row {number} has {len(row)} columns instead of {len(header)}"))
            else:
                yield dict(zip(header, row, strict=True))


def _texts(package: Path, locale: str) -> Iterator[Said]:
    """Every text that has a translation: in the catalogues, in workflows and refusals, and in messages."""
    for app in catalogues.apps(package):
        file = catalogues.catalogue_file(app, locale)
        for text, forms in catalogues.translations(file, locale).items():
            yield Said(file, text.plural or text.singular, tuple(forms), text.context)
    for file in [*sorted(package.glob("flow/presets/*.toml")), *package.glob("flow/reasons.toml")]:
        yield from _in_words(file, tomllib.loads(file.read_text(encoding="utf-8")), _TONGUES[locale])
    for file in package.glob("notify/defaults.toml"):
        tongues = tomllib.loads(file.read_text(encoding="utf-8"))
        yield from _in_parallel(file, tongues["en"], tongues[_TONGUES[locale]])


def _in_words(file: Path, table: Any, tongue: str) -> Iterator[Said]:
    """The texts of a tree in which a text is a table of languages."""
    if isinstance(table, Mapping):
        if isinstance(table.get("en"), str):
            yield Said(file, table["en"], (table.get(tongue, ""),))
        else:
            for part in table.values():
                yield from _in_words(file, part, tongue)
    elif isinstance(table, list):
        for part in table:
            yield from _in_words(file, part, tongue)


def _in_parallel(file: Path, source: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Said]:
    """The texts of two trees of the same shape, one of which translates the other."""
    for name, text in source.items():
        if isinstance(text, Mapping):
            yield from _in_parallel(file, text, other.get(name, {}))
        elif text and other.get(name):
            yield Said(file, text, (other[name],), brief="sms" in name)
