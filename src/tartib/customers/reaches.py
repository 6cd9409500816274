"""By what an account is reached: one e-mail address and one phone at most, each proved by a code; one always stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from tartib.customers import plugs, queries
from tartib.customers.addresses import EMAIL, Reach, hidden
from tartib.customers.identity import Account, Passkey, SavedAddress
from tartib.customers.models import Customer
from tartib.shops.models import Shop


class LastOne(Exception):
    """An account without any address could not be opened any more."""


@transaction.atomic
def prove(account: Account, reach: Reach, *, now: datetime) -> bool:
    """Have an account reached by an address whose owner has just proved it; true where another account came to it.

    The owner of the address that it takes the place of is told so there.

    Another account that is reached by nothing else is the same person's and becomes part of this one. One that has a
    proved address besides keeps that and gives this one up: a phone number may have found a new owner.
    """
    # Both ways round two accounts are locked in one order.
    both = Account.objects.filter(shop=account.shop_id, **{reach.field: reach.address}) | Account.objects.filter(
        pk=account.pk
    )
    held = {
        one.pk: one for one in both.select_for_update(of=("self",)).select_related("customer", "shop").order_by("pk")
    }
    mine = held.pop(account.pk)
    other = next(iter(held.values()), None)
    if other is not None and other.email and other.phone:
        setattr(other, reach.field, "")
        other.save(update_fields=[reach.field])
    elif other is not None:
        # The address alone leads to what was bought with it.
        _write_to(Customer.objects.filter(pk=other.customer_id), reach, "", mine.shop)
        _take_in(mine, other)
    former = getattr(mine, reach.field)
    if former == reach.address:
        return False
    people = queries.known_as(mine) if former else Customer.objects.filter(pk=mine.customer_id)
    _write_to(people, reach, former, mine.shop)
    setattr(mine, reach.field, reach.address)
    mine.save(update_fields=[reach.field])
    if former:
        _warn(mine, reach.channel, former, reach.address, now)
    return other is not None


@transaction.atomic
def give_up(account: Account, channel: str, *, now: datetime) -> None:
    """Have an account no longer reached by e-mail or by phone; who is reached there is told so. Raises `LastOne`.

    Orders keep what they were placed with; those placed with that address alone are not in the account any more.
    """
    field, other = ("email", "phone") if channel == EMAIL else ("phone", "email")
    mine = Account.objects.select_for_update(of=("self",)).select_related("customer", "shop").get(pk=account.pk)
    if not (mine.email and mine.phone):
        raise LastOne
    former = getattr(mine, field)
    setattr(mine, field, "")
    mine.save(update_fields=[field])
    _warn(mine, channel, former, getattr(mine, other), now)


def _warn(account: Account, channel: str, former: str, present: str, now: datetime) -> None:
    for warn in plugs.warners:
        warn(account, channel, former, hidden(present), now=now)


def _write_to(people: QuerySet[Customer], reach: Reach, former: str, shop: Shop) -> None:
    """From now on the shop writes to the new address, wherever it wrote to the former one."""
    known = list(people.filter(**{reach.field: former}).values_list("pk", flat=True))
    Customer.objects.filter(pk__in=known).update(**{reach.field: reach.address})
    plugs.renamed(shop, known)


def _take_in(mine: Account, other: Account) -> None:
    """What the other account had is this one's; on its devices it is closed."""
    for merge in plugs.mergers:
        merge(other, mine)
    Passkey.objects.filter(account=other).update(account=mine)
    SavedAddress.objects.filter(account=other).update(account=mine, usual=False)
    other.delete()
