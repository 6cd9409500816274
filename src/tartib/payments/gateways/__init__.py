"""The gateways, one file each behind one small protocol (`protocol.Gateway`). A new gateway is a file here.

Each file has one `GATEWAY`; it is found by being there.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from django.utils.translation import override

from tartib.payments.gateways.protocol import Gateway
from tartib.shops.models import Shop

_NOT_GATEWAYS = frozenset({"protocol", "records", "units", "stripe_client", "stripe_currencies", "stripe_risk"})
# How they are offered to a shop that adds one: what is by its side first. Others follow by code.
_FIRST = ("practice", "stripe", "liqpay", "zarinpal", "moyasar", "ecpay", "bank", "cash")


@cache
def gateways() -> dict[str, Gateway]:
    """All gateways by code."""
    found: dict[str, Gateway] = {}
    for module in iter_modules(__path__):
        if module.name not in _NOT_GATEWAYS:
            gateway = import_module(f"{__name__}.{module.name}").GATEWAY
            found[gateway.code] = gateway
    order = {code: place for place, code in enumerate(_FIRST)}
    return dict(sorted(found.items(), key=lambda pair: (order.get(pair[0], len(order)), pair[0])))


def gateway(code: str) -> Gateway:
    """The gateway of that code; raises `KeyError`."""
    return gateways()[code]


def name(code: str, language: str) -> str:
    """What a gateway is called in that language; its code where no gateway has that any more."""
    known = gateways().get(code)
    with override(language):
        return str(known.name) if known else code


def offered(shop: Shop) -> list[Gateway]:
    """The gateways that a shop may add: those that take its currency, and in practice shops those for practice."""
    return [
        one
        for one in gateways().values()
        if (shop.practice or not one.practice) and (not one.currencies or shop.currency in one.currencies)
    ]
