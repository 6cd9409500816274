"""What the worker does for practice: the gateway tells shops and lets money come late; windows get their pictures."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tartib.payments.models import Account
from tartib.sandbox import charging
from tartib.sandbox.dressing import photograph
from tartib.sandbox.models import Charge
from tartib.shops.models import Shop
from tartib.shops.scope import scope


class NotTakenIn(Exception):
    """The shop did not answer as it should; it is told again."""


@app.task(name="practice.tell", queue="payments", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def tell(shop_id: int, charge_id: int) -> None:
    """Tell the shop of a payment, again and again until it says that it has heard."""
    with scope(shop_id):
        charge = Charge.objects.select_related("account__shop").get(pk=charge_id)
        if not charging.tell(charge.account, charging.said(charge)):
            raise NotTakenIn


@app.task(name="practice.tell_more", queue="payments", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def tell_more(shop_id: int, account_id: int, told: dict[str, object]) -> None:
    """Tell the shop of a refund or a dispute, again and again until it says that it has heard."""
    with scope(shop_id):
        if not charging.tell(Account.objects.get(pk=account_id), told):
            raise NotTakenIn


@app.task(name="practice.pay")
def pay(shop_id: int, account_id: int, order: str, amount: int, currency: str) -> None:
    """Take money that comes late."""
    with scope(shop_id):
        account = Account.objects.get(pk=account_id)
        tell_of(charging.charge(account, order, amount, currency, now=timezone.now()))


@app.task(name="practice.draw")
def draw(shop_id: int) -> None:
    """Draw the pictures of a shop's window."""
    with scope(shop_id):
        photograph(Shop.objects.get(pk=shop_id), now=timezone.now())


def tell_of(charge: Charge) -> None:
    """Have the shop told of a payment."""
    tell.defer(shop_id=charge.shop_id, charge_id=charge.pk)


def pay_at(account: Account, order: str, amount: int, currency: str, moment: datetime) -> None:
    """Have money come at that moment."""
    pay.configure(schedule_at=moment).defer(
        shop_id=account.shop_id, account_id=account.pk, order=order, amount=amount, currency=currency
    )
