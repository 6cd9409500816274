"""`decide` is total: for anything that is known or not, it moves the case or says why not (X1)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.flow import (
    GUARDS,
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
from tartib.flow.facts import fact_names
from tartib.flow.workflow import ROLES

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EVENTS = sorted({move.event for code in presets() for move in preset(code).moves if move.event})
FACT_NAMES = sorted({name for guard in GUARDS.values() for name in guard.asks})

presets_ = st.sampled_from(presets()).map(preset)
moments = st.datetimes(timezones=st.just(UTC))
likely = st.fixed_dictionaries(
    {},
    optional={
        "total": st.decimals(0, 1000, places=2),
        "paid": st.decimals(0, 1000, places=2),
        "refunded": st.decimals(0, 1000, places=2),
        "pays_on_receipt": st.booleans(),
        "tracking_number": st.sampled_from(["", " ", "20450000000001"]),
        "hold_hours": st.integers(0, 72),
    },
)
hostile = st.dictionaries(
    st.sampled_from(FACT_NAMES),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.decimals() | st.lists(st.none()),
)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Workflow, Facts, Trigger, datetime]:
    """Any workflow, any facts, any trigger, sensible or not."""
    workflow = draw(presets_)
    code = st.sampled_from([*workflow.statuses, "", "nowhere"])
    facts = Facts(draw(code), draw(moments), draw(moments), draw(likely | hostile))
    trigger: Trigger = draw(
        st.builds(ByHand, code, st.sampled_from([*ROLES, "customer", ""]), st.sampled_from(["", " ", "why"]))
        | st.builds(Event, st.sampled_from([*EVENTS, "", "moon.full"]))
        | st.just(Timer())
    )
    return workflow, facts, trigger, draw(moments)


@given(questions())
def test_there_is_always_an_answer_and_it_is_a_move_of_the_workflow(
    question: tuple[Workflow, Facts, Trigger, datetime],
) -> None:
    """X1: a decision is one of the moves from here, of the trigger's kind; a refusal speaks every language."""
    workflow, facts, trigger, now = question
    answer = decide(workflow, facts, trigger, now)
    if isinstance(answer, Decision):
        assert answer.move in workflow.moves_from(facts.status)
        assert answer.status == workflow.status(answer.move.target)
        assert answer.move.by == {ByHand: "hand", Event: "event", Timer: "timer"}[type(trigger)]
        if isinstance(trigger, ByHand):
            assert trigger.target == answer.status.code
        if isinstance(trigger, Event):
            assert trigger.name == answer.move.event
        if answer.move.after is not None:
            assert now - facts.since >= answer.move.after
    else:
        said = {answer.say(language) for language in LANGUAGES}
        assert len(said) == len(LANGUAGES)
        assert not any(sign in text for text in said for sign in ("{", "}", "Words(", "Decimal("))


@given(questions())
def test_the_same_question_has_the_same_answer(question: tuple[Workflow, Facts, Trigger, datetime]) -> None:
    """X1: no clock, no chance, no memory."""
    assert decide(*question) == decide(*question)


@given(questions(), st.sampled_from(ROLES))
def test_options_say_what_decide_says(question: tuple[Workflow, Facts, Trigger, datetime], role: str) -> None:
    """A2: what is offered as possible is possible, given a note; what is refused is refused for the same reason."""
    workflow, facts, _, now = question
    for option in options(workflow, facts, role, now):
        assert decide(workflow, facts, ByHand(option.move.target, role, "why"), now) == option.answer


@given(questions())
def test_managers_and_owners_may_do_what_others_may(question: tuple[Workflow, Facts, Trigger, datetime]) -> None:
    """X1: a role opens moves, it never closes one that a lesser role has."""
    workflow, facts, _, now = question
    for move in workflow.moves_from(facts.status):
        answers = [decide(workflow, facts, ByHand(move.target, role, "why"), now) for role in ROLES]
        manager, owner = answers[ROLES.index("manager")], answers[ROLES.index("owner")]
        assert manager == owner
        assert isinstance(manager, Decision) or not any(isinstance(answer, Decision) for answer in answers)


@given(presets_, moments)
def test_the_stored_date_of_a_timer_is_when_it_fires(workflow: Workflow, since: datetime) -> None:
    """D3: the engine asks again exactly at that date, not before and not in vain."""
    for status in workflow.statuses:
        due = next_timer(workflow, status, since)
        if due is None or due == datetime.max.replace(tzinfo=UTC):
            continue
        facts = Facts(status, since, since, {})
        assert isinstance(decide(workflow, facts, Timer(), due), Decision)
        early = decide(workflow, facts, Timer(), due - timedelta(microseconds=1))
        assert isinstance(early, Refusal) and early.params["until"] == due


# a small workflow, for what the presets do not have


def tried(*moves: Move) -> Workflow:
    """Statuses a, b, c, d with these moves; c is closed, everything from a."""
    essential = preset("essential")
    kinds = {"a": "pending", "b": "processing", "c": "completed", "d": "on-hold"}
    statuses = {code: essential.status(like) for code, like in kinds.items()}
    return Workflow("tried", "order", 1, Words(), "a", statuses, moves)


def ask(workflow: Workflow, trigger: Trigger, status: str = "a", **values: object) -> Decision | Refusal:
    facts = Facts(status, NOW - timedelta(hours=5), NOW - timedelta(hours=5), values)
    return decide(workflow, facts, trigger, NOW)


def target(answer: Decision | Refusal) -> str:
    return answer.move.target if isinstance(answer, Decision) else answer.code


LABEL = Words({language: f"act {language}" for language in LANGUAGES})


def test_of_several_answers_to_an_event_the_first_that_may_wins() -> None:
    """X1: file order decides, guards first; when none may, the first says why."""
    workflow = tried(
        Move("a", "b", "event", LABEL, "x", guards=("prepaid",)),
        Move("a", "d", "event", LABEL, "x", guards=("pays-on-receipt",)),
    )
    assert target(ask(workflow, Event("x"), pays_on_receipt=False)) == "b"
    assert target(ask(workflow, Event("x"), pays_on_receipt=True)) == "d"
    assert ask(workflow, Event("x")) == Refusal("fact-unknown", {"fact": fact_names()["pays_on_receipt"]})


def test_the_earliest_timer_that_may_fires() -> None:
    """D3: in order of time, not of the file; one that may not is passed over for the next that is due."""
    late = Move("a", "d", "timer", LABEL, after=timedelta(hours=4))
    soon = Move("a", "b", "timer", LABEL, after=timedelta(hours=1), guards=("tracked",))
    never = Move("a", "c", "timer", LABEL, after=timedelta(hours=9))
    workflow = tried(late, soon, never)
    assert target(ask(workflow, Timer(), tracking_number="1")) == "b"
    assert target(ask(workflow, Timer())) == "d"
    assert target(ask(tried(soon, never), Timer())) == "no-tracking-number"
    assert next_timer(workflow, "a", NOW) == NOW + timedelta(hours=1)


def test_the_first_guard_that_objects_gives_the_reason() -> None:
    """X1: one reason at a time, in the order the author wrote."""
    workflow = tried(Move("a", "b", "hand", LABEL, guards=("tracked", "pays-on-receipt")))
    assert target(ask(workflow, ByHand("b", "expert"), pays_on_receipt=False)) == "no-tracking-number"
    assert target(ask(workflow, ByHand("b", "expert"), pays_on_receipt=False, tracking_number="1")) == "pays-in-advance"


@pytest.mark.parametrize(
    ("trigger", "status", "code"),
    [
        (ByHand("b", "expert"), "lost", "status-unknown"),
        (ByHand("lost", "expert"), "a", "target-unknown"),
        (ByHand("a", "expert"), "a", "already-there"),
        (ByHand("c", "expert"), "a", "no-such-move"),
        (ByHand("a", "expert"), "c", "closed"),
        (ByHand("a", "expert"), "b", "not-by-hand"),
        (ByHand("b", "customer"), "a", "not-staff"),
        (ByHand("b", "expert"), "a", "not-your-role"),
        (ByHand("b", "technician"), "a", "note-required"),
        (ByHand("b", "owner", "why"), "a", "guard-unknown"),
        (Event("y"), "a", "event-not-awaited"),
        (Timer(), "b", "no-timer"),
        (Timer(), "d", "too-early"),
    ],
)
def test_each_refusal_of_the_process(trigger: Trigger, status: str, code: str) -> None:
    """X1: every way to be refused, with the reason that a person reads."""
    guards = ("moon-full",) if isinstance(trigger, ByHand) and trigger.note else ()
    workflow = tried(
        Move("a", "b", "hand", LABEL, roles=("technician",), note_required=True, guards=guards),
        Move("b", "c", "event", LABEL, "x"),
        Move("d", "c", "timer", LABEL, after=timedelta(hours=6)),
    )
    assert target(ask(workflow, trigger, status)) == code


def test_a_refusal_names_the_ways_that_are_open() -> None:
    """X1: "no" comes with what to do instead, in the reader's language."""
    answer = decide(preset("essential"), Facts("pending", NOW, NOW, {}), ByHand("completed", "expert"), NOW)
    assert isinstance(answer, Refusal)
    assert answer.say("en") == (
        "There is no way straight from “Pending payment” to “Completed”. "
        "From here it can go to: Processing, On hold, Payment failed, Cancelled."
    )
    assert "处" not in answer.say("zh-hant") and "處理中、暫緩處理" in answer.say("zh-hant")
    assert "قيد التنفيذ، موقوف مؤقتًا" in answer.say("ar")


def test_a_decimal_is_exact_and_may_be_shown_otherwise() -> None:
    """X5: amounts stay exact; the faces show them with their currency."""
    move = Move("a", "b", "hand", LABEL, guards=("paid",))
    answer = ask(tried(move), ByHand("b", "owner"), total="340.00", paid=220, refunded=0, credited=0)
    assert isinstance(answer, Refusal)
    assert answer.params == {"paid": Decimal(220), "total": Decimal("340.00"), "due": Decimal("120.00")}
    assert "120.00 of 340.00 is still due" in answer.say("en")
    assert "120,00 ₴ із 340,00 ₴" in answer.say("uk", {"due": "120,00 ₴", "total": "340,00 ₴"})
