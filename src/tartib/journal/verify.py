"""The proof: reads every chain again and names what was altered, removed or cut off (requirement X3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tartib.journal.kinds import ERASED
from tartib.journal.models import ActorKind, Chain, Entry, Register
from tartib.journal.operations import UNSEALED, Actor, canonical, header, link, seal
from tartib.shops.models import Shop


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a timeline: `code` is altered, removed, silenced, cut or case-removed."""

    shop: str
    code: str
    case_id: int | None
    seq: int | None

    def __str__(self) -> str:
        place = {"shop": self.shop, "case": self.case_id, "seq": self.seq}
        return {
            "altered": _("%(shop)s: entry %(seq)s of case %(case)s was altered."),
            "removed": _("%(shop)s: entry %(seq)s of case %(case)s was removed."),
            "silenced": _("%(shop)s: the words of entry %(seq)s of case %(case)s are gone, and nobody erased them."),
            "cut": _("%(shop)s: the timeline of case %(case)s was cut off; entry %(seq)s and later ones are missing."),
            "case-removed": _("%(shop)s: the timeline of the case with register number %(seq)s was removed."),
        }[self.code] % place


def verify(shop: Shop) -> Iterator[Fault]:
    """Check all timelines of a shop. Memory does not grow with their number."""
    yield from _missing_chains(shop)
    entries = Entry.objects.filter(shop=shop).order_by("case_id", "seq").iterator(chunk_size=5_000)
    entry = next(entries, None)
    for chain in Chain.objects.filter(shop=shop).order_by("case_id").iterator(chunk_size=5_000):
        while entry is not None and entry.case_id < chain.case_id:
            yield Fault(shop.slug, "altered", entry.case_id, entry.seq)
            entry = next(entries, None)
        head, expected, broken = b"", 1, False
        silent: list[int] = []
        while entry is not None and entry.case_id == chain.case_id:
            for seq in range(expected, entry.seq):
                yield Fault(shop.slug, "removed", chain.case_id, seq)
                broken = True
            if not broken and _hash(head, entry) != bytes(entry.hash):
                yield Fault(shop.slug, "altered", chain.case_id, entry.seq)
            silent = [] if entry.kind == ERASED else [*silent, entry.seq] if entry.seal is not None else silent
            # The stored hash goes on, so that one altered entry is one fault and not one for every later entry.
            head, expected, broken = bytes(entry.hash), entry.seq + 1, False
            entry = next(entries, None)
        for seq in silent:
            yield Fault(shop.slug, "silenced", chain.case_id, seq)
        if expected <= chain.length:
            yield Fault(shop.slug, "cut", chain.case_id, expected)
        elif head != bytes(chain.head):
            yield Fault(shop.slug, "altered", chain.case_id, chain.length)
    while entry is not None:
        yield Fault(shop.slug, "altered", entry.case_id, entry.seq)
        entry = next(entries, None)


def _missing_chains(shop: Shop) -> Iterator[Fault]:
    last = Register.objects.filter(shop=shop).values_list("last", flat=True).first() or 0
    expected = 1
    for number in Chain.objects.filter(shop=shop).order_by("number").values_list("number", flat=True).iterator():
        for missing in range(expected, number):
            yield Fault(shop.slug, "case-removed", None, missing)
        expected = number + 1
    for missing in range(expected, last + 1):
        yield Fault(shop.slug, "case-removed", None, missing)


def _hash(previous: bytes, entry: Entry) -> bytes | None:
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
