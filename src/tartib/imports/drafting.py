"""A record from a file as an order of this shop: its status, its past, its money, cut to what columns hold. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Final

from tartib.cases.refusal_json import pack
from tartib.cases.timeline import EVENT
from tartib.customers.address import Address
from tartib.customers.operations import CustomerDraft
from tartib.flow.facts import Refusal
from tartib.flow.words import Words
from tartib.flow.workflow import Workflow
from tartib.imports import statuses
from tartib.imports.records import Line, OrderRecord
from tartib.imports.records import SourceEvent as Event
from tartib.imports.timeline import SUMS_DIFFER
from tartib.journal.operations import NewEntry
from tartib.l10n import money
from tartib.l10n.names import LANGUAGES, isolate
from tartib.orders.drafts import LineDraft, OrderDraft, PastStatus
from tartib.orders.placing import search_text
from tartib.payments.models import Direction
from tartib.payments.operations import PastPayment as Payment
from tartib.payments.operations import past_entries

_ZERO: Final = Decimal(0)
_AFTER_LEAVING: Final = frozenset({"shipped", "in-transit", "ready", "completed"})
_PAYMENTS: Final = {
    "unpaid": "unpaid",
    "authorized": "unverified",
    "partly-paid": "partial",
    "paid": "paid",
    "partly-refunded": "partly-refunded",
    "refunded": "refunded",
    "voided": "unpaid",
    "failed": "failed",
}


@dataclass(frozen=True)
class Drafted:
    """A record made ready: the order as it will be placed, what was paid of it, and its row in the file."""

    row: int
    draft: OrderDraft
    payments: tuple[Payment, ...]


@dataclass(frozen=True, slots=True)
class Drafter:
    """Knows the workflow that the orders will follow and which status each state becomes.

    `store` is which of several stores the file is of: a part of the source, so that numbers of two do not meet.
    `together` names a position that stands for all products of an order, of which the file knows the sum alone.
    """

    flow: Workflow
    statuses: Mapping[str, str]
    gone: frozenset[str]
    zone: tzinfo
    take_stock: bool
    now: datetime
    store: str = ""
    together: str = "Products"

    def status(self, record: OrderRecord) -> str:
        """The status in which the order is put, before the clock is caught up with."""
        return statuses.status_of(self.statuses, self.flow, record.state, record.payment_state)

    def draft(self, record: OrderRecord) -> Drafted:
        """The record made ready."""
        payments = tuple(self._payments(record))
        past = tuple(self._past(record))
        status = past[-1].status
        lines = tuple(self._line(line) for line in record.lines)
        amounts, person = record.amounts, record.customer
        # A platform's discount is that of the whole order; what its lines had of it is told with them.
        in_lines = sum((line.discount for line in lines), _ZERO)
        parcel = record.tracking[0] if record.tracking else None
        customer = CustomerDraft(
            name=person.name[:200],
            email=person.email if len(person.email) <= 254 else "",
            phone=person.phone[:32],
            language=person.language or "",
            country=(record.shipping.country or record.billing.country)[:2],
            group=person.group[:80],
            phone_said=person.phone_said,
            given_name=person.given_name[:100],
        )
        number = record.number[:64]
        tracking_number = parcel.number[:80] if parcel else ""
        draft = OrderDraft(
            currency=record.currency,
            lines=lines,
            customer=customer,
            placed_at=record.placed_at,
            number=number,
            source=source_of(record.source, self.store),
            external_id=record.external_id,
            shipping=amounts.shipping,
            discount=max(_ZERO, amounts.discount - in_lines),
            tax=amounts.tax,
            tax_included=amounts.tax_included,
            total=amounts.total,
            payment=_PAYMENTS[record.payment_state],
            payment_method=record.payment_method,
            payment_method_name=record.payment_method_name[:80],
            shipping_method=record.shipping_method[:80],
            ship_to=record.shipping,
            bill_to=record.billing if record.billing != record.shipping else Address(),
            customer_note=record.customer_note,
            staff_note=_staff_note(record),
            ip=record.ip,
            channel=(record.channel or self.store or record.source)[:40],
            sent_on=self._day(record, "shipped"),
            delivered_on=self._day(record, "completed"),
            carrier=parcel.carrier[:60] if parcel else "",
            tracking_number=tracking_number,
            tracking_url=parcel.url if parcel and len(parcel.url) <= 500 else "",
            status=status,
            past=past,
            entries=(*_differing(record), *past_entries(payments)),
            imported=True,
            stock_taken=status in self.gone and not self.takes_now(status),
            search=search_text(
                number, customer.name, customer.email, customer.phone, tracking_number, lines, customer.phone_said
            ),
        )
        return Drafted(record.row, draft, payments)

    def takes_now(self, status: str) -> bool:
        """Whether an order in that status takes its goods from today's shelf: they are still in the house."""
        return self.take_stock and status in self.gone and self.flow.status(status).phase == "working"

    def _line(self, line: Line) -> LineDraft:
        """The position with its total as the file has it."""
        whole = line.price * line.quantity
        discount = min(max(line.discount, _ZERO), whole)
        total = max(line.total, _ZERO)
        return LineDraft(
            (line.name or line.sku or self.together)[:250],
            line.quantity,
            line.price,
            line.sku[:64],
            line.variant[:120],
            discount,
            None if whole - discount == total else total,
        )

    def _payments(self, record: OrderRecord) -> Iterator[Payment]:
        """What was paid and what was given back, where the file tells sums; the case is still to be said."""
        amounts, method = record.amounts, record.payment_method_name[:80]
        if amounts.paid > 0:
            at = _when(record, "paid") or record.placed_at
            yield Payment(0, amounts.paid, record.currency, at, method)
        refunded = amounts.refunded or (amounts.paid if record.payment_state == "refunded" else _ZERO)
        if refunded > 0:
            at = _when(record, "refunded") or (record.history[-1].at if record.history else record.placed_at)
            # What had been paid in excess lowered nothing when it went back.
            credit = max(_ZERO, refunded - max(_ZERO, amounts.paid - amounts.total))
            yield Payment(0, refunded, record.currency, at, method, direction=Direction.OUT, credit=credit)

    def _past(self, record: OrderRecord) -> Iterator[PastStatus]:
        """The statuses the order has been in: from the workflow's start through what is known to where it is."""
        current = PastStatus(record.placed_at, self.flow.start)
        final = self.status(record)
        told = list(_told(record))
        closing = max((past.at for past in told), default=record.placed_at)
        steps = [PastStatus(past.at, self.statuses[past.state], past.text) for past in told]
        # A refund of a part, or a payment, may come after the parcel left: the order stays where it is.
        while steps and steps[-1].status != final and any(step.status == final for step in steps):
            steps.pop()
        if not steps or steps[-1].status != final:
            steps.append(PastStatus(closing, final))
        if steps[0].at <= record.placed_at and len(steps) == 1:
            # Nothing is known of how it came there: it has been there since it was placed.
            current, steps = PastStatus(record.placed_at, final, steps[0].note), []
        for step in steps:
            if step.status != current.status:
                yield current
                current = PastStatus(max(step.at, current.at), step.status, step.note)
        yield from self._caught_up(current)

    def _caught_up(self, current: PastStatus) -> Iterator[PastStatus]:
        """The last status, and what the clock would have made of it by now: done quietly here, it is told to nobody."""
        yield current
        for _step in self.flow.statuses:
            over = [
                (current.at + move.after, move.target)
                for move in self.flow.moves_from(current.status)
                if move.by == "timer" and move.after is not None and not move.guards and not move.effects
            ]
            due = min(over, default=None)
            if due is None or due[0] > self.now:
                return
            current = PastStatus(*due)
            yield current

    def _day(self, record: OrderRecord, state: str) -> date | None:
        at = _when(record, state)
        return at.astimezone(self.zone).date() if at else None


def _when(record: OrderRecord, state: str) -> datetime | None:
    return next((past.at for past in record.history if past.state == state), None)


def _told(record: OrderRecord) -> Iterator[Event]:
    """The events that are steps of the order: money that came after the parcel left, or went back in part, is none."""
    left = False
    for past in record.history:
        left = left or past.state in _AFTER_LEAVING
        if past.state in ("created", "note") or (past.state == "paid" and left):
            continue
        if past.state == "refunded" and "refunded" not in (record.state, record.payment_state):
            continue
        yield past


def source_of(platform: str, store: str) -> str:
    """What an order's source is called: its platform, and which store where the shop has several."""
    return f"{platform}:{store.strip().casefold()}"[:64] if store.strip() else platform


def _differing(record: OrderRecord) -> Iterator[NewEntry]:
    """What staff are told on the timeline of an order whose parts do not come out as its total."""
    amounts = record.amounts
    if amounts.expected is None:
        return
    params = {
        name: Words({code: isolate(money.show(amount, record.currency, code)) for code in LANGUAGES})
        for name, amount in (("expected", amounts.expected), ("total", amounts.total))
    }
    data = {"event": "order.imported", "ignored": SUMS_DIFFER, "params": pack(Refusal(SUMS_DIFFER, params))}
    yield NewEntry(0, EVENT, data, False, record.placed_at)


def _staff_note(record: OrderRecord) -> str:
    """What has no field of its own: the platform's notes, further parcels, tags."""
    parcels = (" ".join(filter(None, (p.carrier, p.number, p.url))) for p in record.tracking[1:])
    tags = ", ".join(record.tags)
    return "\n".join(part for part in (record.staff_note, *parcels, tags) if part)
