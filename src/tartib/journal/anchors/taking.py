"""Taking an anchor of a shop."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction

from tartib.journal import sql, witness
from tartib.journal.anchors import files, statements
from tartib.journal.anchors.files import Head, LedgerSpan, Row
from tartib.journal.anchors.heads import Root
from tartib.journal.anchors.keys import signing_key
from tartib.journal.anchors.statements import NoAnchor, Statement
from tartib.journal.models import Anchoring, Chain, Entry
from tartib.journal.snapshot import snapshot
from tartib.shops.bulk import portions
from tartib.shops.models import Shop

logger = logging.getLogger(__name__)
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class _Last:
    """The anchor before: its number, its mark and when it was taken. 0, "" and None for none."""

    number: int = 0
    mark: str = ""
    at: datetime | None = None


def take(shop: Shop, *, now: datetime) -> Statement | None:
    """Take an anchor of a shop: what changed since the last one, signed, as a file.

    None where nothing changed, where this hour (UTC) has its anchor, or where another worker is taking it. All is read
    in one snapshot, and what is held in memory does not grow with it.
    """
    with snapshot():
        if not sql.only_anchoring(shop.pk):
            return None
        last = _last(shop)
        if last.at is not None and last.at >= now.replace(minute=0, second=0, microsecond=0):
            return None
        root, made = Root(), list[tuple[Statement, str]]()

        def finish(rows: int, digest: str) -> str | None:
            if not rows:
                return None
            statement = Statement(
                shop=shop.pk, slug=shop.slug, number=last.number + 1, at=now.isoformat(), previous=last.mark, rows=rows,
                digest=digest, timelines=root.timelines, entries=root.entries, root=root.hex(),
            )  # fmt: skip
            token = statements.sign(statement, signing_key())
            made.append((statement, token))
            return token

        files.write(files.place_of(shop.pk, last.number + 1), _rows(shop, root), finish)
    if not made:
        return None
    (statement, token) = made[0]
    _keep(shop, statement, token)
    return statement


def _last(shop: Shop) -> _Last:
    """The anchor before, by its file; by the database where that has come further, because files are gone."""
    found = _Last()
    place = files.newest(shop.pk)
    if place is not None:
        # A number is never given twice, be its file readable or not.
        found = _Last(int(place.stem) if place.stem.isdigit() else 0)
        try:
            token = files.token_of(place)
            said = statements.unverified(token)
            found = _Last(said.number, statements.mark(token), said.moment)
        except NoAnchor:
            logger.error("anchors: %s is damaged; the next one does not follow it", place)
    known = Anchoring.objects.filter(shop=shop).first()
    if known is not None and known.number > found.number:
        return _Last(known.number, known.mark, known.at)
    return found


def _rows(shop: Shop, root: Root) -> Iterator[Row]:
    """The heads that changed since the last anchor and what their timelines tell, then the ledgers; fills `root`."""
    chains = Chain.objects.filter(shop=shop).order_by("case_id").values_list("case_id", "length", "anchored", "head")
    changed: list[tuple[int, int, bytes]] = []
    for case_id, length, anchored, head in chains.iterator(chunk_size=5_000):
        root.add(case_id, length, bytes(head))
        if length != anchored:
            changed.append((case_id, length, bytes(head)))
        if len(changed) == _AT_ONCE:
            yield from _heads(shop, changed)
            changed = []
    yield from _heads(shop, changed)
    for ledger in witness.connected.ledgers:
        for span in ledger.fresh(shop.pk):
            yield LedgerSpan(ledger.code, span)


def _heads(shop: Shop, chains: list[tuple[int, int, bytes]]) -> Iterator[Head]:
    entries = Entry.objects.filter(
        shop=shop, case_id__in=[case_id for case_id, _length, _head in chains], kind__in=witness.connected.kinds
    )
    rows = entries.order_by("case_id", "seq").values_list("case_id", "kind", "facts").iterator(chunk_size=5_000)
    told = {
        case_id: witness.told_by((kind, facts) for _case, kind, facts in group)
        for case_id, group in groupby(rows, key=lambda row: row[0])
    }
    return (Head(case_id, length, head, told.get(case_id, {})) for case_id, length, head in chains)


def _keep(shop: Shop, statement: Statement, token: str) -> None:
    """Keep how far the anchors have come. Killed before that, the next one tells the same again, which does no harm."""
    place = files.place_of(shop.pk, statement.number)
    _mark_all(shop, place_rows=files.rows_of(place))
    kept = {"number": statement.number, "mark": statements.mark(token), "at": statement.moment}
    Anchoring.objects.update_or_create(shop=shop, defaults=kept)


def _mark_all(shop: Shop, place_rows: Iterable[Row]) -> None:
    ledgers = {ledger.code: ledger for ledger in witness.connected.ledgers}
    # A few at a time, so that moves wait for none of it.
    for rows in portions(place_rows, _AT_ONCE):
        with transaction.atomic():
            sql.mark_anchored(shop.pk, [(row.case_id, row.length) for row in rows if isinstance(row, Head)])
            for code, ledger in ledgers.items():
                ledger.mark(shop.pk, [r.span for r in rows if isinstance(r, LedgerSpan) and r.ledger == code])
