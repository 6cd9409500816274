"""What checkout holds of a person: carts, what they typed in there, answers to proposals; told, and erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tartib.cases.personal_data import cases_of
from tartib.checkout import awaiting
from tartib.checkout.models import Cart, CartLine, Proposal
from tartib.checkout.operations import merge_into
from tartib.customers.hooks import Held, Person, row
from tartib.customers.identity import Account
from tartib.journal.operations import Actor


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """What is in a cart now, and what was answered; confirmed carts are orders."""
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
    answers = Proposal.objects.filter(case__in=cases_of(person)).exclude(chosen_at=None).select_related("case")
    yield Held(
        _("What you chose when goods were gone"),
        [
            {_("tracking code"): one.case.code, _("when"): one.chosen_at} | row(one, "choice", "words")
            for one in answers.order_by("pk")
        ],
    )


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Delete the carts, and the words of answers; what the person asked of orders waits for no answer any more."""
    _carts(person).delete()
    Proposal.objects.filter(case__in=cases_of(person)).update(words="")
    awaiting.over(person.shop, list(cases_of(person).values_list("pk", flat=True)), now=now)


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
