"""What is held of a person as one file to keep: a page to read, the same for programs, and the files that belong to it.

The file is made while it is sent: it never lies anywhere, and may be larger than the memory.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.customers import hooks
from tartib.customers.hooks import Held, Person
from tartib.files.queries import Gone
from tartib.flow.words import Words
from tartib.l10n import dates, digits, names
from tartib.shops.models import Shop
from tartib.shops.secrets import Unreadable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_LOOKS = Path(__file__).with_name("bundle.css")


def gather(person: Person, *, inner: bool = False) -> list[Held]:
    """Everything the shop holds of a person, empty kinds left out; with notes of staff among themselves if `inner`."""
    return [held for tell in hooks.connected.exporters for held in tell(person, inner=inner) if held.rows]


def pack(shop: Shop, held: Sequence[Held], language: str, calendar: str, *, now: datetime) -> Iterator[bytes]:
    """A ZIP archive, piece by piece: `index.html` in the reader's words, `data.json` in English, and the files."""
    pipe = _Pipe()
    with ZipFile(pipe, "w") as archive:
        archive.writestr(_entry("index.html", now), _page(shop, held, language, calendar, now))
        archive.writestr(_entry("index.css", now), _LOOKS.read_text())
        archive.writestr(_entry("data.json", now), _data(shop, held, now))
        yield pipe.take()
        for place, content in _files(held):
            archive.writestr(_entry(place, now), content)
            yield pipe.take()
    yield pipe.take()


def _files(held: Sequence[Held]) -> Iterator[tuple[str, bytes]]:
    taken: set[str] = set()
    for kind in held:
        for file in kind.files:
            try:
                content = file.read()
            except (Gone, Unreadable):
                # Its storage has lost it: there is nothing to hand over.
                continue
            place, number = file.place, 2
            while place in taken:
                stem, dot, ending = file.place.rpartition(".")
                place, number = f"{stem} {number}{dot}{ending}", number + 1
            taken.add(place)
            yield place, content


def _data(shop: Shop, held: Sequence[Held], now: datetime) -> str:
    """For programs: always in English, so that whoever reads many of them reads one language."""
    with override("en"):
        kinds: dict[str, object] = {"Shop": shop.name, "Made": now.isoformat()}
        for kind in held:
            kinds[str(kind.title)] = [_plain(row) for row in kind.rows]
        return json.dumps(kinds, ensure_ascii=False, indent=2)


def _plain(value: object) -> object:
    match value:
        case Words():
            return value.say("en")
        case Promise() | Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {capfirst(str(name)): _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case _:
            return value


def _page(shop: Shop, held: Sequence[Held], language: str, calendar: str, now: datetime) -> str:
    with override(language):
        said = _Saying(language, shop.tag(language), calendar, shop.timezone)
        kinds = [
            (
                str(kind.title),
                [[(capfirst(str(label)), said.lines(value)) for label, value in row.items()] for row in kind.rows],
            )
            for kind in held
        ]
        context = {
            "shop": shop, "language": shop.tag(language), "direction": names.direction(language), "kinds": kinds,
            "made": said.lines(now)[0],
        }  # fmt: skip
        return render_to_string("customers/bundle.html", context)


class _Saying:
    """Values as a reader of the language and calendar expects them, a line or several each."""

    def __init__(self, language: str, tag: str, calendar: str, zone: str) -> None:
        self._language, self._tag, self._calendar, self._zone = language, tag, calendar, zone

    def lines(self, value: object) -> list[str]:
        """A value as text; a list or mapping has a line for each of its parts."""
        match value:
            case None | "":
                return ["—"]
            case bool():
                return [_("yes") if value else _("no")]
            case Words():
                return [value.say(self._language)]
            case datetime():
                return [dates.show_datetime(value, self._tag, self._calendar, self._zone)]
            case date():
                return [dates.show_date(value, self._tag, self._calendar, self._zone)]
            case Decimal() | int():
                return [digits.number(value, self._tag)]
            case Mapping():
                return [
                    f"{label}{names.colon(self._tag)}{'; '.join(self.lines(part))}" for label, part in value.items()
                ] or ["—"]
            case list() | tuple():
                return ["; ".join(self.lines(part)) for part in value] or ["—"]
            case _:
                return str(value).splitlines()


def _entry(place: str, now: datetime) -> ZipInfo:
    entry = ZipInfo(place, now.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    return entry


class _Pipe(io.RawIOBase):
    """What is written here is taken out again at once."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, piece: ReadableBuffer) -> int:
        """Keep a piece until it is taken."""
        self._pieces.append(memoryview(piece).tobytes())
        return len(self._pieces[-1])

    def take(self) -> bytes:
        """All that was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken
