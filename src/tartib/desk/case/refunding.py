"""The form that sends money back, and how the money of an order stands."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tartib.cases.models import Case
from tartib.cases.plugs import Piece
from tartib.desk.shopkeeping.forms import Amount, Dressed, Whole, dress
from tartib.orders.models import Line, Order
from tartib.orders.queries import worth
from tartib.payments import refunds
from tartib.payments.models import OPEN_ATTEMPTS, Attempt, Payment, Refund, RefundState
from tartib.payments.refunds import WaysBack
from tartib.speech import money, names
from tartib.web import audience

ALL, AMOUNT, PIECES, ASIDE = "all", "amount", "pieces", "aside-"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page says of an order's money: what can go back and how, what is under way, what did not work."""

    back: WaysBack
    refunds: list[Refund]
    tries: list[Attempt]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to send back: an amount, pieces that come back for it, or all of one payment set aside."""

    amount: Decimal
    pieces: list[Piece] = field(default_factory=list)
    payment: Payment | None = None


OWN = (
    (ALL, gettext_lazy("Everything that is left")),
    (AMOUNT, gettext_lazy("An amount")),
    (PIECES, gettext_lazy("For pieces that come back")),
)
"""What goes back of the order's own money."""


class RefundForm(Dressed):
    """What goes back: all of it, an amount, or the price of some pieces, and where the pieces go."""

    what = forms.ChoiceField(choices=OWN, initial=ALL, widget=forms.RadioSelect)
    amount = Amount(label=gettext_lazy("Amount"), required=False)
    shelved = forms.BooleanField(label=gettext_lazy("The goods go back on the shelf"), required=False, initial=True)
    note = forms.CharField(label=gettext_lazy("Note for the timeline"), required=False, max_length=250)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, data: Any = None, *, case: Case, order: Order, positions: list[Line], back: WaysBack) -> None:
        super().__init__(data, prefix="refund", initial={"key": secrets.token_urlsafe(16)})
        self.case, self.order, self.back = case, order, back
        self.positions = [line for line in positions if _out(line)]
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = [*(OWN if back.left > 0 else ()), *self.aside]
        what.initial = what.choices[0][0] if what.choices else ALL
        amount = self.fields["amount"]
        assert isinstance(amount, Amount)
        amount.currency = case.currency
        for line in self.positions:
            self.fields[f"give_{line.pk}"] = Whole(label=_("Pieces"), required=False, most=_out(line))
            self.fields[f"shelf_{line.pk}"] = forms.BooleanField(
                label=_("back on the shelf"), required=False, initial=True
            )
            for name in (f"give_{line.pk}", f"shelf_{line.pk}"):
                dress(self.fields[name])

    @property
    def aside(self) -> list[tuple[str, str]]:
        """A choice for each payment in another currency: it goes back as a whole, in that currency."""
        return [
            (f"{ASIDE}{payment.pk}", _("Money set aside: %(amount)s") % {"amount": _shown(left, payment.currency)})
            for payment, left in self.back.aside
        ]

    @property
    def rows(self) -> list[tuple[Line, Any, Any]]:
        """The positions with their two fields."""
        return [(line, self[f"give_{line.pk}"], self[f"shelf_{line.pk}"]) for line in self.positions]

    def clean(self) -> dict[str, Any]:
        """The choice that was made has what it needs."""
        given = super().clean() or {}
        if given.get("what") == AMOUNT and not given.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Write an amount above zero."))
        if given.get("what") == PIECES and not self.errors and not self._pieces(given):
            raise ValidationError(_("Say how many pieces come back."))
        return given

    def asked(self) -> Asked:
        """How much goes back, of what can, and the pieces that come back for it."""
        given = self.cleaned_data
        for payment, left in self.back.aside:
            if given["what"] == f"{ASIDE}{payment.pk}":
                return Asked(left, payment=payment)
        if given["what"] == ALL:
            return Asked(self.back.left, [Piece(line.pk, _out(line), given["shelved"]) for line in self.positions])
        if given["what"] == AMOUNT:
            return Asked(given["amount"])
        pieces = self._pieces(given)
        known = {line.pk: line for line in self.positions}
        price = sum((worth(self.order, known[p.line_id], p.quantity) for p in pieces), Decimal(0))
        return Asked(min(price, self.back.left), pieces)

    def _pieces(self, given: dict[str, Any]) -> list[Piece]:
        return [
            Piece(line.pk, count, bool(given.get(f"shelf_{line.pk}")))
            for line in self.positions
            if (count := given.get(f"give_{line.pk}"))
        ]


def standing(case: Case) -> Standing:
    """How the money of an order stands, in a fixed number of queries."""
    back = refunds.ways_back(case)
    asked = Refund.objects.filter(case=case, cleared_at=None).exclude(state=RefundState.CONFIRMED)
    tries = Attempt.objects.filter(case=case, state__in=OPEN_ATTEMPTS).select_related("account")
    return Standing(back, list(asked.select_related("payment").order_by("-pk")), list(tries.order_by("-pk")))


def _shown(amount: Decimal, currency: str) -> str:
    return names.isolate(money.show(amount, currency, audience.current().language))


def _out(line: Line) -> int:
    """The pieces of a position that have not come back yet."""
    return line.quantity - line.back - line.lost
