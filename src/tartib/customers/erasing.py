"""What a shop holds of a person, handed over or erased: gathered from the rooms of `hooks`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tartib.customers import hooks, queries
from tartib.customers.hooks import Person
from tartib.customers.identity import Account, Code
from tartib.customers.models import Consent, Customer, PointsBalance, PointsMovement
from tartib.journal.operations import Actor
from tartib.shops import naming
from tartib.shops.models import Shop


class Hindered(Exception):
    """A person cannot be erased yet; `reasons` say why, in the active language."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(*reasons)
        self.reasons = list(reasons)


def owner(account: Account) -> Person:
    """The person who has that account, as every customer of the shop they are."""
    return person(account.shop, queries.known_as(account).values_list("pk", flat=True))


def person(shop: Shop, customers: Iterable[int]) -> Person:
    """The person who is these customers of the shop."""
    known = list(Customer.objects.filter(shop=shop, pk__in=list(customers)).order_by("pk"))
    accounts = list(Account.objects.filter(customer__in=known).order_by("pk"))
    return Person(
        shop,
        tuple(one.pk for one in known),
        tuple(one.pk for one in accounts),
        frozenset(one.name for one in known) - {""},
        frozenset([*(one.email for one in known), *(one.email for one in accounts)]) - {""},
        frozenset([*(one.phone for one in known), *(one.phone for one in accounts)]) - {""},
    )


def alike(customer: Customer) -> list[Customer]:
    """The other customers of the shop with the same e-mail address or phone: perhaps the same person."""
    same = Q(pk=None)
    if customer.email:
        same |= Q(email=customer.email)
    if customer.phone:
        same |= Q(phone=customer.phone)
    found = Customer.objects.filter(same, shop=customer.shop_id).exclude(pk=customer.pk)
    return list(found.order_by("-pk")[: queries.MOST_PLACES])


def hindrances(whom: Person) -> list[str]:
    """Why a person cannot be erased yet, in the active language."""
    return [str(reason) for ask in hooks.connected.hindrances for reason in ask(whom)]


@transaction.atomic
def erase(whom: Person, actor: Actor, *, now: datetime) -> None:
    """Take a person out of everything the shop holds. What happened stays, without a name; nobody can bring it back.

    `actor` is who did it, without their name where it is the person. Raises `Hindered` while something stands against
    it.
    """
    _refuse(whom)
    for forget in hooks.connected.erasers:
        forget(whom, actor, now=now)
    # Cases were locked before their customers, as everywhere. An order that was being placed meanwhile is there by now.
    list(Customer.objects.select_for_update().filter(pk__in=whom.customers).order_by("pk").values_list("pk"))
    _refuse(whom)
    Account.objects.filter(pk__in=whom.accounts).delete()
    Code.objects.filter(shop=whom.shop, address__in=whom.addresses).delete()
    Consent.objects.filter(customer__in=whom.customers).delete()
    PointsMovement.objects.filter(customer__in=whom.customers).delete()
    PointsBalance.objects.filter(customer__in=whom.customers).delete()
    Customer.objects.filter(pk__in=whom.customers).update(
        name="", given_name="", email="", phone="", phone_said="", country="", calendar="", group=None,
        wants_email=False, wants_sms=False, wants_push=False, asked_by_email=False, asked_by_sms=False,
        asked_by_push=False, offers_by_email=False, offers_by_sms=False, sort=naming.key(whom.shop, ""), erased_at=now,
    )  # fmt: skip


def _refuse(whom: Person) -> None:
    if reasons := hindrances(whom):
        raise Hindered(reasons)
