"""SQL written by hand stands where one looks for it, and reaches no further than the room it is in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

from tartib.project import wiring

PACKAGE = Path(wiring.__file__).parents[1]
NAME_NO_TABLE = {"shops/bulk.py", "shops/naming.py"}
"""Ways to write rows of whatever table they are given."""
OF_THEIR_OWN = {"live/hub.py", "live/door.py"}
"""What asks over a connection of its own, without waiting: what it asks stands in `shops/sql.py`."""
OF_THE_SERVER = {"project/database.py", "project/postgres/base.py", "project/roles.py"}
"""What makes databases, roles and policies, and says what roles may do with whatever tables there are."""
IN_A_FILE = {"journal/anchors/shelf.py"}
"""What puts in order what is read of files, in a database of its own that is a file too."""
_TABLE = re.compile(r"\b(FROM|JOIN|UPDATE|INTO|TABLE)\s+([a-z]+_[a-z_]+)")
_WRITES = frozenset({"UPDATE", "INTO"})


def rooms() -> dict[str, str]:
    """The room that has the tables of an app, by the app's label."""
    ours = [config for config in apps.get_app_configs() if config.name.startswith("tartib.")]
    return {config.label: config.name.split(".")[1] for config in ours}


def used_by(room: str) -> set[str]:
    """The rooms that a room imports, itself included."""
    found = {room}
    for file in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tartib."):
                found.add(node.module.split(".")[1])
    return found


def statements() -> Iterator[tuple[str, str, str, str]]:
    """The file of every statement by hand with each table it names: how it uses it, and the room that has it."""
    known = rooms()
    for file in sorted(PACKAGE.rglob("sql.py")):
        place = file.relative_to(PACKAGE).as_posix()
        for use, table in _TABLE.findall(file.read_text(encoding="utf-8")):
            label = table.split("_")[0]
            if label in known:
                yield place, use, table, known[label]


def test_it_stands_in_the_files_for_it() -> None:
    elsewhere = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if file.name != "sql.py" and "migrations" not in file.parts and ".execute(" in file.read_text(encoding="utf-8")
    }
    assert elsewhere == {*NAME_NO_TABLE, *OF_THEIR_OWN, *OF_THE_SERVER, *IN_A_FILE}


def test_it_reads_only_what_its_room_may_import_and_does() -> None:
    """A table is reached the way a module is: along the import law, and where the law can see it."""
    seen = {place: used_by(place.split("/")[0]) for place, *_rest in statements()}
    assert [(place, table) for place, _use, table, room in statements() if room not in seen[place]] == []


def test_it_writes_only_the_tables_of_its_room() -> None:
    wrong = [
        (place, table) for place, use, table, room in statements() if use in _WRITES and room != place.split("/")[0]
    ]
    assert wrong == []
