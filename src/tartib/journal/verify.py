"""The proof: reads every chain again, compares what it tells with what is kept, and names what is not so (X3)."""

from __future__ import annotations

from collections.abc import Iterator

from tartib.journal import witness
from tartib.journal.comparison import Comparison
from tartib.journal.faults import Fault
from tartib.journal.kinds import DELETED, ERASED
from tartib.journal.models import ActorKind, Chain, Entry, Register
from tartib.journal.operations import UNSEALED, Actor, canonical, header, link, seal
from tartib.journal.witness import Ledger
from tartib.shops.bulk import portions
from tartib.shops.models import Shop

_AT_ONCE = 1_000


def verify(shop: Shop) -> Iterator[Fault]:
    """Check all timelines of a shop, and what is kept beside them. Memory does not grow with their number."""
    yield from _missing_chains(shop)
    yield from _timelines(shop)
    for ledger in witness.connected.ledgers:
        yield from _unlike(shop, ledger)


def _timelines(shop: Shop) -> Iterator[Fault]:
    entries = Entry.objects.filter(shop=shop).order_by("case_id", "seq").iterator(chunk_size=5_000)
    entry = next(entries, None)
    cases = Comparison(shop)
    for chain in Chain.objects.filter(shop=shop).order_by("case_id").iterator(chunk_size=5_000):
        while entry is not None and entry.case_id < chain.case_id:
            yield Fault(shop.slug, "altered", entry.case_id, entry.seq)
            entry = next(entries, None)
        head, expected, broken = b"", 1, False
        silent: list[int] = []
        told = witness.untold()
        deleted = False
        while entry is not None and entry.case_id == chain.case_id:
            for seq in range(expected, entry.seq):
                yield Fault(shop.slug, "removed", chain.case_id, seq)
                broken = True
            if not broken and chain_hash(head, entry) != bytes(entry.hash):
                yield Fault(shop.slug, "altered", chain.case_id, entry.seq)
            silent = [] if entry.kind == ERASED else [*silent, entry.seq] if entry.seal is not None else silent
            told |= witness.tells(entry.kind, entry.facts)
            deleted = deleted or entry.kind == DELETED
            # The stored hash goes on, so that one altered entry is one fault and not one for every later entry.
            head, expected, broken = bytes(entry.hash), entry.seq + 1, False
            entry = next(entries, None)
        for seq in silent:
            yield Fault(shop.slug, "silenced", chain.case_id, seq)
        if expected <= chain.length:
            yield Fault(shop.slug, "cut", chain.case_id, expected)
        elif head != bytes(chain.head):
            yield Fault(shop.slug, "altered", chain.case_id, chain.length)
        yield from cases.compare(chain.case_id, told, deleted=deleted)
    while entry is not None:
        yield Fault(shop.slug, "altered", entry.case_id, entry.seq)
        entry = next(entries, None)
    yield from cases.rest()


def _missing_chains(shop: Shop) -> Iterator[Fault]:
    last = Register.objects.filter(shop=shop).values_list("last", flat=True).first() or 0
    expected = 1
    for number in Chain.objects.filter(shop=shop).order_by("number").values_list("number", flat=True).iterator():
        for missing in range(expected, number):
            yield Fault(shop.slug, "case-removed", None, missing)
        expected = number + 1
    for missing in range(expected, last + 1):
        yield Fault(shop.slug, "case-removed", None, missing)


def _unlike(shop: Shop, ledger: Ledger) -> Iterator[Fault]:
    """The subjects of a ledger that do not stand where its rows lead."""
    for found in portions(ledger.unlike(shop.pk), _AT_ONCE):
        names = ledger.names(shop.pk, [one.subject for one in found])
        for one in found:
            more = {
                "what": ledger.label, "subject": names[one.subject], "found": witness.figures(one.found),
                "told": witness.figures(one.told),
            }  # fmt: skip
            yield Fault(shop.slug, "ledger-unlike", more=more)


def chain_hash(previous: bytes, entry: Entry) -> bytes | None:
    """The hash the entry should have; None for one that cannot be as it was written."""
    sealed = _seal(entry)
    if sealed is None:
        return None
    actor = Actor(entry.actor_kind, entry.actor_name, entry.actor_id)
    about = header(entry.shop_id, entry.case_id, entry.seq, entry.at, entry.kind, actor, entry.shown, entry.act_id)
    return link(previous, about, canonical(entry.facts), sealed)


def _seal(entry: Entry) -> bytes | None:
    """What stands in the chain for what the entry says about a person; None where it says so and was not sealed."""
    name = entry.actor_name if entry.actor_kind == ActorKind.CUSTOMER else ""
    if entry.salt is not None and entry.seal is None:
        return seal(bytes(entry.salt), name, entry.words or {})
    if name or entry.words is not None or entry.salt is not None:
        return None
    return UNSEALED if entry.seal is None else bytes(entry.seal)
