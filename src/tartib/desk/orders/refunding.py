"""The form that sends money back, and how the money of an order stands."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tartib.cases.models import Case
from tartib.l10n import money, names
from tartib.orders.models import Line, Order
from tartib.orders.queries import Out
from tartib.orders.requests import CustomerRequest, RequestKind
from tartib.orders.returning import Wish
from tartib.payments.balance import Balance, balance
from tartib.payments.hooks import Piece
from tartib.payments.models import OPEN_ATTEMPTS, Attempt, Refund, RefundState
from tartib.payments.ways_back import WaysBack, ways_back
from tartib.web import audience
from tartib.web.forms import Amount, Dressed, Whole, dress


@dataclass(frozen=True, slots=True)
class CaseMoney:
    """What the page says of an order's money: how it stands, what can go back, what is under way or did not work."""

    balance: Balance
    back: WaysBack
    refunds: list[Refund]
    tries: list[Attempt]


class RefundForm(Dressed):
    """What goes back: pieces with their price, the delivery, an amount, or all that is left. Nothing is chosen before.

    `seen` is the fingerprint of the plan that the page showed for what was typed: only just that is carried out.
    """

    everything = forms.BooleanField(required=False)
    delivery = forms.BooleanField(label=gettext_lazy("The delivery"), required=False)
    amount = Amount(label=gettext_lazy("Amount"), required=False)
    aside = forms.TypedChoiceField(required=False, coerce=int, empty_value=None, widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("Note for the timeline"), required=False, max_length=250)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def __init__(
        self,
        data: Any = None,
        *,
        case: Case,
        order: Order,
        positions: list[Line],
        back: WaysBack,
        still: Out,
        asked: CustomerRequest | None = None,
    ) -> None:
        """`asked` is what the customer asked for and the shop agreed to: the form begins with it."""
        start = _asked(asked, case, still) if asked is not None else {}
        super().__init__(data, prefix="refund", initial={"key": secrets.token_urlsafe(16)} | start)
        self.order, self.back, self.still = order, back, still
        self.positions = [line for line in positions if still.pieces.get(line.pk)]
        self.fields["everything"].label = _("Everything that is left: %(amount)s") % {
            "amount": shown(back.left, case.currency)
        }
        aside = self.fields["aside"]
        assert isinstance(aside, forms.TypedChoiceField)
        aside.choices = [
            (payment.pk, _("Money set aside: %(amount)s") % {"amount": shown(left, payment.currency)})
            for payment, left in back.aside
        ]
        amount = self.fields["amount"]
        assert isinstance(amount, Amount)
        amount.currency = case.currency
        for line in self.positions:
            self.fields[f"give_{line.pk}"] = Whole(label=_("Pieces"), required=False, most=still.pieces[line.pk])
            self.fields[f"shelf_{line.pk}"] = forms.BooleanField(
                label=_("back on the shelf"), required=False, initial=True
            )
            for name in (f"give_{line.pk}", f"shelf_{line.pk}"):
                dress(self.fields[name])
            # Where pieces go is asked only of those that come back: the style sheet looks for the empty field.
            self.fields[f"give_{line.pk}"].widget.attrs["placeholder"] = "0"

    @property
    def rows(self) -> list[tuple[Line, int, Any, Any]]:
        """The positions with how many of their pieces are out, and their two fields."""
        return [
            (line, self.still.pieces[line.pk], self[f"give_{line.pk}"], self[f"shelf_{line.pk}"])
            for line in self.positions
        ]

    @property
    def wish(self) -> Wish:
        """What was typed, once it is valid."""
        given = self.cleaned_data
        pieces = [
            Piece(line.pk, count, bool(given.get(f"shelf_{line.pk}")))
            for line in self.positions
            if (count := given.get(f"give_{line.pk}"))
        ]
        return Wish(tuple(pieces), given["delivery"], given["amount"], given["everything"], given["aside"])


def _asked(asked: CustomerRequest, case: Case, still: Out) -> dict[str, object]:
    """What the form begins with: everything that is left of an order that was cancelled, else the agreed pieces."""
    if asked.kind == RequestKind.CANCEL and case.closed_at is not None:
        return {"everything": True}
    left = {row.line_id: min(row.left, still.pieces.get(row.line_id, 0)) for row in asked.lines.all()}
    return {f"give_{line}": pieces for line, pieces in left.items() if pieces}


def money_of(case: Case) -> CaseMoney:
    """How the money of an order stands, in a fixed number of queries."""
    back = ways_back(case)
    asked = Refund.objects.filter(case=case, cleared_at=None).exclude(state=RefundState.CONFIRMED)
    tries = Attempt.objects.filter(case=case, state__in=OPEN_ATTEMPTS).select_related("account")
    refunded = asked.select_related("payment").order_by("-pk")
    return CaseMoney(balance(case), back, list(refunded), list(tries.order_by("-pk")))


def shown(amount: Decimal, currency: str) -> str:
    """An amount for the reader of the page, to stand in a sentence."""
    return names.isolate(money.show(amount, currency, audience.current().tag))
