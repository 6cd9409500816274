"""By what an account is reached: one e-mail address and one phone at most, each proved by a code; one always stays.

Whoever has an account open can change them. So the owner of an address that it loses is told so there, with a link that
takes the account back for a while: it went to that address alone, and proves it like a code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet

from tartib.customers import hooks, queries
from tartib.customers.addresses import EMAIL, SMS, ContactPoint, hidden
from tartib.customers.identity import Account, Passkey, SavedAddress
from tartib.customers.models import Customer
from tartib.customers.people import renamed
from tartib.customers.signing_in import set_password
from tartib.shops.models import Shop
from tartib.shops.scope import shop_of

TAKEN_BACK_WITHIN = timedelta(days=7)
_SALT = "tartib.customers.reaches"


class LastOne(Exception):
    """An account without any address could not be opened any more."""


@dataclass(frozen=True, slots=True)
class Loss:
    """An address that an account has lost, while it is reached by what took its place."""

    account: Account
    reach: ContactPoint


@transaction.atomic
def prove(account: Account, reach: ContactPoint, *, now: datetime) -> bool:
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
        _warn(mine, ContactPoint(reach.channel, former), reach.address, now)
    return other is not None


@transaction.atomic
def give_up(account: Account, channel: str, *, now: datetime) -> None:
    """Have an account no longer reached by e-mail or by phone; who is reached there is told so. Raises `LastOne`.

    Orders keep what they were placed with; those placed with that address alone are not in the account any more.
    """
    other = SMS if channel == EMAIL else EMAIL
    mine = Account.objects.select_for_update(of=("self",)).select_related("customer", "shop").get(pk=account.pk)
    if not (mine.email and mine.phone):
        raise LastOne
    _drop(mine, channel, _at(mine, other), now)


def shop_of_link(token: str) -> int | None:
    """The shop whose account the link in a warning is of."""
    try:
        account_id, *_rest = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return shop_of("customer_account", account_id)


def lost(token: str, *, now: datetime) -> Loss | None:
    """What the link in a warning is about; None for one that is none, too old, or of an address changed since."""
    try:
        account_id, channel, former, present, told = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    account = Account.objects.filter(pk=account_id).select_related("customer", "shop").first()
    if account is None or _at(account, channel) != present or told < (now - TAKEN_BACK_WITHIN).timestamp():
        return None
    return Loss(account, ContactPoint(channel, former))


@transaction.atomic
def take_back(token: str, *, now: datetime) -> bool:
    """Have an account reached by the address it has lost, and by that alone; false where `lost` says so.

    Whoever was in is signed out; password and passkeys, which may be theirs, are gone. They are told as well.
    """
    loss = lost(token, now=now)
    if loss is None:
        return False
    account, reach = loss.account, loss.reach
    set_password(account, "")
    Passkey.objects.filter(account=account).delete()
    prove(account, reach, now=now)
    other = SMS if reach.channel == EMAIL else EMAIL
    account.refresh_from_db(fields=["email", "phone"])
    if _at(account, other):
        _drop(account, other, reach.address, now)
    return True


def _at(account: Account, channel: str) -> str:
    return account.email if channel == EMAIL else account.phone


def _drop(account: Account, channel: str, present: str, now: datetime) -> None:
    former = ContactPoint(channel, _at(account, channel))
    setattr(account, former.field, "")
    account.save(update_fields=[former.field])
    _warn(account, former, present, now)


def _warn(account: Account, former: ContactPoint, present: str, now: datetime) -> None:
    said = [account.pk, former.channel, former.address, _at(account, former.channel), int(now.timestamp())]
    token = signing.dumps(said, salt=_SALT)
    hooks.connected.warn(account, former.channel, former.address, hidden(present), token, now=now)


def _write_to(people: QuerySet[Customer], reach: ContactPoint, former: str, shop: Shop) -> None:
    """From now on the shop writes to the new address, wherever it wrote to the former one."""
    known = list(people.filter(**{reach.field: former}).values_list("pk", flat=True))
    Customer.objects.filter(pk__in=known).update(**{reach.field: reach.address})
    renamed(shop, known)


def _take_in(mine: Account, other: Account) -> None:
    """What the other account had is this one's; on its devices it is closed."""
    for merge in hooks.connected.merge_accounts:
        merge(other, mine)
    Passkey.objects.filter(account=other).update(account=mine)
    SavedAddress.objects.filter(account=other).update(account=mine, usual=False)
    other.delete()
