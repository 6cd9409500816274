"""The timeline as sentences: what happened, who did it, and what it was before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from tartib.billing.receipt import PaperKind
from tartib.cases.models import Case, PaymentState
from tartib.cases.refusal_json import unpack
from tartib.checkout.models import Choice
from tartib.customers.points_balance import PointsKind
from tartib.dispatch import kinds
from tartib.dispatch.assigning import UNDONE, How
from tartib.dispatch.models import WorkAct
from tartib.feedback.models import stars
from tartib.feedback.operations import LOW
from tartib.flow.facts import Refusal
from tartib.flow.workflow import Status
from tartib.journal.models import ActorKind, Entry, Kind
from tartib.l10n import digits, money, names
from tartib.notify.models import NEWS, Channel, Message, Reason, State
from tartib.orders.holding import HOLD_ENDED
from tartib.orders.queries import turn_words
from tartib.orders.requests import RequestKind
from tartib.payments.models import Direction, Flag
from tartib.payments.models import State as PaymentRow
from tartib.web import audience
from tartib.web.templatetags.tartib import day, moment, said

FILTERS = {
    "": (gettext_lazy("All"), frozenset(Kind.values)),
    "moves": (gettext_lazy("Moves"), frozenset({Kind.CREATED, Kind.IMPORTED, Kind.MOVED, Kind.UNDONE, Kind.EVENT})),
    "checks": (gettext_lazy("Checks"), frozenset({Kind.CHECKED, Kind.WORK})),
    "notes": (gettext_lazy("Notes"), frozenset({Kind.NOTE, Kind.FEEDBACK})),
    "messages": (gettext_lazy("Messages"), frozenset({Kind.MESSAGE})),
    "payments": (gettext_lazy("Payments"), frozenset({Kind.PAYMENT, Kind.PAPER, Kind.POINTS})),
    "edits": (gettext_lazy("Edits"), frozenset({Kind.EDITED, Kind.TRACKING, Kind.ASSIGNED})),
}
_FIELDS = {
    "customer.name": gettext_lazy("Customer’s name"),
    "customer.email": gettext_lazy("Customer’s e-mail"),
    "customer.phone": gettext_lazy("Customer’s phone"),
    "ship_to": gettext_lazy("Delivery address"),
    "bill_to": gettext_lazy("Billing address"),
    "language": gettext_lazy("Language"),
    "lines": gettext_lazy("Products"),
    "subtotal": gettext_lazy("Subtotal"),
    "shipping": gettext_lazy("Shipping"),
    "discount": gettext_lazy("Discount"),
    "tax": gettext_lazy("Tax"),
    "total": gettext_lazy("Total"),
    "payment": gettext_lazy("Payment"),
    "payment_method": gettext_lazy("Payment method"),
    "points": gettext_lazy("Points"),
    "points_approved": gettext_lazy("Points approved"),
    "due_at": gettext_lazy("Due"),
    "sent_on": gettext_lazy("Date sent"),
    "delivered_on": gettext_lazy("Date delivered"),
    "carrier": gettext_lazy("Carrier"),
    "tracking_number": gettext_lazy("Freight reference number"),
    "tracking_url": gettext_lazy("Tracking link"),
}
_EVENTS = {
    "payment.confirmed": gettext_lazy("payment confirmed"),
    "payment.failed": gettext_lazy("payment failed"),
    "payment.refunded": gettext_lazy("money paid back"),
    "payment.stranded": gettext_lazy("payment for goods that are gone"),
    "order.doubtful": gettext_lazy("something unusual found"),
    "tracking.added": gettext_lazy("freight reference number entered"),
    "checkout.finished": gettext_lazy("checkout finished"),
    "carrier.in-transit": gettext_lazy("parcel on its way"),
    "carrier.arrived": gettext_lazy("parcel at the branch"),
    "carrier.delivered": gettext_lazy("parcel delivered"),
    "carrier.returned": gettext_lazy("parcel returned"),
    "carrier.damaged": gettext_lazy("parcel damaged"),
}
_CHECKED = {
    "cleared": gettext_lazy("Looked at and found all right"),
    "asked": gettext_lazy("Proof of identity asked for"),
    "given": gettext_lazy("Proof of identity uploaded"),
    "opened": gettext_lazy("Proof of identity opened"),
    "accepted": gettext_lazy("Proof of identity accepted and deleted"),
    "declined": gettext_lazy("Proof of identity declined and deleted"),
    "expired": gettext_lazy("Proof of identity: time has run out, nothing is kept"),
}
_CONTESTS = {
    "open": gettext_lazy("Payment disputed at the customer’s bank"),
    "won": gettext_lazy("Dispute decided: the money is the shop’s"),
    "lost": gettext_lazy("Dispute decided: the customer keeps the money"),
    "withdrawn": gettext_lazy("Dispute closed"),
}
_REQUESTS = {
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
_ASSIGNED: Mapping[str, Promise] = {
    How.ASSIGNED: gettext_lazy("Assigned"),
    How.CLAIMED: pgettext_lazy("a case", "Taken"),
    How.HANDED_OVER: gettext_lazy("Handed over"),
    How.LEFT: gettext_lazy("Handed over, because somebody does not work here any more"),
    UNDONE: pgettext_lazy("a case", "Given back"),
}
_CHANNEL_ICONS: Mapping[str, str] = {Channel.SMS: "message-2", Channel.FAX: "printer", Channel.PUSH: "bell"}
_MONEY = frozenset({"subtotal", "shipping", "discount", "tax", "total"})
_ICONS = {
    Kind.CREATED: "plus", Kind.IMPORTED: "file-import", Kind.MOVED: "arrow-right", Kind.UNDONE: "arrow-back-up",
    Kind.EVENT: "bolt", Kind.NOTE: "note", Kind.PAYMENT: "credit-card", Kind.TRACKING: "truck", Kind.EDITED: "pencil",
    Kind.ASSIGNED: "user", Kind.MESSAGE: "mail", Kind.CHECKED: "shield-check", Kind.DELETED: "trash",
    Kind.PAPER: "file-invoice", Kind.FEEDBACK: "star", Kind.POINTS: "coins", Kind.ERASED: "user-off",
    Kind.WORK: "alert-triangle",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after."""

    label: str
    before: str
    after: str


@dataclass(slots=True)
class Item:
    """One entry as it is read."""

    seq: int
    at: datetime
    kind: str
    icon: str
    who: str
    text: str
    shown: bool
    source: Status | None = None
    target: Status | None = None
    words: str = ""
    words_shown: bool = False
    changes: list[Change] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    troubled: bool = False
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A row of the status history: the status entered, and what was sent of it by each channel."""

    at: datetime
    status: Status | None
    code: str
    email: str
    sms: str
    push: str
    remark: str
    who: str


def timeline_items(case: Case, entries: Iterable[Entry]) -> list[Item]:
    """The entries as sentences, in the order given."""
    entries = list(entries)
    corrected = {entry.data.get("corrects") for entry in entries if entry.kind == Kind.NOTE}
    items = [_item(case, entry) for entry in entries]
    for item in items:
        item.replaced = item.kind == Kind.NOTE and item.seq in corrected
    return items


def stages(case: Case, entries: Iterable[Entry], messages: Iterable[Message]) -> list[Stage]:
    """The statuses the case has stood in, newest first, each with what became of its messages (E5)."""
    told: dict[object, dict[str, str]] = {}
    for message in messages:
        if message.kind in NEWS:
            sent = told.setdefault(message.act_id, {})
            # Of several devices one that was reached is enough.
            if sent.get(message.channel) != State.SENT:
                sent[message.channel] = message.state
    moves = [entry for entry in entries if entry.kind in (Kind.CREATED, Kind.IMPORTED, Kind.MOVED, Kind.UNDONE)]
    rows = []
    for entry in moves:
        code = str(entry.data.get("to") or entry.data.get("status") or "")
        sent = told.get(entry.act_id, {})
        remark = str(entry.data.get("note", "")) or (_("Undone") if entry.kind == Kind.UNDONE else "")
        rows.append(
            Stage(
                entry.at,
                case.flow.statuses.get(code),
                code,
                sent.get(Channel.EMAIL, ""),
                sent.get(Channel.SMS, ""),
                sent.get(Channel.PUSH, ""),
                remark,
                _who(entry),
            )
        )
    return rows


def fate(state: str, reason: str, answer: str) -> str:
    """What became of a message, in words."""
    words = str(State(state).label) if state in State.values else state
    why = str(Reason(reason).label) if reason in Reason.values and reason else answer
    return (
        f"{words}{names.colon(get_language() or '')}{why}" if why and state not in (State.SENT, State.HELD) else words
    )


def outcome(message: Message) -> str:
    """What became of a message, in words: also whether and when its provider said that it arrived."""
    if message.delivered_at is not None:
        return _("Delivered: %(when)s") % {"when": moment(message.delivered_at)}
    if message.channel == Channel.SMS and message.state == State.SENT:
        return _("The provider has taken it, and has not said yet whether it arrived.")
    return fate(message.state, message.reason, message.answer)


def _item(case: Case, entry: Entry) -> Item:
    data: Mapping[str, object] = entry.data
    item = Item(entry.seq, entry.at, entry.kind, _ICONS.get(Kind(entry.kind), "point"), _who(entry), "", entry.shown)
    match entry.kind:
        case Kind.CREATED | Kind.IMPORTED:
            item.text = _("Order placed") if entry.kind == Kind.CREATED else _("Imported")
            item.target = _status(case, data.get("status"))
        case Kind.MOVED | Kind.UNDONE:
            item.text = _("Taken back") if entry.kind == Kind.UNDONE else _("Status changed")
            item.source, item.target = _status(case, data.get("from")), _status(case, data.get("to"))
            item.words, item.words_shown = str(data.get("note", "")), bool(data.get("note_shown"))
        case Kind.EVENT if data.get("event") == HOLD_ENDED:
            item.text = _("Not paid in time: the goods held for it are free again")
        case Kind.EVENT:
            differs = data.get("ignored") == "sums-differ"
            item.text = _("The sums in the file differ") if differs else _("Noted, nothing changed")
            item.words = said(_ignored(case, data))
        case Kind.NOTE if data.get("choice") in Choice.values:
            item.text = _("The customer chose: %(choice)s") % {"choice": Choice(str(data["choice"])).label}
            item.words, item.words_shown = str(data.get("text", "")), True
        case Kind.NOTE if data.get("request"):
            item.icon, item.text = _request(data)
            item.words, item.words_shown = "\n".join(turn_words(data, audience.current().language)), True
        case Kind.NOTE:
            by_customer = data.get("by") == "customer"
            item.text = _("Customer’s words") if by_customer else _("To the customer") if entry.shown else _("Note")
            item.words, item.words_shown = str(data.get("text", "")), entry.shown
            photos = data.get("photos")
            item.photos = [str(one) for one in photos] if isinstance(photos, list) else []
        case Kind.PAYMENT:
            _payment(item, data)
        case Kind.PAPER:
            kind = str(data.get("kind", ""))
            item.text = str(PaperKind(kind).label) if kind in PaperKind.values else kind
            amount = _isolated_money(_decimal(data.get("amount")), str(data.get("currency", "")))
            item.words = f"{data.get('number', '')} · {amount}"
        case Kind.POINTS:
            item.text = _("Points")
            item.words = _points(data)
        case Kind.FEEDBACK:
            item.text = stars(int(str(data.get("rating", 0))))
            item.words, item.troubled = str(data.get("text", "")), item.text.count("★") <= LOW
        case Kind.TRACKING | Kind.EDITED:
            item.text = _("Delivery details") if entry.kind == Kind.TRACKING else _("Edited")
            item.changes = _changes(case, data)
        case Kind.ASSIGNED:
            item.text = str(_ASSIGNED.get(str(data.get("how", "")), _("Responsible")))
            item.changes = [Change("", str(data.get("from", "")), str(data.get("to", "")))]
            item.words = str(data.get("reason", ""))
        case Kind.CHECKED:
            item.text = str(_CHECKED.get(str(data.get("act", "")), _("Checks")))
        case Kind.WORK:
            _work(item, data)
        case Kind.MESSAGE:
            _message(case, item, data)
        case _:
            item.text = str(Kind(entry.kind).label)
    if entry.seal is not None and not (item.words or item.changes):
        item.words, item.words_shown = _("What was said here has been erased."), False
    return item


def _who(entry: Entry) -> str:
    if entry.actor_kind == ActorKind.SYSTEM:
        return _("by itself")
    if entry.actor_kind == ActorKind.CUSTOMER and not entry.actor_name:
        return _("the customer")
    return entry.actor_name


def _status(case: Case, code: object) -> Status | None:
    return case.flow.statuses.get(str(code))


def _ignored(case: Case, data: Mapping[str, object]) -> Refusal:
    """Why an event changed nothing, with what was so at the time; its name is the one people know it by."""
    name = str(_EVENTS.get(str(data.get("event", "")), data.get("event", "")))
    return Refusal(
        str(data.get("ignored", "")), {"status": case.standing.name, **unpack(data.get("params")), "event": name}
    )


def _request(data: Mapping[str, object]) -> tuple[str, str]:
    """The icon and the title of a turn of what the customer asked."""
    kind, turn = str(data.get("request", "")), str(data.get("turn", ""))
    icon = "package-import" if kind == RequestKind.RETURN else "hand-stop"
    return icon, str(_REQUESTS.get((kind, turn), _("The customer’s request")))


def _payment(item: Item, data: Mapping[str, object]) -> None:
    state, out = str(data.get("state", "")), data.get("direction") == Direction.OUT
    flag = str(data.get("flag", ""))
    if data.get("seen"):
        item.text = _("The payment was looked at")
    elif data.get("verified"):
        item.text = _("Payment verified by hand")
    elif data.get("assigned"):
        item.text = _("Payment without an order given to this one")
    elif state == "disputed":
        item.text, item.troubled = str(_CONTESTS.get(str(data.get("contest", "")), _("Payment disputed"))), True
    elif state == "waiting":
        item.text = _("Refund waits at the gateway")
    elif data.get("reversed"):
        item.text, item.troubled = _("Refund came back: the bank could not deliver it"), True
    elif state == PaymentRow.FAILED:
        item.text, item.troubled = _("Refund failed") if out else _("Payment failed"), True
    elif state == "asked":
        item.text = _("Refund asked of the gateway")
    elif state == PaymentRow.ASIDE:
        item.text, item.troubled = _("Money set aside"), not out
    elif state == PaymentRow.UNVERIFIED:
        item.text = _("Refund recorded, not verified") if out else _("Payment recorded, not verified")
    else:
        item.text = _("Paid back") if out else _("Payment received")
    amount = _decimal(data.get("amount"))
    parts = [
        _isolated_money(amount, str(data.get("currency", ""))),
        *(str(data.get(name, "")) for name in ("method", "reference", "reason")),
        str(Flag(flag).label) if flag in Flag.values else "",
    ]
    if (held := _decimal(data.get("held"))) is not None:
        shown = _isolated_money(held, str(data.get("currency", "")))
        parts.append(_("taken from the account: %(amount)s") % {"amount": shown})
    item.troubled = item.troubled or bool(flag)
    item.words = " · ".join(part for part in parts if part)


def _work(item: Item, data: Mapping[str, object]) -> None:
    """What needed a person, and what became of it."""
    act = str(data.get("act", ""))
    item.text = str(kinds.kind(str(data.get("work", ""))).title)
    amount = _decimal(data.get("amount"))
    parts = [
        str(WorkAct(act).label) if act in WorkAct.values else act,
        names.isolate(str(data.get("to", ""))),
        _isolated_money(amount, str(data.get("currency", ""))) if amount is not None else "",
        str(data.get("note", "")),
    ]
    item.words = " · ".join(part for part in parts if part)
    item.troubled = act in (WorkAct.OPENED, WorkAct.REOPENED)


def _points(data: Mapping[str, object]) -> str:
    """Why points moved, how many, and how many of them wait for approval."""
    kind, tag = str(data.get("act", "")), audience.current().tag
    moved, waiting = data.get("points"), data.get("waiting")
    parts = [str(PointsKind(kind).label) if kind in PointsKind.values else kind]
    parts += [names.isolate(digits.signed(moved, tag))] if isinstance(moved, int) and moved else []
    if isinstance(waiting, int) and waiting:
        shown = names.isolate(digits.signed(waiting, tag))
        parts.append(_("waiting for approval: %(points)s") % {"points": shown})
    return " · ".join(parts)


def _message(case: Case, item: Item, data: Mapping[str, object]) -> None:
    channel, state = str(data.get("channel", "")), str(data.get("state", ""))
    item.icon = _CHANNEL_ICONS.get(channel, "mail")
    label = str(Channel(channel).label) if channel in Channel.values else channel
    status = _status(case, data.get("status"))
    about = str(data.get("subject") or "") or (said(status.name) if status else "")
    item.text = f"{label} · {about}" if about else label
    recipient = names.isolate(str(data["recipient"])) if data.get("recipient") else ""
    parts = (recipient, fate(state, str(data.get("reason", "")), str(data.get("answer", ""))))
    item.words = " · ".join(part for part in parts if part)
    item.troubled = state in (State.FAILED, State.BOUNCED, State.WITHHELD)


def _changes(case: Case, data: Mapping[str, object]) -> list[Change]:
    changes = data.get("changes")
    if not isinstance(changes, dict):
        parts = [("carrier", "carrier"), ("number", "tracking_number"), ("url", "tracking_url")]
        changes = {name: ["", data[key]] for key, name in parts if data.get(key)}
    found = []
    for name, pair in changes.items():
        before, after = [*pair, "", ""][:2]
        label = str(_FIELDS.get(name, name))
        found.append(Change(label, _value(case, name, before), _value(case, name, after)))
    return found


def _value(case: Case, name: str, value: object) -> str:
    text = str(value)
    if text in ("", "None"):
        return ""
    if name in _MONEY:
        amount = _decimal(text)
        return _isolated_money(amount, case.currency) if amount is not None else text
    if name == "payment" and text in PaymentState.values:
        return str(PaymentState(text).label)
    if name == "language":
        return names.own_name(text)
    try:
        if name.endswith("_on"):
            return day(date.fromisoformat(text))
        if name.endswith("_at"):
            return moment(datetime.fromisoformat(text))
    except ValueError:
        return text
    if text in ("True", "False"):
        return _("yes") if text == "True" else _("no")
    return text


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _isolated_money(amount: Decimal | None, currency: str) -> str:
    """An amount for the middle of a sentence of either direction."""
    return names.isolate(money.show(amount, currency, audience.current().tag)) if amount is not None else ""
