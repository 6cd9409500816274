"""The bodies of answers, as the documentation shows them. They are written by `shows.py` as plain data."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="forbid")


class StatusOut(Shape):
    """Where an order stands; `phase` means the same in every shop, whatever its statuses are called."""

    code: str
    name: str
    customer: str = Field(description="What the customer is told of it, or of what their bank has taken.")
    phase: str
    progress: int
    since: str


class CustomerOut(Shape):
    """A customer."""

    name: str
    email: str
    phone: str = Field(description="In E.164 where it can be dialled, else its digits.")
    phone_written: str = Field(description="As it was written, where that is more: two numbers, an extension, words.")


class OrderSummary(Shape):
    """An order in a list. Money is exact text in `currency`."""

    code: str
    number: str
    external_id: str
    title: str
    status: StatusOut
    payment: str
    total: str | None
    currency: str
    customer: CustomerOut | None
    responsible: str | None
    branch: str
    language: str
    channel: str
    placed_at: str
    updated_at: str
    due_at: str | None
    closed_at: str | None
    version: int
    page: str = Field(description="The customer's own tracking page. Whoever has this address can read it.")


class LineOut(Shape):
    """A position of an order."""

    position: int
    name: str
    variant: str
    sku: str
    quantity: int
    price: str
    discount: str
    total: str
    returned: int


class BalanceOut(Shape):
    """How the money of an order stands. `credited` was taken off its total when money went back; `due` is what is left
    to pay, `surplus` what was paid too much and waits to be sent back."""

    paid: str
    refunded: str
    credited: str
    due: str
    surplus: str


class ParcelOut(Shape):
    """The parcel, as far as it is known."""

    carrier: str
    tracking_number: str
    tracking_url: str
    sent_on: str | None
    delivered_on: str | None


class PointsOut(Shape):
    """The points an order earns, whether they are approved, and those it spends; `worth` is off besides `discount`."""

    earned: int
    approved: bool
    spent: int
    worth: str


class Warned(Shape):
    """Something that was taken as it was sent: where it stood, a code for programs, a sentence for people.

    Codes: `phone-unreadable`, `phone-unknown`, `phone-second`, `phone-extension`, `phone-words`, `phone-abroad`,
    `phone-no-sms`, `postcode-unlike`, `no-contact`.
    """

    pointer: str
    code: str
    detail: str


class OrderOut(OrderSummary):
    """An order with everything that belongs to it."""

    lines: list[LineOut]
    subtotal: str
    shipping: str
    discount: str
    tax: str
    balance: BalanceOut
    points: PointsOut
    payment_method: str
    payment_method_name: str
    shipping_method: str
    ship_to: dict[str, str]
    bill_to: dict[str, str]
    customer_note: str
    parcel: ParcelOut
    warnings: list[Warned] = Field(
        [],
        description="What there is to say of what was sent, in the answer to placing and correcting: it was taken"
        " whole, and some of it may reach nobody. Empty elsewhere.",
    )


class OrderList(Shape):
    """A stretch of a list; `next` is the cursor of the next one, null at the end."""

    orders: list[OrderSummary]
    next: str | None


class Why(Shape):
    """Why something may not be done: a code for programs, a sentence for people."""

    code: str
    detail: str


class Permitted(Shape):
    """A move that leads away from where the order stands."""

    to: str
    name: str
    label: str
    permitted: bool
    refused: Why | None
    note_required: bool
    notify: list[str]


class PermittedList(Shape):
    """Every move by hand from here, the likeliest first."""

    version: int
    moves: list[Permitted]


class MovedOut(Shape):
    """An order that moved, and its version after it."""

    order: str
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    version: int


class MoveOut(MovedOut):
    """A move that was made. `effects` counts what followed: pieces of stock, messages."""

    act: str
    effects: dict[str, int]


class RefusedOut(Why):
    """An order that stayed where it was, and why."""

    order: str


class BulkOut(Shape):
    """What became of each order. `act` is null for a preview and when nothing moved."""

    act: str | None
    preview: bool
    moved: list[MovedOut]
    refused: list[RefusedOut]
    effects: dict[str, int]


class UndoneOut(Shape):
    """What an undo came to: orders that are back where they were, cases that are with who had them before."""

    moved: list[MovedOut]
    given_back: list[str]
    refused: list[RefusedOut]


class PersonOut(Shape):
    """Somebody who can be responsible."""

    id: int
    name: str
    role: str


class PeopleList(Shape):
    """Who can be responsible, by name."""

    people: list[PersonOut]


class AssignedOut(Shape):
    """Who is responsible now. `act` undoes it, and is null where they were so already."""

    case: str
    responsible: str | None
    version: int
    act: str | None


class NotAssignedOut(Why):
    """A case that stayed with who has it, and why."""

    case: str


class AssignedManyOut(Shape):
    """What became of each case. `act` is null where none went to somebody else."""

    act: str | None
    assigned: list[str]
    already: list[str]
    refused: list[NotAssignedOut]


class ActorOut(Shape):
    """Who did it."""

    kind: str
    name: str


class EntryOut(Shape):
    """One thing that happened; `data` depends on `kind`."""

    seq: int
    at: str
    kind: str
    actor: ActorOut
    shown: bool
    act: str | None
    data: dict[str, Any]


class Timeline(Shape):
    """Entries, the newest first."""

    entries: list[EntryOut]
    next: str | None


class NoteOut(Shape):
    """A note that was written."""

    order: str
    text: str
    shown: bool
    sent: bool = Field(
        description="Whether it goes to the customer: not where it is for staff or nothing reaches them."
    )


class RequestSummary(Shape):
    """A support request in a list."""

    code: str
    subject: str
    about: str | None = Field(description="The order it is about.")
    status: StatusOut
    customer: CustomerOut | None
    responsible: str | None
    language: str
    channel: str
    placed_at: str
    updated_at: str
    due_at: str | None
    closed_at: str | None
    version: int


class RequestList(Shape):
    """A stretch of a list; `next` is the cursor of the next one, null at the end."""

    requests: list[RequestSummary]
    next: str | None


class WordsOut(Shape):
    """Something that was written: by the customer, by staff to the customer, or as a note for staff alone."""

    at: str
    by: str
    name: str
    text: str
    files: list[str] = Field(description="The names of what was attached.")


class RequestOut(RequestSummary):
    """A support request and what was written in it."""

    words: list[WordsOut]


class WorkflowStatus(Shape):
    """A status of the workflow."""

    code: str
    name: str
    customer: str
    meaning: str
    phase: str
    progress: int
    colour: str
    shown: bool
    closed: bool


class WorkflowMove(Shape):
    """A move of the workflow: by hand, on an event, or after a time."""

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    by: str
    event: str | None
    label: str
    note_required: bool
    notify: list[str]


class WorkflowOut(Shape):
    """The workflow that new orders follow."""

    code: str
    version: int
    name: str
    start: str
    statuses: list[WorkflowStatus]
    moves: list[WorkflowMove]


class ProblemOut(BaseModel):
    """A problem (RFC 9457). Some kinds have more members: `errors`, `changed`, `needs`."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
