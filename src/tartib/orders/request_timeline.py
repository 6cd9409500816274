"""What customers decide of their orders, on timelines: what to do where goods were gone, the turns of a request."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tartib.cases.timeline import NOTE
from tartib.journal.kinds import Data, EntryVariant, Text
from tartib.journal.models import Entry
from tartib.journal.reading import EntryContext, EntryView
from tartib.l10n import digits
from tartib.orders.models import Choice
from tartib.orders.requests import RequestKind, RequestReason

_FOR_STAFF: Mapping[tuple[str, str], Text] = {
    ("cancel", "cancelled"): gettext_lazy("The customer cancelled"),
    ("cancel", "requested"): gettext_lazy("The customer asks to cancel"),
    ("cancel", "approved"): gettext_lazy("Cancellation agreed"),
    ("cancel", "declined"): gettext_lazy("Cancellation declined"),
    ("cancel", "withdrawn"): gettext_lazy("The customer took the request to cancel back"),
    ("return", "requested"): gettext_lazy("The customer asks to return"),
    ("return", "approved"): gettext_lazy("Return agreed"),
    ("return", "declined"): gettext_lazy("Return declined"),
    ("return", "withdrawn"): gettext_lazy("The customer took the request to return back"),
    ("return", "arrived"): gettext_lazy("The goods are back"),
}
_FOR_CUSTOMER: Mapping[tuple[str, str], Text] = {
    ("cancel", "cancelled"): gettext_lazy("You cancelled the order"),
    ("cancel", "requested"): gettext_lazy("You asked to cancel"),
    ("cancel", "approved"): gettext_lazy("Cancellation agreed"),
    ("cancel", "declined"): gettext_lazy("Cancellation not possible"),
    ("cancel", "withdrawn"): gettext_lazy("You took back your request to cancel"),
    ("return", "requested"): gettext_lazy("You asked to return"),
    ("return", "approved"): gettext_lazy("Return agreed"),
    ("return", "declined"): gettext_lazy("Return declined"),
    ("return", "withdrawn"): gettext_lazy("You took back your request to return"),
    ("return", "arrived"): gettext_lazy("Goods are back"),
}


def _is_choice(data: Data) -> bool:
    return data.get("choice") in Choice.values


def _choice(entry: Entry, _context: EntryContext) -> EntryView:
    title = _("The customer chose: %(choice)s") % {"choice": Choice(entry.data["choice"]).label}
    return EntryView(title=title, text=str(entry.data.get("text", "")), text_shown=True)


def _choice_for_customer(entry: Entry, _context: EntryContext) -> EntryView:
    title = _("You chose: %(choice)s") % {"choice": Choice(entry.data["choice"]).label}
    return EntryView(title=title, icon="message", text=str(entry.data.get("text", "")))


def _is_turn(data: Data) -> bool:
    return bool(data.get("request"))


def _turn(entry: Entry, context: EntryContext) -> EntryView:
    title = str(_FOR_STAFF.get(_turned(entry.data), _("The customer’s request")))
    return EntryView(title=title, icon=_icon(entry.data), text=_words(entry.data, context.language), text_shown=True)


def _turn_for_customer(entry: Entry, context: EntryContext) -> EntryView | None:
    title = _FOR_CUSTOMER.get(_turned(entry.data))
    if title is None:
        return None
    return EntryView(title=str(title), icon=_icon(entry.data), text=_words(entry.data, context.language))


def _turned(data: Data) -> tuple[str, str]:
    return str(data.get("request", "")), str(data.get("turn", ""))


def _icon(data: Data) -> str:
    return "package-import" if data.get("request") == RequestKind.RETURN else "hand-stop"


def _words(data: Data, language: str) -> str:
    """What a turn is about, a line each, why, and the words."""
    items, reason = data.get("items"), str(data.get("reason", ""))
    rows = [f"{digits.number(int(count), language)} × {name}" for count, name in items or ()]
    rows += [str(RequestReason(reason).label)] if reason in RequestReason.values else []
    return "\n".join([*rows, *filter(None, [str(data.get("text", ""))])])


ENTRIES = (
    EntryVariant(
        of=NOTE, known=_is_choice, facts=frozenset({"by", "choice"}), staff=_choice, customer=_choice_for_customer,
    ),
    EntryVariant(
        of=NOTE, known=_is_turn, facts=frozenset({"by", "request", "turn"}), staff=_turn, customer=_turn_for_customer,
    ),
)  # fmt: skip
