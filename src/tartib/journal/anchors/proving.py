"""The proof against anchors: what is in the database is what they saw, and they are all there."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from django.conf import settings

from tartib.journal import sql, witness
from tartib.journal.anchors.files import Head
from tartib.journal.anchors.heads import Root
from tartib.journal.anchors.shelf import Anchor, Shelf
from tartib.journal.faults import Fault
from tartib.journal.models import Anchoring
from tartib.journal.witness import Ledger, Span
from tartib.shops.bulk import portions
from tartib.shops.models import Shop

_AT_ONCE = 1_000


def kept() -> list[Path]:
    """Where this installation keeps its anchors; nothing where it has none yet."""
    folder: Path = settings.DATA / "anchors"
    return [folder] if folder.is_dir() else []


def taken() -> dict[int, int]:
    """How many anchors were taken of each shop."""
    return dict(Anchoring.objects.values_list("shop", "number"))


def prove(shop: Shop, shelf: Shelf, newest: int) -> Iterator[Fault]:
    """Compare the timelines and ledgers of a shop with all its anchors on the shelf; `newest` is what was `taken`."""
    gaps = list(_sequence(shop, shelf, newest))
    yield from gaps
    if not gaps:
        yield from _left_out(shop, shelf)
    yield from _timelines(shop, shelf)
    for ledger in witness.connected.ledgers:
        yield from _ledger(shop, shelf, ledger)


def removed(shelf: Shelf, shop_ids: set[int]) -> Iterator[Fault]:
    """The shops that there are anchors of and that are not among these."""
    for shop_id in shelf.shops():
        if shop_id not in shop_ids:
            for last in _newest(shelf, shop_id):
                yield Fault(last.slug, "shop-gone", more={**_when(last.number, last.at), "timelines": last.timelines})


def _sequence(shop: Shop, shelf: Shelf, newest: int) -> Iterator[Fault]:
    """Whether the anchors follow each other without gaps, up to the newest that was taken."""
    expected = 1
    before: Anchor | None = None
    for anchor in shelf.anchors(shop.pk):
        if anchor.number > expected:
            yield _missing(shop, expected, anchor.number - 1)
        follows = before.mark if before is not None and before.number == anchor.number - 1 else None
        if (follows is not None or anchor.number == 1) and anchor.previous != (follows or ""):
            yield Fault(shop.slug, "out-of-order", more={"anchor": anchor.number, "file": anchor.file})
        if not anchor.whole:
            yield Fault(shop.slug, "rows-missing", more={"anchor": anchor.number, "file": anchor.file})
        expected, before = anchor.number + 1, anchor
    if newest >= expected:
        yield _missing(shop, expected, newest)


def _left_out(shop: Shop, shelf: Shelf) -> Iterator[Fault]:
    """Whether anchors that are all there hold all that changed: heads come to the newest root, spans meet."""
    for newest in _newest(shelf, shop.pk):
        if _root(shop, shelf) != newest.root:
            yield Fault(shop.slug, "left-out", more=_when(newest.number, newest.at))
    for ledger in witness.connected.ledgers:
        subject, reached = 0, 0
        for number, at, span in shelf.spans(shop.pk, ledger.code):
            if span.subject != subject:
                subject, reached = span.subject, 0
            if span.after > reached:
                yield Fault(shop.slug, "left-out", more=_when(number, at))
            reached = max(reached, span.until)


def _newest(shelf: Shelf, shop_id: int) -> Collection[Anchor]:
    """The newest anchor of a shop, if there is one."""
    return deque(shelf.anchors(shop_id), maxlen=1)


def _missing(shop: Shop, first: int, last: int) -> Fault:
    return Fault(shop.slug, "anchors-missing", more={"first": first, "last": last})


def _root(shop: Shop, shelf: Shelf) -> str:
    """The root over the last heads that the anchors hold, which is that of the newest of them."""
    root = Root()
    for case_id, length, head in shelf.last_heads(shop.pk):
        root.add(case_id, length, head)
    return root.hex()


def _timelines(shop: Shop, shelf: Shelf) -> Iterator[Fault]:
    """Whether each timeline still has, at the place of each head, the entry with that hash; one fault a case."""
    case_id, good, faulty = 0, 0, False
    for points in portions(shelf.heads(shop.pk), _AT_ONCE):
        ends = sql.ends(shop.pk, [(head.case_id, head.length) for _number, _at, head in points])
        for (number, at, head), (found, length) in zip(points, ends, strict=True):
            if head.case_id != case_id:
                case_id, good, faulty = head.case_id, 0, False
            if found == head.hash:
                good = head.length
            elif not faulty:
                faulty = True
                yield _unlike(shop, number, at, head, length, good)


def _unlike(shop: Shop, number: int, at: str, head: Head, length: int | None, good: int) -> Fault:
    more = {**_when(number, at), "then": _then(head.told)}
    if length is None:
        return Fault(shop.slug, "timeline-gone", head.case_id, head.length, more)
    if length < head.length:
        return Fault(shop.slug, "cut-back", head.case_id, head.length, more | {"left": length})
    return Fault(shop.slug, "rewritten", head.case_id, head.length, more | {"first": good + 1})


def _then(told: Mapping[str, str]) -> str:
    """What a timeline told, in words: “Status delivered, total 120.000”."""
    said = [f"{one.label} {told[one.name]}" for one in witness.connected.implied if one.name in told]
    return ", ".join(said) or "–"


def _ledger(shop: Shop, shelf: Shelf, ledger: Ledger) -> Iterator[Fault]:
    """Whether the rows of each span are what they were; one fault a subject."""
    faulty: dict[int, tuple[int, str, Span]] = {}
    for group in portions(shelf.spans(shop.pk, ledger.code), _AT_ONCE):
        now = ledger.digests(shop.pk, [(span.subject, span.after, span.until) for _number, _at, span in group])
        for (number, at, span), digest in zip(group, now, strict=True):
            if digest != span.digest:
                faulty.setdefault(span.subject, (number, at, span))
        if len(faulty) >= _AT_ONCE:
            yield from _rewritten(shop, ledger, faulty)
            faulty = {}
    yield from _rewritten(shop, ledger, faulty)


def _rewritten(shop: Shop, ledger: Ledger, faulty: Mapping[int, tuple[int, str, Span]]) -> Iterator[Fault]:
    names = ledger.names(shop.pk, list(faulty))
    for subject, (number, at, span) in faulty.items():
        stood = witness.figures(span.stands)
        more = {**_when(number, at), "what": ledger.label, "subject": names[subject], "then": stood}
        yield Fault(shop.slug, "ledger-rewritten", more=more)


def _when(number: int, at: str) -> dict[str, object]:
    return {"anchor": number, "at": at[:16].replace("T", " ")}
