"""An order before it is placed: what a form, the API or an import has gathered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256

from tartib.customers.address import Address
from tartib.customers.operations import CustomerDraft
from tartib.journal.operations import NewEntry
from tartib.orders.models import PaymentMethod

ZERO = Decimal(0)


@dataclass(frozen=True)
class LineDraft:
    """A position: money per piece in `price`, for all pieces together in `discount`.

    `fixed` is what the position costs after its discount where that is not price × quantity − discount to the last
    cent, as three pieces for 100.00 are not. `tax_percent` is the percent by which it was taxed, None where that is not
    known.
    """

    name: str
    quantity: int
    price: Decimal
    sku: str = ""
    variant: str = ""
    discount: Decimal = ZERO
    fixed: Decimal | None = None
    tax_percent: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """What the position costs after its discount."""
        return self.price * self.quantity - self.discount if self.fixed is None else self.fixed


@dataclass(frozen=True)
class PastStatus:
    """Something that happened before the order came here: it stood in `status` from `at` on."""

    at: datetime
    status: str
    note: str = ""


@dataclass(frozen=True)
class OrderDraft:
    """All that is known of an order to be placed. Money in `currency`; `total` None means the sum of its parts.

    `status` empty means the workflow's start. `past` are its former statuses, oldest first, the last being the current
    one; `entries` is what else its timeline tells of that time. With `source` and `external_id` the same order is
    placed only once. `customer_id` is a customer of the shop known for certain, whatever `customer` says; `search` is
    what `search_text` makes of it, where that was made beforehand. `points` None means what the shop's rule gives for
    the goods, none for an imported order. `points_spent` are worth `points_value`, a part of the discount, and make the
    tax less by `points_tax`. `delivery` is a `DeliveryKind`, empty where it is not known. `shipping_tax_percent` is
    that by which the delivery was taxed, None where it was not taxed by rates that are known.
    """

    currency: str
    lines: tuple[LineDraft, ...]
    customer: CustomerDraft
    placed_at: datetime
    customer_id: int | None = None
    number: str = ""
    source: str = ""
    external_id: str = ""
    language: str = ""
    shipping: Decimal = ZERO
    discount: Decimal = ZERO
    tax: Decimal = ZERO
    tax_included: bool = False
    shipping_tax_percent: Decimal | None = None
    discount_code: str = ""
    total: Decimal | None = None
    payment: str = ""
    payment_method: str = PaymentMethod.OTHER
    payment_method_name: str = ""
    shipping_method: str = ""
    delivery: str = ""
    ship_to: Address = field(default_factory=Address)
    bill_to: Address = field(default_factory=Address)
    customer_note: str = ""
    staff_note: str = ""
    ip: str | None = None
    ip_country: str = ""
    channel: str = ""
    points: int | None = None
    points_spent: int = 0
    points_value: Decimal = ZERO
    points_tax: Decimal = ZERO
    sent_on: date | None = None
    delivered_on: date | None = None
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    status: str = ""
    past: tuple[PastStatus, ...] = ()
    entries: tuple[NewEntry, ...] = ()
    imported: bool = False
    stock_taken: bool = False
    search: str = ""

    @property
    def content(self) -> str:
        """What tells this order from another one with the same number: its day, its customer and its sum.

        As short as can be compared, and nothing that a person could be found by.
        """
        person = self.customer
        who = person.email or person.phone or person.name
        mark = sha256(who.casefold().encode()).hexdigest()[:8] if who else ""
        return f"{self.placed_at.astimezone(UTC):%Y-%m-%d} {self.due.normalize():f} {self.currency} {mark}"

    @property
    def subtotal(self) -> Decimal:
        """The positions together, after their own discounts."""
        return sum((line.total for line in self.lines), ZERO)

    @property
    def due(self) -> Decimal:
        """What the customer is to pay."""
        if self.total is not None:
            return self.total
        added = ZERO if self.tax_included else self.tax
        return max(ZERO, self.subtotal + self.shipping + added - self.discount)

    @property
    def title(self) -> str:
        """What it is, in one line: the first position and how many more."""
        if not self.lines:
            return ""
        more = f" +{len(self.lines) - 1}" if len(self.lines) > 1 else ""
        return f"{self.lines[0].name[: 200 - len(more)]}{more}"
