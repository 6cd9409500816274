"""What `check` finds before a workflow is published, each finding shown once (X1, D2)."""

from itertools import pairwise
from typing import Any

import pytest

from tartib.flow import GUARDS, LANGUAGES, Finding, Workflow, check, read_workflow
from tartib.flow.check import MOST_STATUSES, main_path
from tartib.flow.facts import findings

KINDS = {"order"}
EVENTS = {"payment.confirmed", "carrier.delivered"}
EFFECTS = {"stock.deduct"}


def words(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text)


def status(code: str, phase: str, progress: int) -> dict[str, Any]:
    texts = {key: words(code.title()) for key in ("name", "customer", "meaning", "action")}
    return {"code": code, "phase": phase, "progress": progress, "icon": "box"} | texts


def move(way: str, **more: Any) -> dict[str, Any]:
    """A move from "a > b"."""
    source, target = way.split(" > ")
    return {"from": source, "to": target, "label": words(way), **more}


def workflow(statuses: list[dict[str, Any]], moves: list[dict[str, Any]]) -> Workflow:
    head = {"code": "tried", "kind": "order", "version": 1, "name": words("Tried"), "start": statuses[0]["code"]}
    return read_workflow({**head, "status": statuses, "move": moves})


def new(progress: int = 10) -> dict[str, Any]:
    return status("new", "waiting", progress)


def packed() -> dict[str, Any]:
    return status("packed", "working", 50)


def done() -> dict[str, Any]:
    return status("done", "done", 100)


def lost() -> dict[str, Any]:
    return status("lost", "problem", 50)


LINE = [move("new > packed"), move("packed > done")]


def found(statuses: list[dict[str, Any]], moves: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return check(workflow(statuses, moves), KINDS, EVENTS, GUARDS.keys(), EFFECTS)


def brief(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    return [(finding.level, finding.code, finding.place) for finding in findings]


def test_a_sound_workflow_has_no_findings() -> None:
    """X1: silence means it may go live."""
    assert found([new(), packed(), done()], LINE) == ()


def test_a_kind_of_which_there_are_no_cases() -> None:
    findings = check(workflow([new(), packed(), done()], LINE), {"loan"}, EVENTS, GUARDS.keys(), EFFECTS)
    assert brief(findings) == [("error", "kind-unknown", "kind")]
    assert findings[0].text.endswith("Known are: loan.")


def test_unreachable() -> None:
    """X1: a status that no case can come to."""
    findings = found([new(), packed(), done(), lost()], [*LINE, move("lost > done")])
    assert brief(findings) == [("error", "unreachable", "status.lost")]


def test_dead_end() -> None:
    """X1: an open status without a way out."""
    findings = found([new(), packed(), done(), lost()], [*LINE, move("packed > lost")])
    assert brief(findings) == [("error", "dead-end", "status.lost")]


def test_never_closes() -> None:
    """X1: statuses that lead on, but only round in a circle."""
    statuses = [new(), packed(), done(), lost(), status("found", "working", 60)]
    findings = found(statuses, [*LINE, move("packed > lost"), move("lost > found"), move("found > lost")])
    assert brief(findings) == [("error", "never-closes", "status.lost"), ("error", "never-closes", "status.found")]


def test_untold() -> None:
    """X1: a status that customers see without a word for them; a hidden one needs none."""
    mute = packed()
    del mute["customer"]
    assert brief(found([new(), mute, done()], LINE)) == [("error", "untold", "status.packed.customer")]
    assert found([new(), mute | {"shown": False}, done()], LINE) == ()


def test_events_that_conflict() -> None:
    """X1: one event, two statuses to go to."""
    pays = [move("new > packed", event="payment.confirmed"), move("new > done", event="payment.confirmed")]
    findings = found([new(), packed(), done()], [*pays, move("packed > done")])
    assert brief(findings) == [("error", "events-conflict", "status.new")]
    assert "“payment.confirmed” leads both to “Packed” and to “Done”" in findings[0].text


def test_guards_that_exclude_each_other_settle_a_conflict() -> None:
    """X1: prepaid here, paid on receipt there: never both."""
    pays = [
        move("new > packed", event="payment.confirmed", guards=["paid", "prepaid"]),
        move("new > done", event="payment.confirmed", guards=["pays-on-receipt"]),
    ]
    assert found([new(), packed(), done()], [*pays, move("packed > done")]) == ()


def test_timers_that_conflict() -> None:
    """X1: two timers race; the later one would never be reached."""
    timers = [move("new > packed", after="1h"), move("new > done", after="2h")]
    findings = found([new(), packed(), done()], [*timers, move("packed > done")])
    assert brief(findings) == [("error", "timers-conflict", "status.new")]


def test_timers_without_end() -> None:
    """X1: time alone would send cases round for ever, with a message at each turn."""
    timers = [move("new > packed", after="1h"), move("packed > new", after="1h")]
    findings = found([new(), packed(), done()], [*timers, move("packed > done")])
    assert brief(findings) == [("error", "endless-timers", "status.new"), ("error", "endless-timers", "status.packed")]


def test_a_circle_with_a_person_in_it_is_no_endless_timer() -> None:
    """X1: a hand breaks the circle."""
    timers = [move("new > packed", after="1h"), move("packed > new")]
    assert found([new(), packed(), done()], [*timers, move("packed > done")]) == ()


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("event", "payment.confrimed", "event-unregistered"),
        ("guards", ["payed"], "guard-unregistered"),
        ("effects", ["stock.deuct"], "effect-unregistered"),
    ],
)
def test_names_that_nobody_registered(key: str, value: object, code: str) -> None:
    """X1: a slip of the pen is found before a customer finds it; each name is told once."""
    wrong = [move("new > packed", **{key: value}), move("packed > done", **{key: value})]
    findings = found([new(), packed(), done()], wrong)
    assert brief(findings) == [("error", code, "move new -> packed")]


def test_too_many() -> None:
    """D2: the shop is warned, not stopped."""
    middle = [status(f"step-{number}", "working", 50) for number in range(MOST_STATUSES - 1)]
    chain = ["new", *(step["code"] for step in middle), "done"]
    moves = [move(f"{first} > {second}") for first, second in pairwise(chain)]
    findings = found([new(), *middle, done()], moves)
    assert brief(findings) == [("warning", "too-many", "status")]
    assert findings[0].params == {"count": MOST_STATUSES + 1, "most": MOST_STATUSES}


def test_a_customer_cancels_only_to_an_end() -> None:
    moves = [move("new > packed", event="customer.cancel"), move("packed > done")]
    found = check(
        workflow([new(), packed(), status("done", "done", 100)], moves), KINDS, {"customer.cancel"}, GUARDS, EFFECTS
    )
    assert brief(found) == [("warning", "cancel-is-asked", "move new -> packed")]


def test_backwards() -> None:
    """D6: on the main path the customer's bar only grows; steps back off it are as they are."""
    findings = found([new(progress=60), packed(), done()], [*LINE, move("packed > new")])
    assert brief(findings) == [("warning", "backwards", "status.packed.progress")]
    assert "falls from 60 % to 50 %" in findings[0].text


def test_errors_come_before_warnings() -> None:
    """X1: what stops publishing is read first."""
    findings = found([new(progress=60), packed(), done(), lost()], [*LINE, move("packed > lost")])
    assert [finding.level for finding in findings] == ["error", "warning"]


def test_the_main_path_stops_where_nothing_leads_on() -> None:
    """X1: a workflow that is not finished yet can be checked all the same."""
    assert main_path(workflow([new(), packed(), done()], [move("new > packed"), move("packed > new")])) == (
        *("new", "packed"),
    )


def test_every_finding_speaks_all_languages() -> None:
    """X5: the shop's manager reads findings in their own language, with nothing left unfilled."""
    statuses = [new(progress=60), packed(), done(), lost(), status("alone", "working", 1)]
    moves = [
        move("new > packed", event="payment.confirmed", guards=["payed"], effects=["x"]),
        move("new > done", event="payment.confirmed"),
        move("packed > done", event="y"),
        move("packed > lost"),
    ]
    for finding in found(statuses, moves):
        said = {finding.say(language) for language in LANGUAGES}
        assert len(said) == len(LANGUAGES)
        assert not any(sign in text for text in said for sign in "{}—")
    for words in findings().values():
        assert tuple(words) == LANGUAGES
