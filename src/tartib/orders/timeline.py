"""What orders write on timelines: parcels, points, goods that are free again; the fields that are edited of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tartib.cases.timeline import EVENT, changes
from tartib.customers.points_balance import PointsKind
from tartib.journal.kinds import Data, EditedField, EntryKind, EntryVariant, Group, Text
from tartib.journal.models import Entry
from tartib.journal.reading import EntryContext, EntryView, decimal, joined
from tartib.l10n import digits, names

TRACKING, POINTS = "tracking", "points"
HOLD_ENDED = "hold.ended"


def _amount(text: str, context: EntryContext) -> str:
    return context.money(text, context.currency) if decimal(text) is not None else text


def _day(text: str, context: EntryContext) -> str:
    try:
        return context.day(date.fromisoformat(text))
    except ValueError:
        return text


def _language(text: str, _context: EntryContext) -> str:
    return names.own_name(text)


FIELDS: Mapping[str, EditedField] = {
    "customer.name": EditedField(gettext_lazy("Customer’s name")),
    "customer.email": EditedField(gettext_lazy("Customer’s e-mail")),
    "customer.phone": EditedField(gettext_lazy("Customer’s phone")),
    "ship_to": EditedField(gettext_lazy("Delivery address")),
    "bill_to": EditedField(gettext_lazy("Billing address")),
    "language": EditedField(gettext_lazy("Language"), fact=True, say=_language),
    "lines": EditedField(gettext_lazy("Products"), fact=True),
    "subtotal": EditedField(gettext_lazy("Subtotal"), fact=True, say=_amount),
    "shipping": EditedField(gettext_lazy("Shipping"), fact=True, say=_amount),
    "discount": EditedField(gettext_lazy("Discount"), fact=True, say=_amount),
    "tax": EditedField(gettext_lazy("Tax"), fact=True, say=_amount),
    "total": EditedField(gettext_lazy("Total"), fact=True, say=_amount),
    "payment_method": EditedField(gettext_lazy("Payment method"), fact=True),
    "points": EditedField(gettext_lazy("Points"), fact=True),
    "points_approved": EditedField(gettext_lazy("Points approved"), fact=True),
    "sent_on": EditedField(gettext_lazy("Date sent"), fact=True, say=_day),
    "delivered_on": EditedField(gettext_lazy("Date delivered"), fact=True, say=_day),
    "carrier": EditedField(gettext_lazy("Carrier"), fact=True),
    "tracking_number": EditedField(gettext_lazy("Freight reference number")),
    "tracking_url": EditedField(gettext_lazy("Tracking link")),
}
EVENTS: Mapping[str, Text] = {
    "tracking.added": gettext_lazy("freight reference number entered"),
    "checkout.finished": gettext_lazy("checkout finished"),
}
_OPENING = {"carrier": "carrier", "number": "tracking_number", "url": "tracking_url"}
"""What an order that comes with a parcel says of it, and the fields that is of."""


def _tracking(entry: Entry, context: EntryContext) -> EntryView:
    given = {name: ["", entry.data[key]] for key, name in _OPENING.items() if entry.data.get(key)}
    edited = entry.data if "changes" in entry.data else {"changes": given}
    return EntryView(title=_("Delivery details"), changes=changes(edited, context))


def _tracking_for_customer(entry: Entry, _context: EntryContext) -> EntryView | None:
    _before, after = entry.data.get("changes", {}).get("tracking_number", ("", ""))
    number = str(entry.data.get("number") or after)
    return EntryView(title=_("Parcel number"), icon="package", text=number) if number else None


def _points(entry: Entry, context: EntryContext) -> EntryView:
    """Why points moved, how many, and how many of them wait for approval."""
    kind, moved, waiting = str(entry.data.get("act", "")), entry.data.get("points"), entry.data.get("waiting")
    text = joined(
        str(PointsKind(kind).label) if kind in PointsKind.values else kind,
        context.signed(moved) if isinstance(moved, int) and moved else "",
        _("waiting for approval: %(points)s") % {"points": context.signed(waiting)}
        if isinstance(waiting, int) and waiting
        else "",
    )
    return EntryView(title=_("Points"), text=text)


def _points_for_customer(entry: Entry, context: EntryContext) -> EntryView | None:
    kind, moved = str(entry.data.get("act", "")), entry.data.get("points") or entry.data.get("waiting")
    if kind not in PointsKind.values or not isinstance(moved, int):
        return None
    text = f"{PointsKind(kind).label}{names.colon(context.tag)}{digits.signed(moved, context.tag)}"
    return EntryView(title=_("Points"), text=text)


def _is_end_of_hold(data: Data) -> bool:
    return data.get("event") == HOLD_ENDED


def _end_of_hold(_entry: Entry, _context: EntryContext) -> EntryView:
    return EntryView(title=_("Not paid in time: the goods held for it are free again"))


ENTRIES = (
    EntryKind(
        code=TRACKING, label=gettext_lazy("Tracking number"), icon="truck", group=Group.EDITS,
        facts=frozenset({"carrier"}), staff=_tracking, customer=_tracking_for_customer,
    ),
    EntryKind(
        code=POINTS, label=gettext_lazy("Points"), icon="coins", group=Group.PAYMENTS,
        facts=frozenset({"act", "points", "waiting"}), staff=_points, customer=_points_for_customer,
    ),
    EntryVariant(of=EVENT, known=_is_end_of_hold, facts=frozenset({"event"}), staff=_end_of_hold),
)  # fmt: skip
