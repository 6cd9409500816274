"""The form in which the positions of an order are edited, with what comes on top of them and what follows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tartib.orders.drafts import LineDraft
from tartib.orders.editing import Costs as EditedCosts
from tartib.orders.models import Line, Order
from tartib.web.forms import Amount, Dressed, Whole

MOST_LINES = 200
MOST_PIECES = 1_000_000


class LineRow(Dressed):
    """A position as it is typed; a row left empty is passed over."""

    was = forms.IntegerField(required=False, widget=forms.HiddenInput)
    sku = forms.CharField(label=gettext_lazy("SKU"), required=False, max_length=64)
    name = forms.CharField(label=gettext_lazy("Product"), required=False, max_length=250)
    variant = forms.CharField(label=gettext_lazy("Variant"), required=False, max_length=120)
    quantity = Whole(label=gettext_lazy("Quantity"), required=False, least=1, most=MOST_PIECES)
    price = Amount(label=gettext_lazy("Price"), required=False)
    discount = Amount(label=gettext_lazy("Discount"), required=False)

    def __init__(self, *given: Any, currency: str, **options: Any) -> None:
        super().__init__(*given, **options)
        for field in self.fields.values():
            if isinstance(field, Amount):
                field.currency = currency

    def clean(self) -> dict[str, Any]:
        """A row that names something needs its quantity and price."""
        given = super().clean() or {}
        if not given.get("name") and not given.get("sku"):
            return given
        if not given.get("name"):
            self.add_error("name", _("Write what it is."))
        if given.get("price") is None and "price" not in self.errors:
            self.add_error("price", _("Write the price of one piece."))
        if not self.errors:
            line = self.line()
            if line is not None and line.total < 0:
                self.add_error("discount", _("The discount is more than the price."))
            elif line is not None and line.total.adjusted() > 11:
                self.add_error("quantity", _("That is more than an order can hold."))
        return given

    def line(self) -> LineDraft | None:
        """The position, or None where the row is empty."""
        given = self.cleaned_data
        if not given.get("name"):
            return None
        return LineDraft(
            given["name"], given.get("quantity") or 1, given.get("price") or Decimal(0), given.get("sku", ""),
            given.get("variant", ""), given.get("discount") or Decimal(0),
        )  # fmt: skip


class Costs(Dressed):
    """What comes on top of the positions and off them."""

    shipping = Amount(label=gettext_lazy("Shipping"), required=False)
    discount = Amount(label=gettext_lazy("Discount"), required=False)
    tax = Amount(label=gettext_lazy("Tax"), required=False)

    def __init__(self, *given: Any, currency: str, **options: Any) -> None:
        super().__init__(*given, prefix="costs", **options)
        for field in self.fields.values():
            if isinstance(field, Amount):
                field.currency = currency

    def of(self, name: str) -> Decimal:
        """One of them, nothing where it is empty."""
        amount: Decimal | None = self.cleaned_data.get(name)
        return amount or Decimal(0)

    def costs(self, order: Order) -> EditedCosts:
        """All of them. Tax that was left as it was follows the goods."""
        tax = self.of("tax")
        return EditedCosts(self.of("shipping"), self.of("discount"), None if tax == order.tax else tax)

    def clean(self) -> dict[str, Any]:
        """Amounts that the books can hold."""
        given = super().clean() or {}
        for name, amount in given.items():
            if amount is not None and amount.adjusted() > 11:
                self.add_error(name, _("That is more than an order can hold."))
        return given


class LinesAfter(Dressed):
    """What follows when the positions of an order were changed."""

    prefix = "after"
    send_back = forms.BooleanField(
        label=gettext_lazy("If too much was paid then, send the difference back"), required=False, initial=True
    )
    tell = forms.BooleanField(label=gettext_lazy("Tell the customer what changed"), required=False, initial=True)


def line_rows(data: Any, currency: str, lines: list[Line] | None = None, spare: int = 1) -> list[LineRow]:
    """The rows of a lines form: as posted (`line-0-name` …), or those of `lines` and some empty ones."""
    if data is not None:
        numbers = sorted({int(key.split("-")[1]) for key in data if _is_row(key)})[:MOST_LINES]
        return [LineRow(data, prefix=f"line-{number}", currency=currency) for number in numbers]
    rows = [
        {"was": line.pk}
        | {name: getattr(line, name) for name in ("sku", "name", "variant", "quantity", "price", "discount")}
        for line in lines or ()
    ]
    filled = len(rows)
    return [
        LineRow(
            prefix=f"line-{number}", currency=currency, initial=rows[number] if number < filled else {"quantity": 1}
        )
        for number in range(filled + spare)
    ]


def _is_row(key: str) -> bool:
    parts = key.split("-")
    return len(parts) == 3 and parts[0] == "line" and parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 5
