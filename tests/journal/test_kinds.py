"""Each kind of entry is described once, by the room that writes it; what nobody describes is not written."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from tartib.cases.timeline import NOTE, context
from tartib.cli.catalogues import PACKAGE
from tartib.journal import kinds
from tartib.journal.kinds import EntryKind, EntryVariant
from tartib.journal.models import Entry
from tartib.journal.operations import NewEntry, write
from tartib.web import audience
from tests.factories import NOW, actor, make_order, make_shop


def module(file: Path) -> ModuleType:
    """The module of a file of the source."""
    return import_module(".".join(["tartib", *file.relative_to(PACKAGE).with_suffix("").parts]))


def written(file: Path) -> Iterator[str]:
    """The kinds of the entries that a module writes; a literal in the place of a room's constant is found as itself."""
    for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in ("NewEntry", "record_edit"):
            continue
        kind = call.args[1:2] if getattr(call.func, "id", "") == "NewEntry" else []
        for part in ast.walk(ast.Tuple(kind + [one.value for one in call.keywords if one.arg == "kind"])):
            if isinstance(part, ast.Name) and part.id.isupper():
                yield getattr(module(file), part.id)
            elif isinstance(part, ast.Constant):
                yield f"{part.value!r} in {file.name}"


def test_every_kind_that_is_written_is_described_and_every_described_one_is_written() -> None:
    found = {kind for file in PACKAGE.rglob("*.py") for kind in written(file)}
    assert found == set(kinds.connected.kinds)


def test_each_kind_is_described_once_and_each_room_is_heard() -> None:
    entries = kinds.connected.entries
    codes = Counter(one.code for one in entries if isinstance(one, EntryKind))
    assert set(codes.values()) == {1}
    assert max(map(len, codes)) <= Entry._meta.get_field("kind").max_length  # type: ignore[operator]
    assert {one.of for one in entries if isinstance(one, EntryVariant)} <= codes.keys()
    described = [one for file in PACKAGE.glob("*/*timeline.py") for one in module(file).ENTRIES]
    assert Counter(map(id, described)) == Counter(map(id, entries))


@pytest.mark.django_db
def test_what_nobody_describes_is_not_written() -> None:
    """What would survive erasing could not be known."""
    case = make_order(make_shop())
    with pytest.raises(KeyError, match="invented"):
        write(case.shop_id, [NewEntry(case.pk, "invented", {"text": "Hello"})], actor(case.shop), NOW)


@pytest.mark.django_db
def test_an_entry_that_nobody_describes_any_more_can_still_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_order(make_shop())
    write(case.shop_id, [NewEntry(case.pk, NOTE, {"text": "Hello"}, shown=True)], actor(case.shop), NOW)
    left = [one for one in kinds.connected.entries if not isinstance(one, EntryKind) or one.code != NOTE]
    monkeypatch.setattr(kinds, "connected", replace(kinds.connected, entries=left))
    entry = Entry.objects.get(case_id=case.pk, kind=NOTE)
    with audience.reading(case.shop, "en", now=NOW) as reader:
        read = context(case, reader)
        view = kinds.for_staff(entry, read)
        assert (view.title, view.icon, kinds.group(NOTE)) == ("note", "point", "")
        assert kinds.for_customer(entry, read) is None
