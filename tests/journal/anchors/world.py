"""A shop in which something happened, what an insider may do to it, and what the proof then says."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from tartib.catalog.models import Product
from tartib.journal.anchors import keys, proving
from tartib.journal.anchors.shelf import Shelf
from tartib.journal.anchors.statements import Statement
from tartib.journal.anchors.taking import take
from tartib.journal.faults import Fault
from tartib.journal.models import Chain, Entry
from tartib.journal.operations import SYSTEM
from tartib.journal.verify import chain_hash, verify
from tartib.payments.operations import record_payment
from tartib.shops.models import Shop
from tests.factories import NOW, make_order, make_orders, make_product, make_shop, move, pay

HOUR = timedelta(hours=1)


def make_busy_shop() -> tuple[Shop, Product]:
    """A shop with three orders, one paid for and paid back in part, and a product of which that one took pieces."""
    shop = make_shop()
    product = make_product(shop)
    make_orders(shop, 2)
    order = make_order(shop, product)
    pay(order)
    record_payment(shop, order.pk, Decimal(30), order.currency, SYSTEM, now=NOW, direction="out")
    move([order], "preparing")
    return shop, product


def anchored(shop: Shop, at: datetime = NOW) -> Statement:
    """An anchor of the shop, which is due."""
    statement = take(shop, now=at)
    assert statement is not None
    return statement


def found(shop: Shop, *places: Path) -> list[Fault]:
    """What both proofs say of the shop; with `places` against what is there alone, else against all that is kept."""
    shelf = Shelf(keys.known())
    faults = list(shelf.put_all(places or [settings.DATA / "anchors"]))
    return [*faults, *verify(shop), *proving.prove(shop, shelf, proving.taken().get(shop.pk, 0))]


def codes(shop: Shop, *places: Path) -> list[str]:
    """The codes of what is found."""
    return [fault.code for fault in found(shop, *places)]


def chain_anew(case_id: int) -> None:
    """Make all hashes of a timeline anew, as somebody does who knows how they are made."""
    head = b""
    entries = list(Entry.objects.filter(case_id=case_id).order_by("seq"))
    for entry in entries:
        made = chain_hash(head, entry)
        assert made is not None
        head = made
        Entry.objects.filter(pk=entry.pk).update(hash=head)
    Chain.objects.filter(case_id=case_id).update(length=len(entries), head=head)
