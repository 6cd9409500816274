"""An order being read: values are converted, what is wrong is noted, and at the end the record is given or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final

from tartib.customers.address import Address
from tartib.imports.reading import moments, sums, values, words
from tartib.imports.reading.mapping import ColumnMapping
from tartib.imports.records import Amounts, Line, OrderRecord, Person, RowError, SourceEvent, Tracking
from tartib.l10n import names, numbers, phones, postal
from tartib.l10n.phones import Reading

ZERO: Final = Decimal(0)
_LONGEST_ID: Final = 64
# So many of the latest order numbers are remembered to find an order that is twice in a file: memory stays bounded.
_REMEMBERED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Options:
    """What a file does not say: the shop's zone, currency and country; and, for tables, which column is what."""

    zone: tzinfo = UTC
    currency: str = ""
    country: str = ""
    mapping: ColumnMapping | None = None


class Draft:
    """One order on its way from a file's values to a record."""

    def __init__(self, row: int, options: Options, decimal: numbers.DecimalMark = ".") -> None:
        self.row = row
        self.options = options
        self.decimal: numbers.DecimalMark = decimal
        self.exponent: int | None = None
        self.calendar = "auto"
        self.date_order: moments.DateOrder = "dmy"
        self.taken_off = ZERO
        self.remarks: list[str] = []
        self.problems: list[RowError] = []
        self._cut: set[str] = set()
        self._phones: set[str] = set()
        self.failed = False

    def error(self, code: str, column: str = "", row: int | None = None, /, **params: str) -> None:
        """Note what makes the order unusable."""
        self.failed = True
        self.problems.append(RowError(row or self.row, code, column, params))

    def warn(self, code: str, column: str = "", /, **params: str) -> None:
        """Note what a person should look at, though the order can be taken."""
        self.problems.append(RowError(self.row, code, column, params, "warning"))

    def amount(self, value: object, column: str, row: int | None = None) -> Decimal | None:
        """An amount that may not be negative; None when the cell is empty."""
        if value == "":
            return None
        found = self.signed(value, column, row)
        if found is not None and found < 0:
            self.error("negative-amount", column, row, value=numbers.short(str(value)))
        return found

    def magnitude(self, value: object, column: str) -> Decimal:
        """An amount that some systems write with a minus and some without (discounts, refunds); 0 when empty."""
        if value == "":
            return ZERO
        found = self.signed(value, column)
        return abs(found) if found is not None else ZERO

    def signed(self, value: object, column: str, row: int | None = None) -> Decimal | None:
        """Any amount; None when the cell is empty or unreadable."""
        try:
            return numbers.amount(value, self.decimal, self.exponent)
        except numbers.BadValueError as problem:
            self.error(problem.code, column, row, **problem.params)
            return None

    def moment(self, value: object, column: str) -> datetime | None:
        """A moment in UTC; None when the cell is empty or unreadable."""
        if not value:
            return None
        try:
            return moments.moment(value, self.options.zone, self.calendar, self.date_order)
        except numbers.BadValueError as problem:
            self.error(problem.code, column, None, **problem.params)
            return None

    def gmt(self, value: object, column: str) -> datetime | None:
        """A moment that is written without an offset although it is in UTC."""
        if not value:
            return None
        try:
            return moments.moment(value, UTC)
        except numbers.BadValueError as problem:
            self.error(problem.code, column, None, **problem.params)
            return None

    def quantity(self, value: object, column: str, row: int | None = None, mark: numbers.DecimalMark = ".") -> Decimal:
        """How much of a position: pieces, or a fraction; 0 of what was taken out of the order, negative of returns."""
        try:
            return numbers.measure(value, mark)
        except numbers.BadValueError as problem:
            self.error(problem.code, column, row, **problem.params)
            return ZERO

    def take_off(self, name: str, amount: Decimal) -> None:
        """A negative position: a discount of the order, whose name is kept in the note."""
        self.taken_off += amount
        self.remarks.append(f"{name}: \u2212{amount}" if name else f"\u2212{amount}")

    def currency(self, value: object, column: str) -> str:
        """The order's currency, or the one that options give."""
        try:
            found = values.currency(value) or self.options.currency
        except numbers.BadValueError as problem:
            self.error(problem.code, column, None, **problem.params)
            return ""
        if not found:
            self.error("no-currency", column)
        return found

    def email(self, value: object, column: str) -> str:
        """An e-mail address; one that is none is left out with a warning."""
        try:
            return values.email(value)
        except numbers.BadValueError as problem:
            self.warn(problem.code, column, **problem.params)
            return ""

    def ip(self, value: object, column: str) -> str | None:
        """An IP address; one that is none is left out with a warning."""
        try:
            return values.ip(value)
        except numbers.BadValueError as problem:
            self.warn(problem.code, column, **problem.params)
            return None

    def phone(self, value: object, country: str = "") -> Reading:
        """A phone as it was written, read for the address's country or else the shop's; what is odd of it is said."""
        text = values.code(values.clean(value))
        if text and values.is_cut(text):
            self.cut(text, "phone")
            text = ""
        found = phones.read_phone(text, country, self.options.country)
        odd = {"unreadable": "phone-unread", "unknown": "phone-unread", "abroad": "phone-abroad"}
        for note in found.notes[:1]:
            self.once(odd.get(note, "phone-more"), found)
        return found

    def once(self, code: str, found: Reading) -> None:
        """Say something of a phone once, though the customer and both addresses of an order have it."""
        if found.written not in self._phones:
            self._phones.add(found.written)
            self.warn(code, "phone", value=numbers.short(found.written), number=phones.shown(found.number))

    def cut(self, text: str, column: str) -> None:
        """Say, once for each value, that a spreadsheet has cut a number, which is therefore not kept as one."""
        if text not in self._cut:
            self._cut.add(text)
            self.warn("cut-number", column, value=numbers.short(text))

    def whole(self, text: str, column: str) -> str:
        """A number that names something, or "" where a spreadsheet has cut it, which is said."""
        found = values.code(text)
        if found and not found.isdigit() and values.is_cut(found):
            self.cut(found, column)
            return ""
        return found

    def identity(self, external_id: str, column: str) -> None:
        """Refuse an order without a number, or with one that cannot be kept."""
        if not external_id:
            self.error("no-id", column)
        elif len(external_id) > _LONGEST_ID:
            self.error("long-id", column, limit=str(_LONGEST_ID))

    def state(self, raw: str, column: str, known: Mapping[str, str], otherwise: str) -> str:
        """The neutral state of a status word: as `known` (by squashed words), as everybody knows, or a guess."""
        found = known.get(words.squashed(raw)) or words.state(raw)
        if found:
            return found
        self.warn("unknown-status", column, value=numbers.short(raw), state=otherwise)
        return otherwise

    def amounts(
        self,
        *readings: sums.Parts,
        paid: Callable[[Decimal], Decimal],
        refunded: Decimal,
        currency: str,
    ) -> tuple[tuple[Line, ...], Amounts]:
        """The order's positions and money so that they come out as its total; warns when they cannot.

        Of several ways to read the file's parts the first is taken that comes out, or else the first.
        """
        parts = readings[0]
        found = sums.settle(parts, currency)
        for other in readings[1:] if found.expected != found.total else ():
            tried = sums.settle(other, currency)
            if tried.expected == tried.total:
                parts, found = other, tried
                break
        expected = None if found.expected == found.total or self.failed else found.expected
        if expected is not None:
            self.warn("totals-differ", expected=str(expected), total=str(found.total), currency=currency)
        in_lines = sum((line.discount for line in found.lines), ZERO)
        subtotal = parts.subtotal
        if subtotal is None:
            subtotal = sum((line.total + line.discount for line in found.lines), ZERO)
        amounts = Amounts(
            subtotal, parts.shipping, in_lines + found.off, parts.tax, found.total,
            # What went back has come in before.
            max(paid(found.total), refunded), refunded, found.tax_included, expected,
        )  # fmt: skip
        return found.lines, amounts

    def outcome(
        self, placed_at: datetime | None, build: Callable[[datetime], OrderRecord]
    ) -> Iterator[OrderRecord | RowError]:
        """What is wrong with the order, then the order unless that makes it unusable."""
        yield from self.problems
        if placed_at is not None and not self.failed:
            yield build(placed_at)


def position(
    draft: Draft,
    *,
    sku: str,
    name: str,
    variant: str = "",
    quantity: Decimal = Decimal(1),
    written: str = "",
    price: Decimal | None,
    discount: Decimal = ZERO,
    total: Decimal | None,
    external_id: str = "",
) -> Line | None:
    """A position with what is missing of price and total worked out from the rest; None for what is none.

    Pieces are whole: of 2.5 metres it is one position, whose variant says how much as it is `written` in the file.
    A position below zero is taken off the order.
    """
    if total is None:
        whole = (price or ZERO) * quantity
        discount = min(discount, max(whole, ZERO))
        total = whole - discount
    if total < 0:
        draft.take_off(name or sku, -total)
        return None
    if quantity == 0 and not total:
        return None
    pieces = int(quantity)
    if pieces == quantity and pieces > 0:
        if price is None or price < 0:
            price = ((total + discount) / pieces).quantize(_PRICE)
        return Line(sku, name or sku, variant, pieces, price, discount, total, external_id)
    said = ", ".join(filter(None, (variant, written or f"{quantity:f}")))
    return Line(sku, name or sku, said, 1, total + discount, discount, total, external_id)


# What a price of one piece is kept in.
_PRICE: Final = Decimal("0.001")


def history(placed_at: datetime, *events: tuple[datetime | None, str, str]) -> tuple[SourceEvent, ...]:
    """The past in order of time: when the order was created, and the events whose time is known."""
    known = [SourceEvent(at, state, text) for at, state, text in events if at is not None]
    return (SourceEvent(placed_at, "created"), *sorted(known, key=lambda past: past.at))


def derived_status(payment_state: str, fulfilment: str, *, cancelled: bool, closed: bool) -> str:
    """Where an order stands on a platform that tells payment and fulfilment but no single status."""
    if cancelled:
        return "cancelled"
    if payment_state == "refunded":
        return "refunded"
    found = words.state(fulfilment)
    if found == "shipped" and closed:
        return "completed"
    if found and found not in ("pending", "incomplete"):
        return found
    by_payment = {"paid": "paid", "partly-refunded": "paid", "voided": "cancelled", "failed": "failed"}
    return by_payment.get(payment_state, "pending")


def paid_of(payment_state: str, total: Decimal, *, outstanding: Decimal = ZERO) -> Decimal:
    """How much came in, where a platform tells the payment's state and what is outstanding rather than the sum.

    An order that was added to after it was paid may still be called so: what is outstanding has not come in.
    """
    if payment_state in ("paid", "partly-paid", "partly-refunded"):
        return max(total - outstanding, ZERO)
    return total if payment_state == "refunded" else ZERO


def state_of(paid: Decimal, total: Decimal) -> str:
    """The payment's state by the sum that was paid."""
    return "unpaid" if not paid else "paid" if paid >= total else "partly-paid"


def full_name(first: str, last: str) -> str:
    """One name of two parts; a Chinese one has the family name first and no blank."""
    if first and last and "\u4e00" <= first[-1] <= "\u9fff" and "\u4e00" <= last[-1] <= "\u9fff":
        return f"{last}{first}"
    return f"{first} {last}".strip()


def known_language(code: object) -> str | None:
    """The language of ours that a platform's locale stands for; None when it is none of them."""
    text = values.clean(code).replace("_", "-").lower()
    if not text or (names.language(text) == "en" and not text.startswith("en")):
        return None
    return names.language(text)


def split_tags(text: str) -> tuple[str, ...]:
    """Tags that are written as one text, with commas."""
    return tuple(tag.strip() for tag in text.replace("،", ",").replace("，", ",").split(",") if tag.strip())


def once(read: Iterator[OrderRecord | RowError]) -> Iterator[OrderRecord | RowError]:
    """The same orders, but a second one with the same id is refused (among the latest hundred thousand)."""
    seen: dict[str, None] = {}
    for item in read:
        if isinstance(item, RowError):
            yield item
        elif item.external_id in seen:
            yield RowError(item.row, "duplicate-id", params={"id": item.external_id})
        else:
            seen[item.external_id] = None
            if len(seen) > _REMEMBERED:
                del seen[next(iter(seen))]
            yield item


def parcel(carrier: object, number: object, url: object) -> tuple[Tracking, ...]:
    """A parcel, if it has a number or a link that is one."""
    link = values.clean(url)
    link = link if link.startswith(("https://", "http://")) else ""
    found = Tracking(values.clean(carrier), values.clean(number), link)
    return (found,) if found.number or found.url else ()


def address(draft: Draft, read: Callable[[str], str]) -> Address:
    """An address whose parts are read by name: those of Address, with first_name and last_name where name is empty.

    `house` is a number that stands apart from its street; in an address both are one line.

    `read` gives text as `values.clean` does.
    """

    def part(name: str) -> str:
        return read(name).lstrip("'")

    country = values.country(part("country"))
    return Address(
        name=part("name") or full_name(part("first_name"), part("last_name")),
        company=part("company"),
        line1=postal.street_line(part("line1"), part("house"), country or draft.options.country),
        line2=part("line2"),
        city=part("city"),
        region=part("region"),
        postcode=part("postcode"),
        country=country,
        phone=_kept(draft.phone(read("phone"), country)),
        email=read("email").lower(),
    )


def person(draft: Draft, billing: Address, shipping: Address, **given: Any) -> Person:
    """The customer: what the platform says of them, completed from the addresses."""
    country = billing.country or shipping.country
    phone = draft.phone(given.get("phone") or billing.phone or shipping.phone, country)
    return Person(
        name=values.clean(given.get("name")) or billing.name or shipping.name,
        email=draft.email(given.get("email") or billing.email or shipping.email, "email"),
        phone=phone.number,
        phone_said=phone.said,
        given_name=values.clean(given.get("given_name")),
        language=known_language(given.get("language")),
        group=values.clean(given.get("group")),
        external_id=values.clean(given.get("external_id")),
    )


def _kept(phone: Reading) -> str:
    """What an address keeps of a phone: its one form, or all that was written where that says more."""
    return phone.said or phone.number
