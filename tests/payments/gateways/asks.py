"""What adapters are asked, without an order behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

from tartib.payments.gateways.protocol import Ask
from tartib.payments.models import Account
from tests.factories import NOW
from tests.payments.gateways.providers import Provider

KEY = "k0_Attempt-key-of-22-c"


def account_for(provider: type[Provider], *, live: bool = False) -> Account:
    """An account with the provider's settings; no shop is stored."""
    shop = SimpleNamespace(currency=provider.currency, language="en")
    return cast(
        "Account",
        SimpleNamespace(settings=dict(provider.settings), live=live, token="t0_account-token-22-ch", shop=shop),
    )


def an_ask(**changes: Any) -> Ask:
    """A payment to be begun."""
    given = Ask(
        key=KEY, amount=Decimal("1240.00"), currency="UAH", title="Order S1-1-2611-0001, Shirts & <more>",
        language="uk", return_url=f"https://shop.example/pay/{KEY}/return",
        notice_url="https://shop.example/notices/t0_account-token-22-ch/", now=NOW,
        until=NOW + timedelta(minutes=40), name="Olena", email="olena@example.com", phone="+380501234567",
    )  # fmt: skip
    return replace(given, **changes)
