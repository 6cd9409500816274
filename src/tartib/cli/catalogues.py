"""The catalogues of translations: one an app and language, written by people, kept in step with the code."""

from __future__ import annotations

import gettext
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tartib.cli.extraction import NotExtractable, Text, in_app
from tartib.cli.visible import unmarked

PACKAGE = Path(__file__).resolve().parent.parent
LOCALES = ("ar", "fa", "uk", "zh_Hant")

# %(name)s, %s and {name}: what the program puts into a text, and must find in its translation.
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w+)\}")
_MARKUP = re.compile(r"</?\w+")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a file, in words."""

    file: Path
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


def apps(package: Path = PACKAGE) -> list[Path]:
    """The folders of the apps, which have a catalogue each."""
    return sorted(file.parent for file in package.glob("*/apps.py"))


def catalogue_file(app: Path, locale: str) -> Path:
    """Where an app's catalogue of a language is."""
    return app / "locale" / locale / "LC_MESSAGES" / "django.po"


@cache
def plural_forms(locale: str) -> str:
    """Django's own plural rule of the language: another would count the same number differently."""
    conf = Path(django.__file__).parent / "conf" / "locale"
    rule: str = gettext.translation("django", conf, [locale]).info()["plural-forms"]
    return rule


def read_catalogue(file: Path, locale: str) -> Catalog:
    """A catalogue as it is on the disk; an empty one where there is none yet."""
    if not file.exists():
        return read_po(BytesIO(_header(locale).encode()), locale=locale)
    with file.open("rb") as stream:
        return read_po(stream, locale=locale)


def translations(file: Path, locale: str) -> dict[Text, list[str]]:
    """The texts of a catalogue that are translated, each with its translation in all plural forms."""
    return {
        _text(message): _forms(message) for message in _messages(read_catalogue(file, locale)) if any(_forms(message))
    }


def update(folders: Sequence[Path], package: Path = PACKAGE) -> None:
    """Bring the catalogues of apps in step with their code: new texts come in untranslated, dropped ones go.

    A new text that another app has translated already takes that translation, so that one thing has one word.
    """
    for locale in LOCALES:
        known = {
            _text(message): _forms(message)
            for app in apps(package)
            for message in _messages(read_catalogue(catalogue_file(app, locale), locale))
            if _translated(message, locale)
        }
        for app in folders:
            texts = in_app(app)
            file = catalogue_file(app, locale)
            if texts:
                _write(file, locale, texts, known | translations(file, locale))
            elif file.exists():
                file.unlink()


def check(package: Path = PACKAGE) -> list[Finding]:
    """Everything that would leave a reader with a text in the wrong language, or with a wrong one."""
    findings: list[Finding] = []
    for app in apps(package):
        findings += _check_templates(app)
        try:
            texts = in_app(app)
        except NotExtractable as problem:
            findings.append(Finding(app, str(problem)))
            continue
        for locale in LOCALES:
            findings += _check_catalogue(catalogue_file(app, locale), locale, set(texts))
    return findings + list(_check_agreement(package))


def compile_all(folders: Sequence[Path]) -> int:
    """Write the catalogues in the form gettext reads; returns how many."""
    count = 0
    for app in folders:
        for locale in LOCALES:
            file = catalogue_file(app, locale)
            if file.exists():
                draft = file.with_suffix(f".mo.{os.getpid()}")
                with draft.open("wb") as stream:
                    write_mo(stream, read_catalogue(file, locale))
                draft.replace(file.with_suffix(".mo"))
                count += 1
    return count


def _header(locale: str) -> str:
    return (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {plural_forms(locale)}\\n"\n'
    )


def _write(file: Path, locale: str, texts: Mapping[Text, Sequence[str]], known: Mapping[Text, Sequence[str]]) -> None:
    catalogue = read_po(BytesIO(_header(locale).encode()), locale=locale)
    for text, places in texts.items():
        forms = known.get(text, [""] * catalogue.num_plurals)
        catalogue.add(
            (text.singular, text.plural) if text.plural else text.singular,
            tuple(forms) if text.plural else forms[0],
            locations=[(place, 0) for place in places],
            context=text.context or None,
        )
    body = BytesIO()
    write_po(body, catalogue, omit_header=True, include_lineno=False, sort_output=True, width=110)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{_header(locale)}\n{body.getvalue().decode().strip()}\n", encoding="utf-8")


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _text(message: Message) -> Text:
    singular, plural = message.id if isinstance(message.id, tuple | list) else (message.id, "")
    return Text(singular, plural, message.context or "")


def _forms(message: Message) -> list[str]:
    """The translation: one string, or one for each plural form."""
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string or ""]


@cache
def _numbers(locale: str) -> tuple[tuple[int, ...], ...]:
    """For each plural form of the language some of the whole numbers that use it; none for a form of fractions."""
    count, _semicolon, rule = plural_forms(locale).partition(";")
    form = gettext.c2py(rule.removeprefix(" plural=").rstrip(";"))
    return tuple(tuple(n for n in range(200) if form(n) == index) for index in range(int(count.partition("=")[2])))


def _translated(message: Message, locale: str) -> bool:
    forms = _forms(message)
    if not _text(message).plural:
        return bool(forms[0])
    numbers = _numbers(locale)
    return len(forms) == len(numbers) and all(form for form, used in zip(forms, numbers, strict=True) if used)


def _check_catalogue(file: Path, locale: str, wanted: set[Text]) -> Iterator[Finding]:
    if not file.exists():
        if wanted:
            yield Finding(file, "is not there; run `tartib messages update`")
        return
    catalogue = read_catalogue(file, locale)
    if f'"Plural-Forms: {plural_forms(locale)}\\n"' not in file.read_text(encoding="utf-8"):
        yield Finding(file, f"its Plural-Forms must be Django's: {plural_forms(locale)}")
    if catalogue.obsolete:
        yield Finding(file, f"{len(catalogue.obsolete)} obsolete entries; run `tartib messages update`")
    present = {_text(message): message for message in _messages(catalogue)}
    for text in sorted(wanted - present.keys()):
        yield Finding(file, f"does not have {text.singular!r} yet; run `tartib messages update`")
    for text in sorted(present.keys() - wanted):
        yield Finding(file, f"has {text.singular!r}, which nothing asks for; run `tartib messages update`")
    for text, message in present.items():
        if message.fuzzy:
            yield Finding(file, f"{text.singular!r} is marked fuzzy")
        elif not _translated(message, locale):
            yield Finding(file, f"{text.singular!r} is not translated")
        elif trouble := _differing(text, message, locale):
            yield Finding(file, f"{text.singular!r}: {trouble}")


def _differing(text: Text, message: Message, locale: str) -> str:
    """What the program finds in the text, but not in its translation, or the other way round."""
    pairs: list[tuple[str, str, bool]] = []
    if text.plural:
        for form, used in zip(_forms(message), _numbers(locale), strict=True):
            # "One piece" and "two pieces" may say the number in a word.
            pairs += [(text.plural, form, len(used) <= 2)] if form else []
    else:
        pairs = [(text.singular, _forms(message)[0], False)]
    for source, translation, may_omit in pairs:
        wanted, given = _placeholders(source), _placeholders(translation)
        if given - wanted or (wanted - given).total() > may_omit:
            return f"placeholders {_listed(wanted)} became {_listed(given)}"
        if _stray(source) != _stray(translation):
            return "a percent sign stands alone"
        if Counter(_MARKUP.findall(source)) != Counter(_MARKUP.findall(translation)):
            return "its HTML tags differ"
    return ""


def _placeholders(text: str) -> Counter[str]:
    return Counter(found[0] for found in _PLACEHOLDER.finditer(text.replace("%%", "")))


def _stray(text: str) -> int:
    return _PLACEHOLDER.sub("", text.replace("%%", "")).count("%")


def _listed(placeholders: Counter[str]) -> str:
    return ", ".join(sorted(placeholders.elements())) or "none"


def _check_agreement(package: Path) -> Iterator[Finding]:
    """The same text must be said in the same way by every app."""
    for locale in LOCALES:
        said: defaultdict[Text, dict[tuple[str, ...], Path]] = defaultdict(dict)
        for app in apps(package):
            file = catalogue_file(app, locale)
            for message in _messages(read_catalogue(file, locale)):
                if _translated(message, locale):
                    said[_text(message)].setdefault(tuple(_forms(message)), file)
        for text, ways in said.items():
            if len(ways) > 1:
                (first, one), (second, other), *_more = ways.items()
                yield Finding(other, f"{text.singular!r} is {second[0]!r} here, but {first[0]!r} in {one}")


def _check_templates(app: Path) -> Iterator[Finding]:
    for file in sorted(app.glob("templates/**/*")) + sorted(app.glob("*/templates/**/*")):
        if file.is_file():
            for piece in unmarked(file.read_text(encoding="utf-8")):
                yield Finding(file, f"line {piece.line}: {piece.text!r} is not marked for translation")
