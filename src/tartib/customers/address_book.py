"""The places to which an account has things sent: kept, corrected, forgotten; one is the usual."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from tartib.customers.address import Address
from tartib.customers.identity import Account, SavedAddress

MOST = 20


class Full(Exception):
    """An account has as many addresses as it can."""


def of(account: Account) -> QuerySet[SavedAddress]:
    """The addresses of an account, the usual one first, then the newest."""
    return SavedAddress.objects.filter(account=account).order_by("-usual", "-pk")


@transaction.atomic
def keep(account: Account, address: Address, *, now: datetime) -> SavedAddress:
    """Keep an address; the same one is kept once. The first is the usual one. Raises `Full`."""
    known = _hold(account)
    parts = address.as_data()
    same = next((one for one in known if one.parts == parts), None)
    if same is not None:
        return same
    if len(known) >= MOST:
        raise Full
    return SavedAddress.objects.create(
        shop_id=account.shop_id, account=account, parts=parts, usual=not known, created_at=now
    )


@transaction.atomic
def correct(account: Account, address_id: int, address: Address) -> None:
    """Put another address in the place of one. Raises `SavedAddress.DoesNotExist` for one the account does not have."""
    _hold(account)
    one = SavedAddress.objects.get(account=account, pk=address_id)
    one.parts = address.as_data()
    one.save(update_fields=["parts"])


@transaction.atomic
def forget(account: Account, address_id: int) -> None:
    """Forget an address; where it was the usual one, the newest becomes that. Raises as `correct` does."""
    _hold(account)
    one = SavedAddress.objects.get(account=account, pk=address_id)
    one.delete()
    newest = of(account).first()
    if one.usual and newest is not None:
        newest.usual = True
        newest.save(update_fields=["usual"])


@transaction.atomic
def make_usual(account: Account, address_id: int) -> None:
    """Have an address offered first. Raises as `correct` does."""
    _hold(account)
    one = SavedAddress.objects.get(account=account, pk=address_id)
    SavedAddress.objects.filter(account=account, usual=True).update(usual=False)
    one.usual = True
    one.save(update_fields=["usual"])


def _hold(account: Account) -> list[SavedAddress]:
    """The addresses, while nobody else of the account changes them."""
    Account.objects.select_for_update().get(pk=account.pk)
    return list(of(account))
