"""The form that sends money back, and how the money of an order stands."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tartib.cases.models import Case
from tartib.cases.plugs import Piece
from tartib.desk.shopkeeping.forms import Amount, Dressed, Whole, dress
from tartib.orders.models import Line
from tartib.orders.queries import worth
from tartib.payments import refunds
from tartib.payments.models import OPEN_ATTEMPTS, Attempt, Refund, RefundState

ALL, AMOUNT, PIECES = "all", "amount", "pieces"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page says of an order's money: what can go back and how, what is under way, what did not work."""

    left: Decimal
    ways: list[tuple[str, bool]]
    refunds: list[Refund]
    tries: list[Attempt]


class RefundForm(Dressed):
    """What goes back: all of it, an amount, or the price of some pieces, and where the pieces go."""

    what = forms.ChoiceField(
        choices=[
            (ALL, gettext_lazy("Everything that is left")),
            (AMOUNT, gettext_lazy("An amount")),
            (PIECES, gettext_lazy("For pieces that come back")),
        ],
        initial=ALL,
        widget=forms.RadioSelect,
    )
    amount = Amount(label=gettext_lazy("Amount"), required=False)
    shelved = forms.BooleanField(label=gettext_lazy("The goods go back on the shelf"), required=False, initial=True)
    note = forms.CharField(label=gettext_lazy("Note for the timeline"), required=False, max_length=250)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, data: Any = None, *, case: Case, positions: list[Line]) -> None:
        super().__init__(data, prefix="refund", initial={"key": secrets.token_urlsafe(16)})
        self.case, self.positions = case, positions
        amount = self.fields["amount"]
        assert isinstance(amount, Amount)
        amount.currency = case.currency
        for line in positions:
            self.fields[f"give_{line.pk}"] = Whole(label=_("Pieces"), required=False, most=line.quantity)
            self.fields[f"shelf_{line.pk}"] = forms.BooleanField(
                label=_("back on the shelf"), required=False, initial=True
            )
            for name in (f"give_{line.pk}", f"shelf_{line.pk}"):
                dress(self.fields[name])

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

    def asked(self, left: Decimal) -> tuple[Decimal, list[Piece]]:
        """How much goes back, of the `left` that can, and the pieces that come back for it."""
        given = self.cleaned_data
        if given["what"] == ALL:
            return left, [Piece(line.pk, line.quantity, given["shelved"]) for line in self.positions]
        if given["what"] == AMOUNT:
            return given["amount"], []
        pieces = self._pieces(given)
        known = {line.pk: line for line in self.positions}
        price = sum((worth(known[p.line_id], p.quantity, self.case.currency) for p in pieces), Decimal(0))
        return min(price, left), pieces

    def _pieces(self, given: dict[str, Any]) -> list[Piece]:
        return [
            Piece(line.pk, count, bool(given.get(f"shelf_{line.pk}")))
            for line in self.positions
            if (count := given.get(f"give_{line.pk}"))
        ]


def standing(case: Case) -> Standing:
    """How the money of an order stands, in a fixed number of queries."""
    left, ways = refunds.ways_back(case)
    asked = Refund.objects.filter(case=case).exclude(state=RefundState.CONFIRMED).select_related("payment")
    tries = Attempt.objects.filter(case=case, state__in=OPEN_ATTEMPTS).select_related("account")
    return Standing(left, ways, list(asked.order_by("-pk")), list(tries.order_by("-pk")))
