"""Giving back: what a refund comes to before anything is sent, and carrying out just that."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from tartib.cases.hooks import Context
from tartib.cases.models import Case
from tartib.cases.operations import lock_case, note
from tartib.journal.operations import Actor
from tartib.l10n import money, names
from tartib.orders import proposals
from tartib.orders.models import Line
from tartib.orders.queries import Out, lines, order, out
from tartib.orders.shares import shares, together
from tartib.payments import hooks, refunds
from tartib.payments.balance import refundable
from tartib.payments.hooks import DELIVERY, Piece
from tartib.payments.models import Refund
from tartib.payments.operations import TooMuch
from tartib.payments.ways_back import ways_back
from tartib.shops.models import Shop

_NOTHING = Decimal(0)


class Contradiction(Exception):
    """What was asked for does not fit together, or asks for nothing; `why` says so in words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to give back: pieces that came back, the delivery, an amount, or everything that is left.

    With pieces or the delivery, `amount` is what is sent instead of what they cost: less, or nothing. `payment_id` is
    money in another currency that was set aside: all of it goes back, and nothing else with it.
    """

    pieces: tuple[Piece, ...] = ()
    delivery: bool = False
    amount: Decimal | None = None
    everything: bool = False
    payment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a wish comes to: the money that is sent, in `currency`, and the pieces that come back for it.

    `cost` is what the pieces and the delivery cost the customer, where that was asked for.
    """

    amount: Decimal
    currency: str
    pieces: tuple[tuple[Line, Piece], ...] = ()
    cost: Decimal | None = None
    payment_id: int | None = None
    delivery: bool = False

    @property
    def shelved(self) -> list[tuple[Line, int]]:
        """The pieces that go back on the shelf."""
        return [(line, piece.quantity) for line, piece in self.pieces if piece.shelved]

    @property
    def lost(self) -> list[tuple[Line, int]]:
        """The pieces that come back, and not to the shelf."""
        return [(line, piece.quantity) for line, piece in self.pieces if not piece.shelved]

    @property
    def fingerprint(self) -> str:
        """What somebody was shown, in a few letters that their form carries: money and goods."""
        goods = [(piece.line_id, piece.quantity, piece.shelved) for _line, piece in self.pieces]
        said = (self.amount.normalize(), self.currency, goods, self.payment_id)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:20]


class Changed(Exception):
    """What would go back is not what the person was shown; `plan` is what it would be."""

    def __init__(self, planned: Plan) -> None:
        super().__init__(str(planned.amount))
        self.plan = planned


def plan(case: Case, wish: Wish) -> Plan:
    """What a wish comes to now. Sends nothing. Raises `Contradiction`, and `payments.operations.TooMuch`."""
    if wish.payment_id is not None:
        return _aside(case, wish)
    left, particulars, known = refundable(case), order(case), {line.pk: line for line in lines(case)}
    still = out(particulars, list(known.values()))
    pieces = tuple((known[piece.line_id], piece) for piece in wish.pieces if piece.line_id in known)
    _can_come_back(wish.pieces, known, still)
    cost = None
    if pieces or wish.delivery:
        parts = shares(particulars, list(known.values()))
        gone = {line.pk: line.came_back + still.coming.get(line.pk, 0) for line, _piece in pieces}
        cost = together(parts.pieces(line, piece.quantity, gone[line.pk]) for line, piece in pieces).cost
        cost += parts.delivery.cost if wish.delivery else _NOTHING
    if wish.delivery and particulars.shipping and not still.delivery:
        raise Contradiction(_("The delivery was given back already."))
    amount = _amount(case, wish, cost, left)
    if amount > left:
        raise TooMuch(left)
    if not amount and not pieces:
        raise Contradiction(_("Choose what goes back: pieces, the delivery, or an amount."))
    return Plan(amount, case.currency, pieces, cost, delivery=wish.delivery)


@transaction.atomic
def give_back(
    shop: Shop, case_id: int, wish: Wish, actor: Actor, *, now: datetime, seen: str = "", words: str = "", key: str = ""
) -> tuple[Plan, list[Refund]]:
    """Carry out a wish: the money is sent, and the pieces are taken back when it is; without money, at once.

    `seen` is the fingerprint of what the person was shown, "" for a program that was shown nothing. `words` are a note
    for the timeline. `key` makes a repeated request harmless. Raises `Case.DoesNotExist`, `Changed` where something
    else than was seen would go back, what `plan` does, and `payments.refunds.NotInParts`; nothing is done then.
    """
    case = lock_case(shop, case_id)
    if known := refunds.by_key(case, key):
        return Plan(sum((one.amount for one in known), _NOTHING), known[0].currency), known
    planned = plan(case, wish)
    if seen and seen != planned.fingerprint:
        raise Changed(planned)
    pieces = [piece for _line, piece in planned.pieces]
    if planned.delivery:
        pieces.append(Piece(DELIVERY, 1, shelved=False))
    if not planned.amount:
        _take_back(case, planned, actor, now, words)
        return planned, []
    asked = refunds.refund(
        shop, case.pk, planned.amount, actor, now=now, pieces=pieces, note=words, key=key,
        payment_id=planned.payment_id, worth=planned.cost or _NOTHING,
    )  # fmt: skip
    if not refundable(case):
        proposals.close([case.pk], now=now)
    return planned, asked


def _aside(case: Case, wish: Wish) -> Plan:
    if wish.pieces or wish.delivery or wish.everything or wish.amount is not None:
        raise Contradiction(_("Money that was set aside goes back by itself: clear the other fields."))
    for payment, left in ways_back(case).aside:
        if payment.pk == wish.payment_id:
            return Plan(left, payment.currency, payment_id=payment.pk)
    raise TooMuch(_NOTHING)


def _can_come_back(pieces: Sequence[Piece], known: dict[int, Line], still: Out) -> None:
    times = Counter(piece.line_id for piece in pieces)
    for piece in pieces:
        line = known.get(piece.line_id)
        if line is not None and times[piece.line_id] > 1:
            raise Contradiction(_("“%(product)s” is named more than once.") % {"product": line.name})
        most = still.pieces.get(piece.line_id, 0)
        if line is not None and piece.quantity > most and still.coming.get(line.pk):
            raise Contradiction(
                _("“%(product)s”: a refund is under way for %(coming)d. %(pieces)d more can come back at most.")
                % {"product": line.name, "coming": still.coming[line.pk], "pieces": most}
            )
        if not 0 < piece.quantity <= most:
            raise Contradiction(
                _("“%(product)s”: %(pieces)d can come back at most.")
                % {"product": line.name if line is not None else "—", "pieces": most}
            )


def _amount(case: Case, wish: Wish, cost: Decimal | None, left: Decimal) -> Decimal:
    """How much is sent."""
    if wish.everything:
        if wish.amount is not None and wish.amount != left:
            raise Contradiction(
                _("Everything that is left is %(left)s. Clear the amount, or do not choose everything.")
                % {"left": _shown(left, case)}
            )
        return left
    if wish.amount is None:
        return _NOTHING if cost is None else min(cost, left)
    if cost is not None and wish.amount > cost:
        raise Contradiction(
            _("What was chosen cost %(cost)s, and more than that was typed. Clear the amount, or choose more.")
            % {"cost": _shown(cost, case)}
        )
    return wish.amount


def _shown(amount: Decimal, case: Case) -> str:
    return names.isolate(money.show(amount, case.currency, case.shop.tag(get_language() or "en")))


def _take_back(case: Case, planned: Plan, actor: Actor, now: datetime, words: str) -> None:
    """Goods that come back for no money: it went back before, or was never paid."""
    pieces = [piece for _line, piece in planned.pieces]
    for take in hooks.connected.take_back:
        take(case.pk, pieces, Context(case.shop, actor, now, uuid4(), words))
    with override(case.shop.language):
        goods = "; ".join(f"{piece.quantity} × {line.name}" for line, piece in planned.pieces)
        said = _("Came back, without money: %(goods)s") % {"goods": goods}
    note(case, f"{said}\n{words}".strip(), actor, shown=False, now=now)
