"""What checkout holds of a person: carts, and what they typed in there; told, and erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tartib.cases.personal_data import cases_of
from tartib.checkout.models import Cart, CartLine
from tartib.checkout.operations import merge_into
from tartib.customers.hooks import Held, Person
from tartib.customers.identity import Account
from tartib.journal.operations import Actor


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """What is in a cart now; confirmed carts are orders."""
    carts = _carts(person).filter(confirmed_at=None)
    lines: dict[int, list[str]] = {}
    for line in CartLine.objects.filter(cart__in=carts).select_related("product").order_by("added_at", "pk"):
        lines.setdefault(line.cart_id, []).append(f"{line.quantity} × {line.product.name}")
    yield Held(
        _("Your cart"),
        [
            {_("when"): one.updated_at, _("products"): lines.get(one.pk, []), _("what you entered"): one.details}
            for one in carts.order_by("pk")
        ],
    )


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Delete the carts."""
    _carts(person).delete()


def merge(other: Account, mine: Account) -> None:
    """What the other account had gathered is in this one's cart."""
    theirs = Cart.objects.filter(customer=other.customer_id, confirmed_at=None).first()
    if theirs is not None:
        merge_into(theirs, mine.customer, now=theirs.updated_at)


def _carts(person: Person) -> QuerySet[Cart]:
    """Also a guest's, in which the person has said who they are and then not ordered."""
    typed = Q(details__email__in=list(person.emails)) | Q(details__phone__in=list(person.phones))
    theirs = Q(customer__in=person.customers) | Q(case__in=cases_of(person))
    return Cart.objects.filter(theirs | (Q(confirmed_at=None) & typed), shop=person.shop)
