"""The bodies of answers about money and papers, as the documentation shows them."""

from __future__ import annotations

from pydantic import Field

from tartib.api.answers import MovedOut, Shape, Why


class PaymentOut(Shape):
    """A payment that was recorded, what is known of the order's payment now, and whether the order moved by it."""

    order: str
    payment: str
    version: int
    moved: MovedOut | None
    stayed: Why | None


class MoneyOut(Shape):
    """Money that came in (`in`) or went back (`out`). `flag` says why somebody should look at it."""

    id: int
    direction: str
    state: str
    amount: str
    currency: str
    method: str
    reference: str
    flag: str
    attempt: int | None
    at: str


class PaymentList(Shape):
    """Payments, the newest first."""

    payments: list[MoneyOut]
    next: str | None


class AttemptOut(Shape):
    """One try to pay."""

    id: int
    state: str
    amount: str
    currency: str
    gateway: str
    account: str
    reference: str
    reason: str
    started_at: str
    settled_at: str | None


class AttemptList(Shape):
    """Tries to pay, the newest first."""

    attempts: list[AttemptOut]
    next: str | None


class RefundOut(Shape):
    """A request to send money of one payment back; `state` is asked, sending, waiting, unknown, confirmed or failed."""

    id: int
    payment: int
    state: str
    amount: str
    currency: str
    reference: str
    reason: str
    note: str
    asked_at: str
    settled_at: str | None


class RefundList(Shape):
    """Refunds, the newest first."""

    refunds: list[RefundOut]
    next: str | None


class RefundsOut(Shape):
    """What was asked: a refund for each payment that money is taken from; and the order after it."""

    order: str
    payment: str
    version: int
    refunds: list[RefundOut]


class PaperOut(Shape):
    """A numbered paper. `replaced` ones are in force no more; `corrects` names the invoice of a credit note."""

    number: str
    kind: str
    amount: str
    currency: str
    issued_at: str
    replaced: bool
    corrects: str | None
    page: str = Field(description="The PDF. Whoever has this address can read it.")


class PaperList(Shape):
    """Papers, the newest first."""

    papers: list[PaperOut]
    next: str | None
