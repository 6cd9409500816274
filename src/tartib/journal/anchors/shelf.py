"""All anchors that are looked at together, in a file of SQLite that goes with the process: they take no memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tartib.journal.anchors import files, statements
from tartib.journal.anchors.files import Head, LedgerSpan, Row
from tartib.journal.anchors.keys import Keys
from tartib.journal.anchors.statements import NoAnchor, NotGenuine, Statement
from tartib.journal.faults import Fault
from tartib.journal.witness import Span
from tartib.shops.bulk import portions

_TABLES = """
CREATE TABLE anchor (shop INTEGER, number INTEGER, mark TEXT, previous TEXT, slug TEXT, at TEXT, root TEXT,
    timelines INTEGER, file TEXT, whole INTEGER, PRIMARY KEY (shop, number));
CREATE TABLE head (shop INTEGER, case_id INTEGER, number INTEGER, length INTEGER, hash BLOB, told TEXT,
    PRIMARY KEY (shop, case_id, number)) WITHOUT ROWID;
CREATE TABLE span (shop INTEGER, ledger TEXT, subject INTEGER, number INTEGER, after INTEGER, until INTEGER,
    digest TEXT, stands TEXT, PRIMARY KEY (shop, ledger, subject, number)) WITHOUT ROWID;
"""
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Anchor:
    """An anchor on the shelf; `whole` where its rows are there and are those that were signed."""

    number: int
    mark: str
    previous: str
    slug: str
    at: str
    root: str
    timelines: int
    file: str
    whole: bool


class Shelf:
    """Anchors of shops, each genuine: what is not is told as a fault when it is put there."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._kept = sqlite3.connect("")
        self._kept.executescript(_TABLES)

    def put_all(self, places: Iterable[Path], shop_ids: Iterable[int] | None = None) -> Iterator[Fault]:
        """Put there what files hold, and all files of folders; with `shop_ids` only what is of these shops."""
        wanted = None if shop_ids is None else set(shop_ids)
        for place in places:
            found = sorted(place.rglob(f"*{files.ENDING}")) if place.is_dir() else [place]
            for one in found:
                yield from self._put(one, wanted)

    def shops(self) -> list[int]:
        """The numbers of the shops that there are anchors of."""
        return [shop for (shop,) in self._kept.execute("SELECT DISTINCT shop FROM anchor ORDER BY shop")]

    def anchors(self, shop_id: int) -> Iterator[Anchor]:
        """The anchors of a shop in their order."""
        rows = self._kept.execute(
            "SELECT number, mark, previous, slug, at, root, timelines, file, whole FROM anchor WHERE shop = ?"
            " ORDER BY number",
            [shop_id],
        )
        return (Anchor(*row) for row in rows)

    def heads(self, shop_id: int) -> Iterator[tuple[int, str, Head]]:
        """All heads of a shop by case and length, each with the number and moment of the first anchor that has it."""
        rows = self._kept.execute(
            "SELECT min(h.number), a.at, h.case_id, h.length, h.hash, h.told FROM head AS h"
            " JOIN anchor AS a ON a.shop = h.shop AND a.number = h.number WHERE h.shop = ?"
            " GROUP BY h.case_id, h.length, h.hash ORDER BY h.case_id, h.length",
            [shop_id],
        )
        return ((n, at, Head(case_id, length, head, json.loads(told))) for n, at, case_id, length, head, told in rows)

    def last_heads(self, shop_id: int) -> Iterator[tuple[int, int, bytes]]:
        """Where each timeline stood last (case, length, hash), by case."""
        # Of columns beside max() SQLite gives those of the row that has the greatest.
        return self._kept.execute(
            "SELECT case_id, length, hash FROM (SELECT case_id, length, hash, max(number) FROM head WHERE shop = ?"
            " GROUP BY case_id) ORDER BY case_id",
            [shop_id],
        )

    def spans(self, shop_id: int, ledger: str) -> Iterator[tuple[int, str, Span]]:
        """All spans of a ledger by subject, each with the number and moment of its anchor."""
        rows = self._kept.execute(
            "SELECT s.number, a.at, s.subject, s.after, s.until, s.digest, s.stands FROM span AS s"
            " JOIN anchor AS a ON a.shop = s.shop AND a.number = s.number WHERE s.shop = ? AND s.ledger = ?"
            " ORDER BY s.subject, s.number",
            [shop_id, ledger],
        )
        return (
            (number, at, Span(subject, after, until, digest, json.loads(stands)))
            for number, at, subject, after, until, digest, stands in rows
        )

    def _put(self, place: Path, wanted: set[int] | None) -> Iterator[Fault]:
        try:
            token = files.token_of(place)
            statement = statements.read(token, self._keys)
        except (NoAnchor, NotGenuine, OSError) as problem:
            code = "not-genuine" if isinstance(problem, NotGenuine) else "no-anchor"
            yield Fault("", code, more={"file": place})
            return
        if wanted is not None and statement.shop not in wanted:
            return
        known = self._kept.execute(
            "SELECT mark, file, whole FROM anchor WHERE shop = ? AND number = ?", [statement.shop, statement.number]
        ).fetchone()
        if known is not None and known[0] != statements.mark(token):
            more = {"anchor": statement.number, "file": place, "other": known[1]}
            yield Fault(statement.slug, "two-anchors", more=more)
            return
        whole = files.has_rows(place)
        if whole and files.digest_of(place) != (statement.rows, statement.digest):
            yield Fault(statement.slug, "rows-altered", more={"file": place})
            whole = False
        if known is None or (whole and not known[2]):
            self._keep(place, statement, statements.mark(token), whole=whole)

    def _keep(self, place: Path, statement: Statement, mark: str, *, whole: bool) -> None:
        shop, number = statement.shop, statement.number
        self._kept.execute(
            "INSERT OR REPLACE INTO anchor VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [shop, number, mark, statement.previous, statement.slug, statement.at, statement.root, statement.timelines,
             str(place), whole],
        )  # fmt: skip
        for rows in portions(files.rows_of(place) if whole else (), _AT_ONCE):
            self._add(shop, number, rows)

    def _add(self, shop: int, number: int, rows: list[Row]) -> None:
        heads = [
            (shop, row.case_id, number, row.length, row.hash, json.dumps(row.told))
            for row in rows
            if isinstance(row, Head)
        ]
        self._kept.executemany("INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?, ?, ?)", heads)
        spans = [
            (shop, row.ledger, s.subject, number, s.after, s.until, s.digest, json.dumps(dict(s.stands)))
            for row in rows
            if isinstance(row, LedgerSpan)
            for s in (row.span,)
        ]
        self._kept.executemany("INSERT OR REPLACE INTO span VALUES (?, ?, ?, ?, ?, ?, ?, ?)", spans)
