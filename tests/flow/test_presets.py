"""The presets told as journeys, and their words (A1, A3, A4, D1, E2, E9)."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tartib.flow import (
    LANGUAGES,
    ByHand,
    Decision,
    Event,
    Facts,
    Move,
    Refusal,
    Timer,
    Trigger,
    Words,
    Workflow,
    decide,
    next_timer,
    options,
    preset,
    presets,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
UNPAID = {
    "total": Decimal("340.00"),
    "paid": Decimal("0.00"),
    "credited": Decimal("0.00"),
    "refunded": Decimal("0.00"),
    "pays_on_receipt": False,
    "tracking_number": "",
    "hold_hours": 24,
}
PAID = UNPAID | {"paid": Decimal("340.00")}
ON_RECEIPT = UNPAID | {"pays_on_receipt": True}
SENDABLE = {"tracking_number": "20450000000001"}


def answer(
    workflow: Workflow, status: str, trigger: Trigger, values: dict[str, object], placed: timedelta = timedelta(days=2)
) -> Decision | Refusal:
    facts = Facts(status, NOW - timedelta(hours=1), NOW - placed, values)
    return decide(workflow, facts, trigger, NOW)


def walk(workflow: Workflow, values: dict[str, object], *triggers: Trigger | str) -> list[str]:
    """The statuses passed from the start; a bare code is a move by hand of an expert with a note."""
    path = [workflow.start]
    for trigger in triggers:
        wish = ByHand(trigger, "expert", "as agreed") if isinstance(trigger, str) else trigger
        outcome = answer(workflow, path[-1], wish, values)
        assert isinstance(outcome, Decision), f"{path[-1]}: {outcome}"
        path.append(outcome.status.code)
    return path


def moves(workflow: Workflow, source: str, target: str) -> list[Move]:
    return [move for move in workflow.moves_from(source) if move.target == target]


# every preset


@pytest.mark.parametrize("code", presets())
def test_every_open_status_has_a_time_limit_and_every_closed_one_has_none(code: str) -> None:
    """B6: a case can stand nowhere for ever without being late."""
    for status in preset(code).statuses.values():
        assert (status.within is None) == status.closed, status.code


@pytest.mark.parametrize("code", presets())
def test_a_customer_hears_of_every_move_that_is_not_a_correction(code: str) -> None:
    """A5, D5: silent are corrections inside the shop, and what the customer did or was written to say."""
    silent = {(code, move.source, move.target) for move in preset(code).moves if not move.notify}
    assert silent <= {
        ("essential", "completed", "processing"),
        ("delivery", "packed", "picking"),
        ("checkout", "preparing", "recorded"),
        ("support", "new", "answered"),
        ("support", "in-work", "answered"),
        ("support", "answered", "in-work"),
        ("support", "answered", "settled"),
        ("support", "settled", "in-work"),
        ("support", "dismissed", "in-work"),
        ("support", "new", "dismissed"),
        ("support", "in-work", "dismissed"),
        *(("support", status, "withdrawn") for status in ("new", "in-work", "answered")),
    }


@pytest.mark.parametrize("code", presets())
def test_stock_is_taken_before_work_and_comes_back_at_the_end(code: str) -> None:
    """A4: every way to cancelled or returned puts stock back, and to refunded where the goods have not left yet.

    Of those that are with the customer, a refund puts back only what came back. No move both takes and returns.
    """
    for move in preset(code).moves:
        if move.target in {"cancelled", "refunded", "returned"}:
            gone = move.target == "refunded" and move.source in {"completed", "sent", "delivered"}
            assert move.effects == (() if gone else ("stock.return",)), move
        if move.target in {"processing", "paid", "picking", "preparing"} and move.source not in {"completed", "packed"}:
            assert move.effects == ("stock.deduct",), move


@pytest.mark.parametrize("code", presets("order"))
def test_no_timer_ends_an_order_or_passes_over_a_payment(code: str) -> None:
    """D3: time alone never closes an order; the engine stores the date of the one timer there is."""
    workflow = preset(code)
    for status in workflow.statuses.values():
        due = next_timer(workflow, status.code, NOW)
        expected = NOW + timedelta(hours=24) if (code, status.code) == ("delivery", "shipped") else None
        assert due == expected
    assert not any(workflow.status(m.target).closed for m in workflow.moves if m.by == "timer")


def test_an_answer_counts_as_enough_after_a_week_and_never_ends_for_good() -> None:
    """D7: what the customer writes opens every settled request again."""
    workflow = preset("support")
    assert next_timer(workflow, "answered", NOW) == NOW + timedelta(days=7)
    path = walk(workflow, {}, Event("support.answered"), "settled", Event("support.written"), Event("support.answered"))
    assert path == ["new", "answered", "settled", "in-work", "answered"]


def texts(workflow: Workflow) -> list[tuple[str, Words]]:
    found = [("name", workflow.name)]
    for status in workflow.statuses.values():
        # What customers never see needs no words for them.
        keys = ("name", *(("customer",) if status.shown else ()), "meaning", "action")
        found += [(f"{status.code}.{key}", getattr(status, key)) for key in keys]
    found += [(f"{move.source} -> {move.target}", move.label) for move in workflow.moves]
    return found


@pytest.mark.parametrize("code", presets())
def test_words_are_whole_and_in_their_own_script(code: str) -> None:
    """X5: every text in all five languages, none left in English, none with a letter of a neighbour's alphabet."""
    for place, words in texts(preset(code)):
        assert tuple(words) == LANGUAGES, place
        assert len(set(words.values())) == len(LANGUAGES) or place.endswith(".name"), place
        assert re.search(r"[\u0621-\u064A]", words["ar"]) and not re.search(r"[پچژگکی]", words["ar"]), place
        assert re.search(r"[\u0621-\u06CC]", words["fa"]) and not re.search(r"[كيىة]", words["fa"]), place
        assert re.search(r"[а-яіїєґ]", words["uk"]) and not re.search(r"[ыэъё]", words["uk"].lower()), place
        assert re.search(r"[\u4e00-\u9fff]", words["zh-hant"]) and not re.search(r"[订单货发电邮]", words["zh-hant"])
        assert not re.search(r"[,;:?]", words["zh-hant"]), f"{place}: half-width punctuation"
        assert "!" not in "".join(words.values()), place
        assert "بإنتظار" not in words["ar"], place


@pytest.mark.parametrize("code", presets())
def test_options_are_the_moves_by_hand_with_why_not(code: str) -> None:
    """A2: only what the workflow allows is offered; what is forbidden now says why."""
    workflow = preset(code)
    for status in workflow.statuses:
        offered = options(workflow, Facts(status, NOW, NOW, UNPAID), "expert", NOW)
        assert [option.move for option in offered] == [m for m in workflow.moves_from(status) if m.by == "hand"]
        for option in offered:
            assert isinstance(option.answer, Decision) or option.answer.say("en")


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(LookupError, match='no preset "brivox"; there are essential, delivery, checkout'):
        preset("brivox")


# essential


def test_essential_has_the_seven_statuses_of_the_source() -> None:
    """A1: seven statuses, each with a meaning and an action."""
    names = {code: status.name["ar"] for code, status in preset("essential").statuses.items()}
    assert names == {
        "pending": "معلق بانتظار الدفع",
        "failed": "فشل الدفع",
        "processing": "قيد التنفيذ",
        "completed": "مكتمل",
        "on-hold": "موقوف مؤقتًا",
        "cancelled": "ملغى",
        "refunded": "مسترجع",
    }


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_a_confirmed_payment_starts_processing_by_itself(status: str) -> None:
    """A3, A4: the moment the gateway confirms, and the stock is deducted with it."""
    outcome = answer(preset("essential"), status, Event("payment.confirmed"), PAID)
    assert isinstance(outcome, Decision)
    assert (outcome.status.code, outcome.move.effects) == ("processing", ("stock.deduct",))


def test_a_part_of_the_money_is_not_a_payment() -> None:
    """A3: an instalment is recorded, but the order waits for the rest."""
    outcome = answer(preset("essential"), "pending", Event("payment.confirmed"), UNPAID | {"paid": Decimal("220.00")})
    assert isinstance(outcome, Refusal)
    assert outcome.say("en").startswith("The order is not paid yet: 120.00 of 340.00 is still due.")


def test_payment_on_receipt_waits_for_a_person() -> None:
    """A3: no event moves it, nor does a failed card; a person confirms it with the customer."""
    workflow = preset("essential")
    for event in ("payment.confirmed", "payment.failed"):
        assert isinstance(answer(workflow, "pending", Event(event), ON_RECEIPT), Refusal)
    assert isinstance(answer(workflow, "pending", Timer(), ON_RECEIPT), Refusal)
    assert walk(workflow, ON_RECEIPT, "processing", "completed") == ["pending", "processing", "completed"]


def test_an_unpaid_order_is_not_confirmed_by_hand() -> None:
    """A3: settled means paid, or to be paid on receipt."""
    outcome = answer(preset("essential"), "pending", ByHand("processing", "owner"), UNPAID)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "not-paid"


def test_a_late_payment_does_not_wake_a_cancelled_order() -> None:
    """A3: woocommerce#24936: a race with the gateway must not bring a cancelled order back."""
    outcome = answer(preset("essential"), "cancelled", Event("payment.confirmed"), PAID)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "event-not-awaited"


def test_only_a_full_refund_ends_an_order_by_itself() -> None:
    """A1: a part returned leaves the order going on, a person may close it."""
    workflow, part = preset("essential"), PAID | {"refunded": Decimal("40.00")}
    outcome = answer(workflow, "processing", Event("payment.refunded"), part)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "refunded-in-part"
    for trigger, values in (
        (Event("payment.refunded"), PAID | {"refunded": Decimal("340.00")}),
        (ByHand("refunded", "expert"), part),
    ):
        outcome = answer(workflow, "processing", trigger, values)
        assert isinstance(outcome, Decision)
        assert outcome.status.code == "refunded"


def test_reopening_is_for_managers_and_needs_a_reason() -> None:
    """A1: what was cancelled comes back only knowingly."""
    workflow = preset("essential")
    refusals = [
        answer(workflow, "cancelled", ByHand("pending", "expert", "mistake"), PAID),
        answer(workflow, "cancelled", ByHand("pending", "manager", "  "), PAID),
    ]
    assert [r.code for r in refusals if isinstance(r, Refusal)] == ["not-your-role", "note-required"]
    assert isinstance(answer(workflow, "cancelled", ByHand("pending", "owner", "mistake"), PAID), Decision)


# delivery


def test_delivery_has_the_thirteen_statuses_of_the_source() -> None:
    """D1: the source's own words."""
    assert [status.name["uk"] for status in preset("delivery").statuses.values()] == [
        *("Отримано", "В обробці", "Оплачено", "Комплектується", "Упаковано", "Відправлено", "В дорозі"),
        *("Прибуло до відділення", "Готово до видачі", "Виконано", "Проблемне", "Повернуто", "Скасовано"),
    ]


def test_a_prepaid_parcel_from_received_to_done() -> None:
    """D1, D3: the shop picks and packs, everything else moves by itself."""
    path = walk(
        preset("delivery"),
        PAID | SENDABLE,
        *("in-processing", Event("payment.confirmed"), "picking", "packed", Event("tracking.added")),
        *(Event("carrier.in-transit"), Event("carrier.arrived"), Event("carrier.delivered")),
    )
    assert path == [
        *("received", "in-processing", "paid", "picking", "packed", "shipped"),
        *("in-transit", "arrived", "done"),
    ]


def test_payment_on_receipt_skips_paid() -> None:
    """D1: paid is skipped for payment on receipt, and only for it."""
    workflow = preset("delivery")
    assert walk(workflow, ON_RECEIPT, "in-processing", "picking", "packed", "ready", "done")[2] == "picking"
    outcome = answer(workflow, "in-processing", ByHand("picking", "manager"), PAID)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "pays-in-advance"


def test_a_parcel_is_not_shipped_without_its_number() -> None:
    """D14: no customer is left without a link; the shop's own courier needs none."""
    workflow = preset("delivery")
    outcome = answer(workflow, "packed", ByHand("shipped", "expert"), PAID)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "no-tracking-number"
    assert isinstance(answer(workflow, "packed", ByHand("in-transit", "expert"), PAID), Decision)


@pytest.mark.parametrize("status", ["shipped", "in-transit", "arrived", "ready"])
def test_what_the_carrier_damages_becomes_a_problem_and_what_it_returns_goes_back_to_stock(status: str) -> None:
    """D1, D3, A4: the carrier's bad news moves the order too."""
    workflow = preset("delivery")
    damaged = answer(workflow, status, Event("carrier.damaged"), PAID)
    returned = answer(workflow, status, Event("carrier.returned"), PAID)
    assert isinstance(damaged, Decision) and isinstance(returned, Decision)
    assert damaged.status.code == "problem"
    assert (returned.status.code, returned.move.effects) == ("returned", ("stock.return",))


def test_a_day_after_the_hand_over_the_parcel_is_in_transit() -> None:
    """D3: time passed; not a minute earlier, and it says until when."""
    workflow = preset("delivery")
    facts = Facts("shipped", NOW, NOW, PAID)
    early = decide(workflow, facts, Timer(), NOW + timedelta(hours=24) - timedelta(seconds=1))
    late = decide(workflow, facts, Timer(), NOW + timedelta(hours=24))
    assert isinstance(early, Refusal) and early.params["until"] == NOW + timedelta(hours=24)
    assert isinstance(late, Decision) and late.status.code == "in-transit"


def test_a_late_scan_changes_nothing() -> None:
    """D3: "in transit" after "arrived" is kept and ignored gently."""
    outcome = answer(preset("delivery"), "arrived", Event("carrier.in-transit"), PAID)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "event-not-awaited"


# checkout


@pytest.mark.parametrize("event", ["payment.confirmed", "checkout.finished"])
def test_an_incomplete_order_becomes_recorded_by_itself(event: str) -> None:
    """E2: when the payment succeeds, or checkout is finished."""
    assert walk(preset("checkout"), PAID, Event(event)) == ["incomplete", "recorded"]


def test_a_manager_confirms_an_incomplete_order_after_checking_with_the_gateway() -> None:
    """E2: by hand, by an administrator, with a note of what was checked."""
    workflow = preset("checkout")
    assert isinstance(answer(workflow, "incomplete", ByHand("recorded", "expert", "seen"), UNPAID), Refusal)
    assert isinstance(answer(workflow, "incomplete", ByHand("recorded", "manager"), UNPAID), Refusal)
    assert isinstance(answer(workflow, "incomplete", ByHand("recorded", "manager", "paid, ref 77"), UNPAID), Decision)


def test_recorded_is_not_paid() -> None:
    """E9: a recorded order is not prepared before its money is confirmed."""
    workflow = preset("checkout")
    outcome = answer(workflow, "recorded", ByHand("preparing", "owner"), UNPAID)
    assert isinstance(outcome, Refusal) and outcome.code == "not-paid"
    assert isinstance(answer(workflow, "recorded", ByHand("preparing", "expert"), PAID), Decision)


def test_new_orders_are_held_before_dispatch() -> None:
    """E9: 24 hours, set by the shop; 0 means no hold."""
    workflow, send = preset("checkout"), ByHand("sent", "manager")
    early = answer(workflow, "preparing", send, PAID, placed=timedelta(hours=23))
    assert isinstance(early, Refusal)
    assert early.say("en").startswith("New orders are held for 24 hours before dispatch.")
    assert "2026-03-01 13:00 UTC" in early.say("en")
    assert isinstance(answer(workflow, "preparing", send, PAID, placed=timedelta(hours=24)), Decision)
    assert isinstance(answer(workflow, "preparing", send, PAID | {"hold_hours": 0}, placed=timedelta(0)), Decision)


@pytest.mark.parametrize("code", presets("order"))
def test_nothing_is_sent_by_hand_from_the_shop_without_the_hold(code: str) -> None:
    """E9: in every workflow, over a problem too. That a customer has it is said of what is gone already."""
    workflow = preset(code)
    phases = {status.code: status.phase for status in workflow.statuses.values()}
    inside, outside = {"waiting", "working", "problem"}, {"moving", "ready", "done"}
    sent = [
        move
        for move in workflow.moves
        if move.event is None and phases[move.source] in inside and phases[move.target] in outside
        if (phases[move.source], phases[move.target]) != ("problem", "done")
    ]
    assert sent
    assert [move.label.say("en") for move in sent if "hold-passed" not in move.guards] == []


def test_a_suspicious_order_is_held_and_released_by_a_manager() -> None:
    """E9: held by anybody with a note, released after review by a manager only."""
    workflow = preset("checkout")
    assert walk(workflow, PAID, Event("checkout.finished"), "under-review")[-1] == "under-review"
    for target in ("recorded", "preparing", "sent", "delivered"):
        refused = answer(workflow, "under-review", ByHand(target, "expert", "looks fine"), PAID)
        assert isinstance(refused, Refusal) and refused.code == "not-your-role"
        released = answer(workflow, "under-review", ByHand(target, "manager", "identity seen"), PAID)
        assert isinstance(released, Decision)
