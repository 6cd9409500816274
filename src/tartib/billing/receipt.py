"""The papers of an order, as PDF and as page: the same texts in both, in any of the five languages.

A receipt says how things stand; a pro-forma invoice, an invoice and a credit note have a number and a day of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import as_file, files
from io import BytesIO
from typing import Any

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import pylopdf_fonts_zh_tw
import segno
import typst
from django.db.models import TextChoices
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tartib.l10n import dates, digits, money, names

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PLAIN_COLOUR = "#206bc4"
_TYPST_LANGUAGE = {"zh-hant": ("zh", "HK")}


class PaperKind(TextChoices):
    """What a paper is. Those with a number are counted apart from each other."""

    RECEIPT = "receipt", gettext_lazy("Receipt")
    PRO_FORMA = "pro-forma", gettext_lazy("Pro-forma invoice")
    INVOICE = "invoice", gettext_lazy("Invoice")
    CREDIT_NOTE = "credit-note", gettext_lazy("Credit note")


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A position: money per piece in `price`, for all pieces together in `discount` and `total`.

    `returned` is how many of the pieces came back.
    """

    name: str
    detail: str
    quantity: int
    price: Decimal
    discount: Decimal
    total: Decimal
    returned: int = 0


@dataclass(frozen=True, slots=True)
class ReceiptPayment:
    """Confirmed money: `amount` is negative for what was paid back."""

    at: datetime
    method: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that a paper says, as data. Money is in `currency`; `link` is the customer's own page of the order.

    A credit note has its sums as they were given back, above zero; `corrects` is the number of the invoice it corrects.
    `points` were spent on the order, and take `by_points` off it besides the discount. `credited` was taken off the
    total since, for goods that came back or out of kindness; of an order that `ended` nothing is due any more.
    """

    language: str
    calendar: str
    zone: str
    colour: str
    shop: tuple[str, ...]
    code: str
    number: str
    placed_at: datetime
    currency: str
    lines: tuple[ReceiptLine, ...]
    subtotal: Decimal
    shipping: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    payments: tuple[ReceiptPayment, ...]
    ship_to: tuple[str, ...]
    bill_to: tuple[str, ...]
    payment_method: str | Promise
    shipping_method: str
    link: str
    kind: str = PaperKind.RECEIPT
    paper: str = ""
    issued_at: datetime | None = None
    corrects: str = ""
    note: str = ""
    tax_included: bool = False
    points: int = 0
    by_points: Decimal = Decimal(0)
    credited: Decimal = Decimal(0)
    ended: bool = False

    @property
    def name(self) -> str:
        """What it is called as a file: its number, or the order's code."""
        return self.paper or self.code

    country: str = ""

    @property
    def cost(self) -> Decimal:
        """What is to be paid in all, after what was credited."""
        return self.total - self.credited

    @property
    def paid(self) -> Decimal:
        """What came in."""
        return sum((payment.amount for payment in self.payments if payment.amount > 0), Decimal(0))

    @property
    def refunded(self) -> Decimal:
        """What went back."""
        return -sum((payment.amount for payment in self.payments if payment.amount < 0), Decimal(0))


def as_data(receipt: Receipt) -> dict[str, Any]:
    """The paper as JSON, to be kept as it was issued; `read` is its inverse."""
    data: dict[str, Any] = json.loads(json.dumps(asdict(receipt), default=str))
    return data


def read_receipt(data: Mapping[str, Any]) -> Receipt:
    """A paper as `as_data` kept it. A field that later versions added has its default."""
    known = {field.name for field in fields(Receipt)}
    values = {name: value for name, value in data.items() if name in known}
    for name in ("placed_at", "issued_at"):
        values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
    for name in {"subtotal", "shipping", "discount", "tax", "total", "by_points", "credited"} & values.keys():
        values[name] = Decimal(values[name])
    for name in ("shop", "ship_to", "bill_to"):
        values[name] = tuple(values[name])
    values["lines"] = tuple(
        ReceiptLine(
            row["name"], row["detail"], row["quantity"], Decimal(row["price"]), Decimal(row["discount"]),
            Decimal(row["total"]), row.get("returned", 0),
        )
        for row in values["lines"]
    )  # fmt: skip
    values["payments"] = tuple(
        ReceiptPayment(datetime.fromisoformat(row["at"]), row["method"], Decimal(row["amount"]))
        for row in values["payments"]
    )
    return Receipt(**values)


def pdf(receipt: Receipt) -> bytes:
    """The receipt as a PDF of A4 pages. Texts reach the layout as data and are never read as markup."""
    data = texts(receipt)
    inputs = {"data": json.dumps(data), "qr": _qr(receipt.link)}
    with as_file(files("tartib.billing").joinpath("receipt.typ")) as layout:
        made: bytes = typst.compile(str(layout), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs)
    return made


def texts(receipt: Receipt) -> dict[str, Any]:
    """Every text of the receipt as its reader sees it: labels, dates, digits and money of the language."""
    language = names.language(receipt.language)
    tag = names.tag(language, receipt.country)
    with translation.override(language):
        return {
            "language": _TYPST_LANGUAGE.get(language, (language, None))[0],
            "region": _TYPST_LANGUAGE.get(language, (language, None))[1],
            "tag": tag,
            "direction": names.direction(language),
            "colour": receipt.colour if _COLOUR.fullmatch(receipt.colour) else _PLAIN_COLOUR,
            "title": str(PaperKind(receipt.kind).label),
            "note": receipt.note,
            "shop": [line for line in receipt.shop if line],
            "facts": _facts(receipt, tag),
            "code": receipt.code,
            "addresses": [
                {"label": label, "lines": list(lines)}
                for label, lines in ((_("Delivered to"), receipt.ship_to), (_("Billed to"), receipt.bill_to))
                if lines
            ],
            "heads": [_("Product"), _("Quantity"), _("Price"), _("Total")],
            "lines": [_line(line, receipt.currency, tag) for line in receipt.lines],
            "sums": _sums(receipt, tag),
            "payments_title": _("Payments"),
            "payments": [
                {
                    "label": payment.method or (_("Payment") if payment.amount > 0 else _("Refund")),
                    "day": dates.show_date(payment.at, tag, receipt.calendar, receipt.zone),
                    "amount": money.show(payment.amount, receipt.currency, tag),
                }
                for payment in receipt.payments
            ],
            "scan": _("Follow the order: scan the code or open the link."),
            "link": receipt.link,
            "page": _("Page"),
        }


def qr_svg(link: str) -> str:
    """The link as a QR code for a page: an inline SVG with no size of its own."""
    return str(segno.make(link, error="m").svg_inline(omitsize=True, border=0))


def _facts(receipt: Receipt, tag: str) -> list[dict[str, object]]:
    """What identifies the order; `code` marks what keeps its Latin digits and direction."""
    placed = dates.show_datetime(receipt.placed_at, tag, receipt.calendar, receipt.zone)
    rows: list[tuple[str, str, bool]] = [(_("Number"), receipt.paper, True)]
    if receipt.issued_at is not None:
        rows.append((_("Issued"), dates.show_date(receipt.issued_at, tag, receipt.calendar, receipt.zone), False))
    rows.append((_("Corrects invoice"), receipt.corrects, True))
    rows.append((_("Tracking code"), receipt.code, True))
    if receipt.number and receipt.number != receipt.code:
        rows.append((_("Order number"), receipt.number, True))
    rows.append((_("Order date"), placed, False))
    rows.append((_("Payment method"), str(receipt.payment_method), False))
    rows.append((_("Shipping method"), receipt.shipping_method, False))
    return [{"label": label, "value": value, "code": code} for label, value, code in rows if value]


def _line(line: ReceiptLine, currency: str, tag: str) -> dict[str, object]:
    notes = [line.detail] if line.detail else []
    if line.discount:
        notes.append(_("Discount %(amount)s") % {"amount": money.show(line.discount, currency, tag)})
    if line.returned:
        pieces = ngettext("%(pieces)s piece returned", "%(pieces)s pieces returned", line.returned)
        notes.append(pieces % {"pieces": digits.number(line.returned, tag)})
    return {
        "name": line.name,
        "notes": notes,
        "quantity": digits.number(line.quantity, tag),
        "price": money.show(line.price, currency, tag),
        "total": money.show(line.total, currency, tag),
    }


def _sums(receipt: Receipt, tag: str) -> list[dict[str, object]]:
    """The sums below the lines; `main` marks the one that counts."""
    kept = receipt.paid - receipt.refunded
    due = Decimal(0) if receipt.ended else max(Decimal(0), receipt.cost - kept)
    surplus = Decimal(0) if receipt.ended else max(Decimal(0), kept - receipt.cost)
    credited = receipt.credited != 0 and (due > 0 or surplus > 0 or receipt.kind == PaperKind.INVOICE)
    points = ngettext("%(points)s point", "%(points)s points", receipt.points)
    credit = receipt.kind == PaperKind.CREDIT_NOTE
    rows = [
        (_("Subtotal"), receipt.subtotal, False, True),
        (_("Shipping"), receipt.shipping, False, receipt.shipping != 0),
        (_("Discount"), -receipt.discount, False, receipt.discount != 0),
        (
            points % {"points": digits.number(receipt.points, tag)},
            -receipt.by_points,
            False,
            receipt.by_points != 0,
        ),
        (_("Tax, part of the prices") if receipt.tax_included else _("Tax"), receipt.tax, False, receipt.tax != 0),
        # What a credit note takes off need not have been paid: an edited order has a new invoice.
        (_("Credited") if credit else _("Total"), receipt.total, True, True),
        (_("Credited"), -receipt.credited, False, credited),
        (_("Paid"), receipt.paid, False, not credit),
        (_("Refunded"), -receipt.refunded, False, receipt.refunded != 0),
        (_("Still due"), due, due > 0, due > 0 and not credit),
        (_("Paid too much"), surplus, True, surplus > 0 and receipt.kind == PaperKind.RECEIPT),
    ]
    return [
        {"label": label, "amount": money.show(amount, receipt.currency, tag), "main": main}
        for label, amount, main, shown in rows
        if shown
    ]


def _qr(link: str) -> str:
    made = BytesIO()
    segno.make(link, error="m").save(made, kind="svg", border=0, xmldecl=False)
    return made.getvalue().decode()


@cache
def _fonts() -> list[str]:
    return [
        str(fontpkg_noto_sans.ROOT / "files"),
        str(fontpkg_noto_sans_arabic.ROOT / "files"),
        str(pylopdf_fonts_zh_tw.sans_path().parent),
    ]
