"""What payments write on timelines: money that came and went, what was asked of gateways, what a bank wants back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tartib.cases.models import PaymentState
from tartib.journal.kinds import Data, EditedField, EntryKind, Group, Text
from tartib.journal.models import Entry
from tartib.journal.reading import EntryContext, EntryView, decimal, joined
from tartib.l10n import money
from tartib.payments.hooks import CONFIRMED, FAILED, REFUNDED, STRANDED
from tartib.payments.models import Direction, Flag, RefundState, State

PAYMENT = "payment"
DISPUTED = "disputed"
"""The state of an entry that says how a dispute stands: its `contest`."""

EVENTS: Mapping[str, Text] = {
    CONFIRMED: gettext_lazy("payment confirmed"),
    FAILED: gettext_lazy("payment failed"),
    REFUNDED: gettext_lazy("money paid back"),
    STRANDED: gettext_lazy("payment for goods that are gone"),
}
_ACTS: Mapping[str, Text] = {
    "seen": gettext_lazy("The payment was looked at"),
    "verified": gettext_lazy("Payment verified by hand"),
    "owed": gettext_lazy("What a bank took is part of the cost again: it was paid anew"),
    "assigned": gettext_lazy("Payment without an order given to this one"),
}
"""What people did with a payment, by what its entry says of it."""
_CONTESTS: Mapping[str, Text] = {
    "open": gettext_lazy("Payment disputed at the customer’s bank"),
    "won": gettext_lazy("Dispute decided: the money is the shop’s"),
    "lost": gettext_lazy("Dispute decided: the customer keeps the money"),
    "withdrawn": gettext_lazy("Dispute closed"),
}
_CAME: Mapping[str, Text] = {
    State.FAILED: gettext_lazy("Payment failed"),
    State.ASIDE: gettext_lazy("Money set aside"),
    State.UNVERIFIED: gettext_lazy("Payment recorded, not verified"),
}
_WENT: Mapping[str, Text] = {
    RefundState.ASKED: gettext_lazy("Refund asked of the gateway"),
    RefundState.WAITING: gettext_lazy("Refund waits at the gateway"),
    State.FAILED: gettext_lazy("Refund failed"),
    State.ASIDE: gettext_lazy("Money set aside"),
    State.UNVERIFIED: gettext_lazy("Refund recorded, not verified"),
}
_TROUBLED = {(Direction.IN, State.FAILED), (Direction.OUT, State.FAILED), (Direction.IN, State.ASIDE)}


def _payment(entry: Entry, context: EntryContext) -> EntryView:
    data = entry.data
    title, troubled = _happened(data)
    flag, currency = str(data.get("flag", "")), str(data.get("currency", ""))
    held = context.money(data["held"], currency) if decimal(data.get("held")) is not None else ""
    text = joined(
        context.money(data.get("amount"), currency),
        *(str(data.get(name, "")) for name in ("method", "reference", "reason")),
        str(Flag(flag).label) if flag in Flag.values else "",
        _("taken from the account: %(amount)s") % {"amount": held} if held else "",
    )
    return EntryView(title=str(title), text=text, troubled=troubled or bool(flag))


def _happened(data: Data) -> tuple[Text, bool]:
    """What happened, and whether that is bad."""
    act = next((name for name in _ACTS if data.get(name)), None)
    if act is not None:
        return _ACTS[act], False
    state = str(data.get("state", ""))
    if state == DISPUTED:
        return _CONTESTS.get(str(data.get("contest", "")), _("Payment disputed")), True
    if data.get("reversed"):
        return _("Refund came back: the bank could not deliver it"), True
    if data.get("direction") == Direction.OUT:
        return _WENT.get(state, _("Paid back")), (Direction.OUT, state) in _TROUBLED
    return _CAME.get(state, _("Payment received")), (Direction.IN, state) in _TROUBLED


def _payment_for_customer(entry: Entry, context: EntryContext) -> EntryView | None:
    data = entry.data
    amount = decimal(data.get("amount"))
    if amount is None or "currency" not in data:
        return None
    title = _("Payment received") if data.get("direction") == Direction.IN else _("Money returned")
    return EntryView(title=title, icon="cash", text=money.show(amount, str(data["currency"]), context.tag))


def _state(text: str, _context: EntryContext) -> str:
    return str(PaymentState(text).label) if text in PaymentState.values else text


def sums(paid: Decimal, refunded: Decimal, credited: Decimal) -> dict[str, object]:
    """What an entry says of all confirmed money of its case from there on.

    How much came in, how much went back, and how much of that lowers what the case costs.
    """
    return {"paid": str(paid), "refunded": str(refunded), "credited": str(credited)}


FIELDS: Mapping[str, EditedField] = {"payment": EditedField(gettext_lazy("Payment"), fact=True, say=_state)}
_FACTS = frozenset(
    {
        "direction", "state", "amount", "currency", "method", "flag", "seen", "verified", "contest", "held", "reversed",
        "owed", "paid", "refunded", "credited",
    }
)  # fmt: skip
ENTRIES = (
    EntryKind(
        code=PAYMENT, label=gettext_lazy("Payment"), icon="credit-card", group=Group.PAYMENTS, facts=_FACTS,
        staff=_payment, customer=_payment_for_customer,
    ),
)  # fmt: skip
