"""The one thing a customer has to do now, if there is one."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tartib.cases.models import OWING, Case, PaymentState, Phase
from tartib.flow.workflow import Status
from tartib.l10n import money
from tartib.orders.models import DeliveryKind, Order
from tartib.orders.pickup import place_of
from tartib.payments.balance import Balance


@dataclass(frozen=True, slots=True)
class Todo:
    """What to do, and the address behind its button where there is one."""

    icon: str
    text: str
    act: str = ""
    url: str = ""


def todo(
    case: Case, order: Order, status: Status, language: str, stands: Balance, pay_url: str = "", asked_url: str = ""
) -> Todo | None:
    """The one thing to do, the most urgent first; None when the customer can simply wait.

    `stands` is how its money stands, `pay_url` the page where they can pay, where the shop has one, `asked_url` the
    page where something is asked.
    """
    if asked_url:
        said = _("Your payment came when what you ordered was sold out already. We are sorry.")
        return Todo("help-circle", said, _("Tell us what you would like"), asked_url)
    owed = (
        money.show(stands.due, case.currency, case.shop.tag(language)) if case.payment in OWING and stands.due else ""
    )
    parcel = parcel_url(order)
    if status.closed:
        return None
    awaited = status.phase == Phase.WAITING or case.payment in (PaymentState.FAILED, PaymentState.PARTIAL)
    if owed and not order.pays_on_receipt and awaited:
        said = _("We are waiting for your payment of %(amount)s.") % {"amount": owed}
        return Todo("credit-card", said, _("Pay now"), pay_url)
    collected = status.phase == Phase.READY and order.delivery not in (DeliveryKind.HOME, DeliveryKind.COURIER)
    if collected:
        where = _place(case, order, language)
        said = _("Collect your order: %(where)s.") % {"where": where} if where else ""
        said = said or _("Your order is waiting for you. Please collect it.")
        return Todo("map-pin", f"{said} {_on_receipt(order, owed)}".strip(), _("Follow the parcel"), parcel)
    if status.phase in (Phase.MOVING, Phase.READY) and (parcel or _on_receipt(order, owed)):
        said = _on_receipt(order, owed) or _("The carrier shows where your parcel is now.")
        return Todo("truck-delivery", said, _("Follow the parcel"), parcel)
    return None


def parcel_url(order: Order) -> str:
    """The carrier's page; only an address of the web is ever made a link."""
    return order.tracking_url if order.tracking_url.lower().startswith(("https://", "http://")) else ""


def _place(case: Case, order: Order, language: str) -> str:
    """Where the order waits, if that is with the shop: of what was to be picked up, with the hours."""
    if order.delivery == DeliveryKind.PICKUP:
        return place_of(case, language).replace("\n", ", ")
    return "" if order.delivery or order.tracking_number else case.branch.address or case.shop.address


def _on_receipt(order: Order, owed: str) -> str:
    if not order.pays_on_receipt or not owed:
        return ""
    return _("You pay on receipt: %(amount)s.") % {"amount": owed}
