"""The words of messages that say how an order is paid, and what has been paid of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tartib.cases import hooks
from tartib.l10n import dates, money
from tartib.notify.template_variables import address
from tartib.orders.models import Order, PaymentMethod
from tartib.orders.paying import way_of
from tartib.orders.repaying import owing
from tartib.payments.models import Account
from tartib.payments.queries import active_by_shop, from_afar

WORDS = {
    "pay_link": _("Link to pay, while something is to be paid before it is sent"),
    "transfer": _("Where to transfer the money to, for orders paid by bank transfer"),
    "transfer_amount": _("How much is to be transferred, with its currency"),
    "transfer_reference": _("What is written on the transfer, so that it is found"),
    "transfer_until": _("The day until which the goods are held for the transfer"),
    "payment_instructions": _("What you tell customers of their way to pay, until they have paid"),
    "paid": _("What has been paid, with its currency"),
}


def words(case_ids: Sequence[int], language: str) -> dict[int, dict[str, str]]:
    """The words about the payment of these orders, with a fixed number of queries."""
    orders = list(Order.objects.filter(case__in=case_ids).select_related("case__shop", "case__customer"))
    accounts = active_by_shop({order.shop_id for order in orders})
    facts = hooks.facts([order.pk for order in orders])
    return {
        order.pk: _to_pay(order, accounts.get(order.shop_id, []), facts[order.pk], language)
        | {"paid": _paid(facts[order.pk], order, language)}
        for order in orders
    }


def _to_pay(order: Order, accounts: Sequence[Account], facts: dict[str, object], language: str) -> dict[str, str]:
    case = order.case
    nothing = {name: "" for name in WORDS if name != "paid"}
    way = way_of(order, accounts)
    if not owing(case):
        return nothing
    known = nothing | {"payment_instructions": way.account.told(language) if way else ""}
    if order.pays_on_receipt or not any(from_afar(account, case.currency) for account in accounts):
        return known
    known |= {"pay_link": address() + reverse("portal:pay-choose", args=[case.token])}
    if way is None or order.payment_method != PaymentMethod.BANK:
        return known
    person, shop = case.customer, case.shop
    calendar, zone = (person.calendar if person else "") or shop.calendar, ZoneInfo(shop.timezone)
    tag = shop.tag(language)
    return known | {
        "transfer": _bank(way.account),
        "transfer_amount": money.show(_due(facts), case.currency, tag),
        "transfer_reference": case.code,
        "transfer_until": dates.show_date(order.held_until, tag, calendar, zone) if order.held_until else "",
    }


def _due(facts: dict[str, object]) -> Decimal:
    """What is left to pay of an order, by the facts its guards compare."""
    names = ("total", "credited", "paid", "refunded")
    total, credited, paid, refunded = (
        value if isinstance(value, Decimal) else Decimal(0) for value in (facts.get(name) for name in names)
    )
    return max(Decimal(0), total - credited - paid + refunded)


def _bank(account: Account) -> str:
    return "\n".join(filter(None, (account.settings.get(name, "") for name in ("holder", "bank", "number"))))


def _paid(facts: dict[str, object], order: Order, language: str) -> str:
    paid, refunded = facts.get("paid"), facts.get("refunded")
    left = paid - refunded if isinstance(paid, Decimal) and isinstance(refunded, Decimal) else Decimal(0)
    return money.show(left, order.case.currency, order.case.shop.tag(language)) if left > 0 else ""
