"""Whatever happens to an order's money and goods, in whatever order: everybody who shows it shows the same.

Receipt, desk, customer's page, API, papers, the gateway's books and the stock agree after every step.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tartib.api import shows
from tartib.billing.assembling import paper_of, receipt_of
from tartib.billing.models import Paper
from tartib.billing.operations import _uncorrected
from tartib.billing.receipt import PaperKind
from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.desk.orders import refunding
from tartib.journal.verify import verify
from tartib.l10n import money
from tartib.orders.changing import change
from tartib.orders.drafts import LineDraft
from tartib.orders.editing import Costs, LineEdit, NotEditable
from tartib.orders.holding import NotEnough
from tartib.orders.models import Line
from tartib.orders.returning import Contradiction, Wish, give_back
from tartib.orders.totals import Item, Off, Reduction, add_up
from tartib.payments import attempts, refunds
from tartib.payments.balance import Balance, balance
from tartib.payments.gateways.protocol import About, Claim, Contest, Fate, GatewayNotice
from tartib.payments.hooks import Piece
from tartib.payments.models import Attempt, Dispute, Payment, Refund, RefundState, State
from tartib.payments.operations import NothingDue, TooMuch
from tartib.portal.order_context import seen
from tartib.web import audience
from tests.examples import few
from tests.factories import NOW, actor, make_order, make_product, make_shop, move
from tests.payments.scripted import Scripted, make_account

PIECES = 20
number = st.integers(0, 3)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.sampled_from(["due", "again", "part"])),
        st.tuples(st.just("edit"), st.integers(1, 4), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("return"), number, st.booleans()),
        st.tuples(st.just("return for nothing"), number),
        st.tuples(st.just("refund"), st.integers(1, 90)),
        st.tuples(st.just("all back")),
        st.tuples(st.just("send"), number),
        st.tuples(st.just("refund fails"), number),
        st.tuples(st.just("dispute"), number),
        st.tuples(st.just("dispute ends"), number, st.booleans()),
        st.tuples(st.just("move"), st.sampled_from(["processing", "completed", "cancelled", "pending"])),
    ),
    min_size=3,
    max_size=14,
)

PAID_TWICE_AND_THE_SURPLUS_COMES_BACK: list[tuple[object, ...]] = [
    ("pay", "due"), ("edit", 1, 2, False), ("pay", "again"), ("all back",), ("send", 0), ("send", 0),
    ("refund fails", 0),
]  # fmt: skip

A_DISPUTE_IS_LOST_AND_THE_CUSTOMER_PAYS_ANEW: list[tuple[object, ...]] = [
    ("pay", "due"), ("dispute", 0), ("dispute ends", 0, False), ("pay", "again"), ("refund", 20), ("send", 0),
    ("refund fails", 0),
]  # fmt: skip
PART_IS_PAID_ANEW_AND_THE_ORDER_SHRINKS: list[tuple[object, ...]] = [
    ("pay", "due"), ("edit", 3, 2, False), ("dispute", 0), ("dispute ends", 0, False), ("pay", "due"),
    ("edit", 1, 0, False),
]  # fmt: skip


class Story:
    """An order of two products, taxed at different rates, at a shop with a gateway, and its gateway's own books."""

    def __init__(self) -> None:
        self.shop = make_shop(undo_seconds=0)
        self.goods = [make_product(self.shop, pieces=PIECES, price=price, name=price) for price in ("33.33", "7.01")]
        rates = (Decimal(20), Decimal(0))
        items = [Item(one.price, 2, rate) for one, rate in zip(self.goods, rates, strict=True)]
        less = [Reduction(Off.AMOUNT, Decimal("1.50"))]
        sums = add_up(items, Decimal("5.00"), less, "USD", tax_included=False, shipping_tax_percent=Decimal(5))
        lines = tuple(
            LineDraft(one.name, 2, one.price, sku=one.sku, tax_percent=rate)
            for one, rate in zip(self.goods, rates, strict=True)
        )
        self.case = make_order(
            self.shop, lines=lines, shipping=sums.shipping, discount=sums.discount, tax=sums.tax, total=sums.total,
            shipping_tax_percent=sums.shipping_tax_percent,
        )  # fmt: skip
        self.account = make_account(self.shop)
        self.now: datetime = NOW
        self.books = Decimal(0)
        self.told = 0

    def do(self, act: str, *how: object) -> None:
        self.now += timedelta(minutes=1)
        acts: dict[str, Callable[..., None]] = {
            "pay": self._pay, "edit": self._edit, "return": self._return, "return for nothing": self._goods_only,
            "refund": self._refund, "all back": self._all_back, "send": self._send, "refund fails": self._fails,
            "dispute": self._dispute, "dispute ends": self._dispute_ends, "move": self._move,
        }  # fmt: skip
        refused = (Contradiction, TooMuch, NotEditable, NotEnough, NothingDue)
        with suppress(*refused), transaction.atomic():
            acts[act](*how)
        self.case = Case.objects.select_related("shop", "customer", "order", "branch").get(pk=self.case.pk)

    def _hear(self, told: GatewayNotice) -> None:
        attempts.apply_notice(self.account, told, now=self.now)

    def _event(self) -> str:
        self.told += 1
        return f"e{self.told}"

    def _pay(self, what: str) -> None:
        tried = Attempt.objects.filter(case=self.case).order_by("pk").first() if what == "again" else None
        attempt = tried or attempts.start(self.shop, self.case.pk, self.account, now=self.now)
        amount = (attempt.amount / 2).quantize(Decimal("0.01")) if what == "part" else attempt.amount
        if not amount:
            return
        event = self._event()
        self.books += amount
        self._hear(
            GatewayNotice(event, Fate.DONE, attempt=attempt.key, reference=f"m-{event}", amount=amount, currency="USD")
        )

    def _edit(self, shirts: int, caps: int, send_back: bool) -> None:
        known = {line.sku: line.pk for line in Line.objects.filter(case=self.case)}
        edits = [
            LineEdit(LineDraft(one.name, pieces, one.price, sku=one.sku), known.get(one.sku))
            for one, pieces in zip(self.goods, (shirts, caps), strict=True)
            if pieces
        ]
        costs = Costs(Decimal("5.00"), Decimal("1.50"))
        change(self.shop, self.case.pk, edits, costs, actor(self.shop), now=self.now, send_back=send_back)

    def _give_back(self, wish: Wish) -> None:
        give_back(self.shop, self.case.pk, wish, actor(self.shop), now=self.now)

    def _piece(self, which: int, *, shelved: bool = True) -> tuple[Piece, ...]:
        lines = list(Line.objects.filter(case=self.case).order_by("position"))
        return (Piece(lines[which % len(lines)].pk, 1, shelved),)

    def _return(self, which: int, shelved: bool) -> None:
        self._give_back(Wish(self._piece(which, shelved=shelved)))

    def _goods_only(self, which: int) -> None:
        self._give_back(Wish(self._piece(which), amount=Decimal(0)))

    def _refund(self, amount: int) -> None:
        self._give_back(Wish(amount=Decimal(amount)))

    def _all_back(self) -> None:
        self._give_back(Wish(everything=True))

    def _send(self, which: int) -> None:
        asked = list(Refund.objects.filter(case=self.case, state=RefundState.ASKED).order_by("pk"))
        if asked:
            one = asked[which % len(asked)]
            refunds.send(one.pk, now=self.now)
            self.books -= one.amount

    def _fails(self, which: int) -> None:
        done = list(Refund.objects.filter(case=self.case, state=RefundState.CONFIRMED).order_by("pk"))
        if done:
            one = done[which % len(done)]
            assert one.payment.attempt is not None
            self.books += one.amount
            told = GatewayNotice(
                self._event(), Fate.FAILED, About.REFUND, one.payment.attempt.key, one.reference, one.amount, "USD",
                refund=one.key, reason="account closed", at=self.now,
            )  # fmt: skip
            self._hear(told)

    def _dispute(self, which: int) -> None:
        came = list(Payment.objects.filter(case=self.case, direction="in", state=State.CONFIRMED).order_by("pk"))
        if came and not Dispute.objects.filter(case=self.case).exists():
            one = came[which % len(came)]
            taken = min(one.amount, balance(self.case).kept)
            if taken > 0:
                self.books -= taken
                self._claim(one, Claim(one.reference, taken=taken), one.amount)

    def _dispute_ends(self, which: int, won: bool) -> None:
        dispute = Dispute.objects.filter(case=self.case, state="open").select_related("payment").first()
        if dispute is not None and dispute.payment is not None:
            returned = dispute.taken if won else Decimal(0)
            self.books += returned
            contest = Contest.WON if won else Contest.LOST
            claim = Claim(dispute.payment.reference, contest, taken=dispute.taken, returned=returned)
            self._claim(dispute.payment, claim, dispute.amount)

    def _claim(self, payment: Payment, claim: Claim, amount: Decimal) -> None:
        assert payment.attempt is not None
        told = GatewayNotice(
            self._event(), Fate.DONE, About.DISPUTE, payment.attempt.key, f"dp-{self.case.pk}", amount, "USD",
            claim=claim, at=self.now,
        )  # fmt: skip
        self._hear(told)

    def _move(self, target: str) -> None:
        move(self.case, target, now=self.now)


def agree(story: Story) -> None:
    """All that show the money and goods of the order say the same, and what they say is true."""
    case = story.case
    stands = balance(case)
    assert stands.kept == story.books, "the gateway's books"
    assert stands.due >= 0
    assert not (stands.due and stands.surplus)
    _bank_gave_nothing_back(case, stands)
    receipt = receipt_of(case, "en")
    assert (receipt.paid, receipt.refunded, receipt.credited, receipt.ended) == (
        stands.paid, stands.refunded, stands.credited, stands.ended,
    )  # fmt: skip
    assert refunding.money_of(case).balance == stands
    api = shows.order(case, Line.objects.filter(case=case))["balance"]
    assert isinstance(api, dict)
    assert {name: Decimal(text) for name, text in api.items()} == {name: getattr(stands, name) for name in api}
    audience.enter(case.shop, "en", now=story.now)
    assert seen(case)["stands"] == stands
    newest = Payment.objects.filter(case=case, dispute=None).order_by("-pk").values_list("state", flat=True).first()
    if stands.paid and not Dispute.objects.filter(case=case).exists():
        assert case.payment == stands.state(newest or "")
    _papers(case, stands)
    _stock(story)


def _bank_gave_nothing_back(case: Case, stands: Balance) -> None:
    """What a bank took is let off only so far as it is not here: who paid it anew has not paid too much."""
    taken = Payment.objects.filter(case=case, dispute__isnull=False, state=State.CONFIRMED)
    if taken.filter(credit__gt=0).exists():
        assert stands.kept <= max(Decimal(0), stands.ordered - stands.credited)


def _papers(case: Case, stands: Balance) -> None:
    """The invoice in force, less its credit notes, is what the order costs; of one that ended, what was kept for it."""
    for paper in Paper.objects.filter(case=case, kind=PaperKind.INVOICE):
        said, notes = paper_of(paper, "en"), [paper_of(note, "en") for note in paper.corrections.all()]
        whole = money.rounded(said.tax * paper.amount / said.total, paper.currency) if said.total else said.tax
        named = sum((note.tax for note in notes), Decimal(0))
        assert all(note.tax >= 0 for note in notes)
        assert named == whole if _uncorrected(paper) == 0 else named <= whole
    invoice = Paper.objects.filter(case=case, kind=PaperKind.INVOICE, replaced=False).first()
    if invoice is None or Dispute.objects.filter(case=case).exists():
        return
    left = _uncorrected(invoice)
    if not stands.ended:
        assert left == stands.cost
    else:
        # What is kept of a surplus, as when sending it back failed, is no price of anything.
        assert left >= min(stands.kept, invoice.amount, stands.ordered - stands.credited)
    for former in Paper.objects.filter(case=case, kind=PaperKind.INVOICE, replaced=True):
        assert _uncorrected(former) == 0


def _stock(story: Story) -> None:
    lines = list(Line.objects.filter(case=story.case))
    for product in story.goods:
        row = Stock.objects.get(product=product)
        out = sum(line.taken for line in lines if line.product_id == product.pk)
        promised = sum(line.reserved for line in lines if line.product_id == product.pk)
        assert (row.on_hand + out, row.reserved) == (PIECES, promised)


@pytest.mark.django_db
@settings(max_examples=few(4), deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
@example(acts=PAID_TWICE_AND_THE_SURPLUS_COMES_BACK)
@example(acts=A_DISPUTE_IS_LOST_AND_THE_CUSTOMER_PAYS_ANEW)
@example(acts=PART_IS_PAID_ANEW_AND_THE_ORDER_SHRINKS)
def test_everybody_shows_the_same_after_every_step(scripted: Scripted, acts: list[tuple[object, ...]]) -> None:
    with transaction.atomic():
        story = Story()
        for act in acts:
            story.do(*act)  # type: ignore[arg-type]
            agree(story)
        assert list(verify(story.shop)) == []
        transaction.set_rollback(True)
