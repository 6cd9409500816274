"""What payments tell of becomes work, and each proposed act is one domain call, done once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override

from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.dispatch import kinds, money
from tartib.dispatch.kinds import Impossible
from tartib.dispatch.models import Outcome, WorkRecord
from tartib.dispatch.operations import AlreadySettled, NoteMissing, perform, settle
from tartib.journal.operations import SYSTEM
from tartib.l10n import money as amounts
from tartib.l10n.names import isolate
from tartib.orders.drafts import LineDraft
from tartib.orders.models import Line
from tartib.payments.attempts import apply_notice, start
from tartib.payments.gateways.protocol import GatewayNotice, Refused
from tartib.payments.hooks import Piece, Trouble, tell_trouble
from tartib.payments.models import Account, Difference, Direction, Notice, Payment, Refund, RefundState
from tartib.payments.operations import record_payment
from tartib.payments.refunds import refund, send
from tartib.payments.unmatched import unmatched_payments
from tartib.shops.models import Shop
from tartib.shops.providers import Unreachable
from tests.factories import NOW, actor, make_order, make_product, make_shop, pay
from tests.payments.scripted import Scripted, make_account, paid
from tests.threads import at_once

REFUSED = Refused("card closed")


def told(shop: Shop, kind: str, key: str, case: Case | None = None, **facts: str) -> WorkRecord:
    """Payments tell of a trouble, and it is a record."""
    known = {"amount": "100.00", "currency": shop.currency} | facts
    tell_trouble(shop, Trouble(kind, key, case.pk if case else None, known), SYSTEM, NOW)
    return WorkRecord.objects.get(shop=shop, key=key)


def failed_refund(scripted: Scripted, amount: str = "100", problem: Exception = REFUSED) -> tuple[Refund, WorkRecord]:
    """An order of two shirts is paid; the refund of it, with one shirt that came back, fails at the gateway."""
    shop = make_shop()
    product = make_product(shop, price="50.00")
    case = make_order(shop, product, lines=(LineDraft("Shirt", 2, Decimal(50), sku=product.sku),))
    account = make_account(shop)
    apply_notice(account, paid(start(shop, case.pk, account, now=NOW)), now=NOW)

    def refuse(*_asked: object) -> GatewayNotice:
        raise problem

    works, scripted.refunds_as = scripted.refunds_as, refuse
    pieces = [Piece(Line.objects.get(case=case).pk, 1, True)]
    (asked,) = refund(shop, case.pk, Decimal(amount), actor(shop), now=NOW, pieces=pieces, note="Torn")
    send(asked.pk, now=NOW)
    scripted.refunds_as = works
    asked.refresh_from_db()
    kind = "refund-failed" if asked.state == RefundState.FAILED else "refund-unknown"
    return asked, told(shop, kind, f"refund:{asked.pk}", case, refund=str(asked.pk), reason=asked.reason)


def do(record: WorkRecord, act: str, words: str = "") -> WorkRecord:
    return perform(record.shop, record.pk, act, actor(record.shop), now=NOW, words=words)


def shelf(shop: Shop) -> int:
    return Stock.objects.get(shop=shop).on_hand


@pytest.mark.django_db
def test_a_trouble_is_a_record_until_it_is_over() -> None:
    shop = make_shop()
    record = told(shop, "money-unmatched", "notice:1", order="S-1")
    assert (record.kind, record.code, record.resolved_at) == ("money-unmatched", "S-1", None)
    tell_trouble(shop, Trouble("money-unmatched", "notice:1", over=True), SYSTEM, NOW)
    record.refresh_from_db()
    assert record.outcome == Outcome.ITSELF


@pytest.mark.django_db
def test_a_refund_that_failed_is_sent_again_once_with_the_pieces_not_back_since(scripted: Scripted) -> None:
    failed, record = failed_refund(scripted)
    assert shelf(record.shop) == 8
    do(record, "again")
    record.refresh_from_db()
    assert record.outcome == Outcome.ACT
    with pytest.raises(AlreadySettled):
        do(record, "again")
    (fresh,) = Refund.objects.exclude(pk=failed.pk)
    assert (fresh.amount, fresh.payment_id, fresh.note) == (failed.amount, failed.payment_id, "Torn")
    send(fresh.pk, now=NOW)
    assert shelf(record.shop) == 10, "in full it ends the order, and both shirts are back once"


@pytest.mark.django_db
def test_pieces_that_came_back_with_another_refund_are_not_taken_twice(scripted: Scripted) -> None:
    failed, record = failed_refund(scripted, "30")
    piece = Piece(failed.pieces[0][0], 1, True)
    (other,) = refund(record.shop, failed.case_id, Decimal(40), actor(record.shop), now=NOW, pieces=[piece])
    send(other.pk, now=NOW)
    do(record, "again")
    fresh = Refund.objects.order_by("-pk")[0]
    send(fresh.pk, now=NOW)
    assert (fresh.amount, fresh.pieces, shelf(record.shop)) == (Decimal(30), [], 9)


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["again", "by-other-means"])
def test_money_that_has_gone_back_meanwhile_does_not_go_back_again(scripted: Scripted, act: str) -> None:
    failed, record = failed_refund(scripted)
    refund(record.shop, failed.case_id, Decimal(40), actor(record.shop), now=NOW)
    with pytest.raises(Impossible, match="meanwhile"):
        do(record, act, "By bank")
    record.refresh_from_db()
    assert (record.resolved_at, Refund.objects.count()) == (None, 2)


@pytest.mark.django_db
def test_money_sent_by_other_means_counts_as_sent_back(scripted: Scripted) -> None:
    failed, record = failed_refund(scripted)
    with pytest.raises(NoteMissing):
        do(record, "by-other-means")
    do(record, "by-other-means", "Bank transfer of 22 November")
    out = Payment.objects.get(case=failed.case_id, direction=Direction.OUT)
    assert (out.amount, out.reference) == (Decimal(100), "Bank transfer of 22 November")
    record.refresh_from_db()
    assert (record.outcome, record.note) == (Outcome.ACT, out.reference)
    assert Case.objects.get(pk=failed.case_id).payment == "refunded"
    assert len(scripted.refunded) == 1, "nothing more is sent by the gateway"


@pytest.mark.django_db
def test_a_gateway_is_asked_at_once_and_the_record_waits_for_its_answer(scripted: Scripted) -> None:
    unknown, record = failed_refund(scripted, problem=Unreachable())
    assert (unknown.state, record.kind) == (RefundState.UNKNOWN, "refund-unknown")
    do(record, "ask")
    unknown.refresh_from_db()
    record.refresh_from_db()
    assert (unknown.ask_at, record.resolved_at) == (NOW, None)


@pytest.mark.django_db
def test_what_is_too_much_goes_back_and_no_more_than_that() -> None:
    shop = make_shop()
    case = make_order(shop)
    pay(case)
    record_payment(shop, case.pk, Decimal("7.00"), shop.currency, SYSTEM, now=NOW)
    extra = Payment.objects.get(case=case, amount=Decimal(7))
    work = told(shop, "money-surplus", f"payment:{extra.pk}", case, amount="7.00", payment=str(extra.pk))
    do(work, "send-back")
    assert Payment.objects.get(case=case, direction=Direction.OUT).amount == Decimal(7)
    extra.refresh_from_db()
    assert extra.flag == ""
    again = told(shop, "money-surplus", work.key, case, amount="7.00", payment=str(extra.pk))
    with pytest.raises(Impossible, match="Nothing is too much"):
        do(again, "send-back")
    record_payment(shop, case.pk, Decimal("5.00"), shop.currency, SYSTEM, now=NOW)
    with pytest.raises(Impossible, match=r"5\.00"):
        do(again, "send-back")


@pytest.mark.django_db
@pytest.mark.parametrize("by_hand", [False, True])
def test_a_payment_seen_to_is_flagged_no_more(by_hand: bool) -> None:
    shop = make_shop()
    case = make_order(shop)
    pay(case)
    record_payment(shop, case.pk, Decimal("7.00"), shop.currency, SYSTEM, now=NOW)
    extra = Payment.objects.get(case=case, flag="excess")
    work = told(shop, "money-stranded", f"payment:{extra.pk}", case, payment=str(extra.pk))
    if by_hand:
        settle(shop, work.pk, "They keep it as credit", actor(shop), now=NOW)
    else:
        do(work, "seen")
    extra.refresh_from_db()
    assert extra.flag == ""


@pytest.mark.django_db
def test_settled_otherwise_it_is_on_no_other_list(scripted: Scripted) -> None:
    shop = make_shop()
    account: Account = make_account(shop)
    notice = Notice.objects.create(
        shop=shop, account=account, event="e", state="unmatched", at=NOW,
        told={"about": "payment", "amount": "9", "currency": shop.currency, "reference": "m"},
    )  # fmt: skip
    difference = Difference.objects.create(
        account=account, shop=shop, lack="amount", direction="in", reference="d", amount=Decimal(1),
        currency=shop.currency, at=NOW, found_at=NOW,
    )  # fmt: skip
    assert len(unmatched_payments(shop)) == 1
    stray = told(shop, "money-unmatched", f"notice:{notice.pk}", source="notice", unmatched=str(notice.pk))
    books = told(shop, "books-difference", f"difference:{difference.pk}", reason="amount")
    for work in (stray, books):
        settle(shop, work.pk, "Sent back at the gateway", actor(shop), now=NOW)
    difference.refresh_from_db()
    assert (unmatched_payments(shop), difference.settled_by) == ([], "Olive Owner")


@pytest.mark.django_db
def test_acts_are_offered_where_they_can_be_done(scripted: Scripted) -> None:
    _failed, record = failed_refund(scripted)
    assert [act.code for act in kinds.offered(record)] == ["again", "by-other-means"]
    record.case = None
    assert kinds.offered(record) == []
    with pytest.raises(Impossible):
        do(told(record.shop, "refund-failed", "refund:x"), "again")


@pytest.mark.parametrize("language", ["en", "ar", "fa", "uk", "zh-hant"])
def test_every_kind_says_its_facts_as_the_reader_writes_them(language: str) -> None:
    facts = {"amount": "1240.50", "currency": "UAH", "reason": "amount", "ours": "not a number"}
    shown = isolate(amounts.show(Decimal("1240.50"), "UAH", language))
    with override(language):
        for kind in money.KINDS:
            work = WorkRecord(kind=kind.code, facts=facts, code="S-1")
            said = [kinds.say(text, work, language) for text in (kind.title, kind.happened, kind.todo)]
            assert shown in said[1]
            assert not any("%" in text for text in said)
            known = [value for _name, value in kinds.evidence(work, language)]
            assert known[0] == shown
            assert known[2] == isolate("not a number"), "what cannot be read is shown as it was told"


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_send_money_once(scripted: Scripted) -> None:
    failed, record = failed_refund(scripted)

    def press(_number: int) -> bool:
        try:
            do(record, "again")
        except AlreadySettled:
            return False
        return True

    assert sum(at_once(press, 4, 4)) == 1
    assert Refund.objects.exclude(pk=failed.pk).count() == 1
