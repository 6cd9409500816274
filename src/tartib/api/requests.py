"""The bodies of requests. A member that is not known is refused: a mistyped name must not pass for a choice."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tartib.api.fields import Address, Code, Country, Currency, Language, Line, Moment, Money, Paid, Prose

MOST_LINES = 200
MOST_ORDERS = 5_000


class Body(BaseModel):
    """A part of a request."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class CustomerIn(Body):
    """Who ordered. The same e-mail address or, without one, the same phone is the same customer."""

    name: Line = Field("", max_length=200, examples=["Оксана Коваль"])
    given_name: Line = Field(
        "", max_length=100, examples=["Оксана"], description="The part of `name` by which letters may greet."
    )
    email: Line = Field("", max_length=254, examples=["oksana@example.com"])
    phone: Line = Field(
        "",
        max_length=200,
        examples=["+380501234567"],
        description="As it was written. It is read for `country`, else that of `ship_to`, else the shop's; what there"
        " is to say of it is in `warnings` of the answer.",
    )
    language: Language | None = Field(None, description="The language the customer is told in.")
    country: Country = ""


class CustomerPatch(Body):
    """What is to be corrected of a customer; the rest stays."""

    name: Line | None = Field(None, max_length=200)
    email: Line | None = Field(None, max_length=254)
    phone: Line | None = Field(None, max_length=200)


class AddressIn(Body):
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    name: Line = Field("", max_length=200)
    company: Line = Field("", max_length=200)
    line1: Line = Field("", max_length=250)
    line2: Line = Field("", max_length=250)
    city: Line = Field("", max_length=120)
    region: Line = Field("", max_length=120)
    postcode: Line = Field("", max_length=20)
    country: Country = ""
    phone: Line = Field("", max_length=200)
    email: Line = Field("", max_length=254)


class LineIn(Body):
    """A position: `price` for one piece, `discount` for all pieces together. A known SKU moves its stock."""

    name: Line = Field(min_length=1, max_length=250, examples=["Blue shirt"])
    quantity: int = Field(1, ge=1, le=100_000, strict=True)
    price: Money
    discount: Money = Field(Decimal(0))
    sku: Line = Field("", max_length=64, examples=["SHIRT-BLUE-M"])
    variant: Line = Field("", max_length=120)


class OrderIn(Body):
    """An order to be placed. Its total is the sum of its lines with shipping and tax, less the discount."""

    customer: CustomerIn
    lines: list[LineIn] = Field(min_length=1, max_length=MOST_LINES)
    currency: Currency | None = Field(None, description="Without it, the shop's.")
    shipping: Money = Field(Decimal(0))
    discount: Money = Field(Decimal(0))
    tax: Money = Field(Decimal(0))
    number: Line = Field("", max_length=64, examples=["#1042"], description="The order number the customer knows.")
    external_id: Line = Field(
        "", max_length=64, description="Your own id of the order: it is placed once, however often it is sent."
    )
    placed_at: Moment | None = Field(None, description="Without it, now.")
    payment_method: Literal["online", "bank", "on-receipt", "card-present", "other"] = "other"
    payment_method_name: Line = Field("", max_length=80)
    shipping_method: Line = Field("", max_length=80)
    ship_to: AddressIn | None = None
    bill_to: AddressIn | None = None
    customer_note: Prose = Field("", max_length=4_000, description="What the customer wrote; the customer sees it.")
    staff_note: Prose = Field("", max_length=4_000, description="A note for staff only.")
    channel: Line = Field("", max_length=40, examples=["web"])
    ip: Address | None = Field(None, description="The IP address the order came from.")
    notify: bool = Field(True, description="Whether the customer is told that the order was received.")


class OrderPatch(Body):
    """Corrections of who an order is for and where it goes. An address is replaced as a whole."""

    customer: CustomerPatch | None = None
    ship_to: AddressIn | None = None
    bill_to: AddressIn | None = None
    language: Language | None = Field(None, description="The language the customer is told in about this order.")


class ParcelIn(Body):
    """The parcel. A number that is new may move the order, if its workflow waits for one."""

    tracking_number: Line = Field(max_length=80, examples=["20451234567890"])
    carrier: Line = Field("", max_length=60, examples=["Nova Poshta"])
    tracking_url: Line = Field("", max_length=500, pattern=r"^(https?://[^\s/]+(/\S*)?)?$")


class _Telling(Body):
    note: Prose = Field("", max_length=4_000)
    note_shown: bool = Field(False, description="Whether the customer sees the note.")
    notify: list[Literal["email", "sms", "push"]] | None = Field(
        None, description="How the customer is told; without it, as the workflow says; [] tells nobody.", max_length=3
    )
    language: Language | None = Field(None, description="The language of the message; without it, the customer's.")


class MoveIn(_Telling):
    """A move of one order."""

    to: Line = Field(min_length=1, max_length=40, examples=["packed"], description="The status to move to.")


class BulkIn(MoveIn):
    """A move of many orders in one act. Those that may not move stay, each with its reason."""

    orders: list[Code] = Field(min_length=1, max_length=MOST_ORDERS, description="Tracking codes.")
    preview: bool = Field(False, description="Only say what would happen.")


class AssignmentIn(Body):
    """Who is to be responsible, and why."""

    to: int = Field(ge=1, le=2**63 - 1, strict=True, description="The `id` of somebody of `/people`.")
    reason: Prose = Field(
        "", max_length=1_000, description="Why it is handed over: for the timeline and whoever gets it."
    )
    claim: bool = Field(
        False, description="Only where it is nobody's yet; else it is refused, saying who is responsible."
    )


class AssignmentsIn(AssignmentIn):
    """The same for many orders and support requests in one act."""

    cases: list[Code] = Field(min_length=1, max_length=MOST_ORDERS, description="Tracking codes.")


class NoteIn(Body):
    """A note on the timeline."""

    text: Prose = Field(min_length=1, max_length=4_000)
    shown: bool = Field(False, description="Whether it is for the customer, who is told of it.")


class PieceIn(Body):
    """Pieces of a position that come back."""

    position: int = Field(ge=0, le=32_767, strict=True, description="The `position` of the order's line.")
    quantity: int = Field(1, ge=1, le=100_000, strict=True)
    shelved: bool = Field(True, description="Whether they go back on the shelf, or are lost to it.")


class RefundIn(Body):
    """Money to send back. Without `amount`: what the `pieces` cost, or without them all that is left."""

    amount: Money | None = Field(None, description="In the order’s currency; 0 takes pieces back without money.")
    pieces: list[PieceIn] = Field([], max_length=MOST_LINES)
    note: Line = Field("", max_length=250, description="A note for the timeline.")


class PaymentIn(Body):
    """Money that came in for an order, or went back. Only what is confirmed counts as paid."""

    amount: Paid
    currency: Currency
    direction: Literal["in", "out"] = Field("in", description="“out” is a refund.")
    state: Literal["confirmed", "unverified", "failed"] = "confirmed"
    method: Line = Field("", max_length=80, examples=["LiqPay"])
    reference: Line = Field("", max_length=120, description="The payment's name at the gateway.")
