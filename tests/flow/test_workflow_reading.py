"""Reading a workflow: all errors at once, each with its place; what is read can be written and read again (X1, D2)."""

import copy
import tomllib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.flow import LANGUAGES, PHASES, WorkflowError, as_data, preset, presets, read_workflow
from tartib.flow.workflow import CHANNELS, COLOURS, ROLES

Data = dict[str, Any]


def words(text: str) -> dict[str, str]:
    return {language: f"{text} ({language})" for language in LANGUAGES}


def status(code: str, phase: str = "waiting", **more: object) -> Data:
    texts = {key: words(f"{code} {key}") for key in ("name", "customer", "meaning", "action")}
    return {"code": code, "phase": phase, "progress": 10, "icon": "box", **texts, **more}


def small() -> Data:
    """The smallest workflow with a move of each kind."""
    return {
        "code": "small",
        "kind": "order",
        "version": 1,
        "start": "new",
        "name": words("Small"),
        "status": [status("new"), status("sent", "moving", within="36h"), status("done", "done", progress=100)],
        "move": [
            {"from": "new", "to": "sent", "guards": ["paid"], "notify": ["email", "sms"], "label": words("Send")},
            {"from": "sent", "to": "done", "event": "carrier.delivered", "label": words("Delivered")},
            {"from": ["sent"], "to": "new", "after": "30m", "label": words("Back")},
        ],
    }


def change(path: str, value: object) -> Callable[[Data], None]:
    """A change to the small workflow: a path such as "status.0.phase"; None as the value removes the key."""
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]

    def apply(data: Any) -> None:
        for step in way:
            data = data[step]
        if value is None:
            del data[last]
        else:
            data[last] = value

    return apply


def variant(*when: str) -> Data:
    return {"when": list(when), "customer": words(" ".join(when))}


WRONG = [
    # words and steps by circumstances
    (change("status.0.variant", [variant("sunny")]), 'status.new.variant[1].when: unknown "sunny"; known are prepaid'),
    (change("status.0.variant", [variant()]), "status.new.variant[1].when: must name one of prepaid"),
    (change("status.0.variant", [variant("home", "pickup")]), "status.new.variant[1].when: names two that never"),
    (
        change("status.0.variant", [variant("home"), variant("home", "paid")]),
        "status.new.variant[2].when: is never used",
    ),
    (change("status.0.variant", {"when": ["home"]}), "status.new.variant: must be a list of variants, not a table"),
    (change("status.0.variant", [{"when": ["home"]}]), "status.new.variant[1].customer: is missing"),
    (change("status.0.only_for", ["unpaid"]), 'status.new.only_for: unknown "unpaid"'),
    # the workflow itself
    (change("colour", "red"), "colour: unknown key"),
    (change("code", None), "code: is missing"),
    (change("code", "My Shop"), 'code: "My Shop" must be small Latin letters'),
    (change("kind", "My Parcel"), 'kind: "My Parcel" must be small Latin letters'),
    (change("version", 0), "version: must be a whole number from 1"),
    (change("version", None), "version: is missing"),
    (change("version", True), "version: must be a whole number"),
    (change("start", None), "start: is missing"),
    (change("start", "begin"), 'start: there is no status "begin"'),
    (change("name", "Small"), "name: must be a table of languages, not text"),
    (change("status", {}), "status: must be a list of at least one status"),
    (change("status", []), "status: must be a list of at least one status"),
    (change("move", None), "move: must be a list of at least one move"),
    # statuses
    (change("status.0", "new"), "status[1]: must be a table, not text"),
    (change("status.0.kolour", "red"), "status.new.kolour: unknown key"),
    (change("status.1.code", "new"), 'status.new: status number 2 repeats the code "new"'),
    (change("status.0.code", "-"), 'status[1].code: "-" must be small Latin letters'),
    (change("status.0.phase", "lost"), 'status.new.phase: unknown "lost"; known are waiting, working'),
    (change("status.0.phase", None), "status.new.phase: is missing"),
    (change("status.0.progress", 101), "status.new.progress: must be a whole number from 0 to 100"),
    (change("status.0.progress", "10"), "status.new.progress: must be a whole number from 0 to 100"),
    (change("status.0.colour", "beige"), 'status.new.colour: unknown "beige"; known are amber'),
    (change("status.0.icon", 7), "status.new.icon: must be text, not a number"),
    (change("status.0.shown", "yes"), "status.new.shown: must be true or false, not text"),
    (change("status.1.within", "36"), 'status.sent.within: "36" is no duration; write 30m, 24h or 7d'),
    (change("status.1.within", "0h"), 'status.sent.within: "0h" is no duration'),
    (change("status.1.within", 36), "status.sent.within: must be text, not a number"),
    (change("status.0.name.fa", None), "status.new.name.fa: has no text in this language"),
    (change("status.0.customer.uk", "  "), "status.new.customer.uk: has no text in this language"),
    (change("status.0.action.zh-hant", "長" * 1001), "status.new.action.zh-hant: is longer than 1000 characters"),
    (change("status.0.name.de", "Neu"), "status.new.name.de: unknown language; known are en, ar, fa, uk, zh-hant"),
    (change("status.0.meaning", None), "status.new.meaning: is missing"),
    # moves
    (change("move.0", ["new", "sent"]), "move[1]: must be a table, not a list"),
    (change("move.0.guard", ["paid"]), "move[1].guard: unknown key"),
    (change("move.0.from", "nwe"), 'move[1].from: there is no status "nwe"'),
    (change("move.0.from", []), "move[1].from: is an empty list"),
    (change("move.0.from", ["new", "new"]), 'move[1].from: names "new" twice'),
    (change("move.0.from", ["new", 3]), "move[1].from: must be a list of names"),
    (change("move.0.to", "snet"), 'move[1].to: there is no status "snet"'),
    (change("move.0.to", None), "move[1].to: is missing"),
    (change("move.0.to", "new"), 'move[1].to: a move must lead to another status than "new"'),
    (change("move.0.by", "magic"), 'move[1].by: unknown "magic"; known are hand, event, timer'),
    (change("move.0.by", "event"), 'move[1].by: is "event", but the move needs an "event"'),
    (change("move.0.by", "timer"), 'move[1].by: is "timer", but the move needs a time "after"'),
    (change("move.1.by", "hand"), 'move[2].by: is "hand", but the move has an event or a time'),
    (change("move.1.after", "1d"), "move[2]: has both an event and a time: make two moves of it"),
    (change("move.1.event", "Carrier!"), 'move[2].event: "Carrier!" must be small Latin letters, digits, dots'),
    (change("move.1.event", 5), "move[2].event: must be text, not a number"),
    (change("move.1.roles", ["manager"]), "move[2].roles: only a move by hand can have it, this one is by event"),
    (change("move.2.note_required", True), "move[3].note_required: only a move by hand can have it"),
    (change("move.2.after", "soon"), 'move[3].after: "soon" is no duration'),
    (change("move.0.guards", "paid"), "move[1].guards: must be a list of names"),
    (change("move.0.effects", ["Stock"]), 'move[1].effects: "Stock" must be small Latin letters'),
    (change("move.0.roles", ["boss"]), 'move[1].roles: unknown "boss"; known are expert, technician, manager, owner'),
    (change("move.0.notify", ["fax"]), 'move[1].notify: unknown "fax"; known are email, sms'),
    (change("move.0.note_required", 1), "move[1].note_required: must be true or false, not a number"),
    (change("move.0.label", None), "move[1].label: is missing"),
    (change("move.0.label.ar", None), "move[1].label.ar: has no text in this language"),
]


@pytest.mark.parametrize(("spoil", "problem"), WRONG, ids=[problem for _, problem in WRONG])
def test_an_error_is_told_with_its_place(spoil: Callable[[Data], None], problem: str) -> None:
    """X1: a bad definition is stopped, and its author reads where and what."""
    data = small()
    spoil(data)
    with pytest.raises(WorkflowError) as error:
        read_workflow(data)
    assert any(str(found).startswith(problem) for found in error.value.problems), str(error.value)


@pytest.mark.parametrize(
    ("number", "way"), [(0, "by hand"), (1, 'on "carrier.delivered"'), (2, "by timer")], ids=["hand", "event", "timer"]
)
def test_a_repeated_move_is_told(number: int, way: str) -> None:
    """X1: two moves that answer the same trigger with the same status are one move too many."""
    data = small()
    data["move"].append(copy.deepcopy(data["move"][number]))
    with pytest.raises(WorkflowError, match=rf"move\[4\]: repeats move\[{number + 1}\]: {way} from"):
        read_workflow(data)


def test_all_errors_are_told_at_once() -> None:
    """X1: one reading tells everything, in reading order."""
    data = small()
    for path, value in (("kind", "X"), ("status.0.phase", "x"), ("status.2.name.fa", None), ("move.1.to", "x")):
        change(path, value)(data)
    with pytest.raises(WorkflowError) as error:
        read_workflow(data)
    assert [problem.place for problem in error.value.problems] == [
        *("kind", "status.new.phase", "status.done.name.fa", "move[2].to"),
    ]


def test_what_is_not_said_has_its_default() -> None:
    """D2: a status takes its colour from its phase, is shown, has no limit; a move is for any staff, silent."""
    workflow = read_workflow(small())
    assert [status.colour for status in workflow.statuses.values()] == ["amber", "indigo", "green"]
    assert [status.within for status in workflow.statuses.values()] == [None, timedelta(hours=36), None]
    assert all(status.shown for status in workflow.statuses.values())
    assert [(move.by, move.roles, move.note_required) for move in workflow.moves] == [
        *(("hand", (), False), ("event", (), False), ("timer", (), False)),
    ]
    assert workflow.moves[2].after == timedelta(minutes=30)


def test_from_may_name_several_statuses() -> None:
    """D2: one act that is possible in many places is written once."""
    data = small()
    data["move"].append({"from": ["new", "sent"], "to": "done", "label": words("Finish")})
    assert [(m.source, m.target) for m in read_workflow(data).moves[3:]] == [("new", "done"), ("sent", "done")]


def test_a_customer_text_may_be_missing_until_the_check() -> None:
    """X1: reading lets it pass, `check` tells it."""
    data = small()
    del data["status"][0]["customer"]
    workflow = read_workflow(data)
    assert not workflow.status("new").customer
    assert workflow.status("new").customer.say("fa") == ""
    assert read_workflow(as_data(workflow)) == workflow


def test_words_fall_back_to_english() -> None:
    """X5: a language that is not there is answered in English, never with an error."""
    name = read_workflow(small()).name
    assert (name.say("fa"), name.say("de")) == ("Small (fa)", "Small (en)")


@pytest.mark.parametrize("code", presets())
def test_presets_round_trip(code: str) -> None:
    """X1: a workflow is data: written out and read again it is the same, and usable as a key."""
    workflow = preset(code)
    again = read_workflow(as_data(workflow))
    assert again == workflow
    assert hash(again) == hash(workflow)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


@given(json)
def test_reading_anything_ends_in_problems_not_in_a_crash(data: Any) -> None:
    """X1: whatever is sent to publish, the answer is a list of problems."""
    with pytest.raises(WorkflowError) as error:
        read_workflow(data)
    assert error.value.problems


PLACES = (
    *("code", "kind", "version", "name", "start", "status", "move", "name.fa", "status.0", "status.0.code"),
    *("status.0.name", "status.0.name.en", "status.0.within", "status.0.shown", "move.0", "move.0.from", "move.0.by"),
    *("move.0.event", "move.0.after", "move.0.roles", "move.0.guards", "move.0.label", "move.0.label.uk"),
)


@given(st.sampled_from(PLACES), json.filter(lambda value: value is not None))
def test_a_hostile_value_anywhere_is_read_or_told(path: str, value: Any) -> None:
    """X1: no single value can break the reader."""
    data = small()
    change(path, value)(data)
    try:
        workflow = read_workflow(data)
    except WorkflowError as error:
        assert error.problems  # noqa: PT017 - most values raise, some do not, and neither is wrong
    else:
        assert read_workflow(as_data(workflow)) == workflow


codes = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True)
durations = st.builds(lambda n, unit: f"{n}{unit}", st.integers(1, 9999), st.sampled_from("mhd"))
texts = st.fixed_dictionaries({language: st.text(min_size=1, max_size=9).filter(str.strip) for language in LANGUAGES})


@st.composite
def workflows(draw: st.DrawFn) -> Data:
    """Any workflow that can be read."""
    names = draw(st.lists(codes, min_size=2, max_size=5, unique=True))
    statuses = [
        {
            "code": name,
            "phase": draw(st.sampled_from(PHASES)),
            "progress": draw(st.integers(0, 100)),
            "icon": draw(codes),
            **{key: draw(texts) for key in ("name", "customer", "meaning", "action")},
            **draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "colour": st.sampled_from(COLOURS),
                        "shown": st.booleans(),
                        "within": durations,
                    },
                )
            ),
        }
        for name in names
    ]
    pairs = draw(st.lists(st.permutations(names).map(lambda p: tuple(p[:2])), min_size=1, max_size=6, unique=True))
    moves = []
    for source, target in pairs:
        move: Data = {"from": source, "to": target, "label": draw(texts)}
        move |= draw(st.sampled_from([{}, {"event": "a.b-c"}, {"after": draw(durations)}]))
        move |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "guards": st.lists(codes, unique=True, max_size=3),
                    "effects": st.lists(codes, unique=True, max_size=3),
                    "notify": st.lists(st.sampled_from(CHANNELS), unique=True),
                },
            )
        )
        if "event" not in move and "after" not in move:
            move |= draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "roles": st.lists(st.sampled_from(ROLES), unique=True),
                        "note_required": st.booleans(),
                    },
                )
            )
        moves.append(move)
    return {
        "code": draw(codes),
        "kind": draw(codes),
        "version": draw(st.integers(1, 99)),
        "name": draw(texts),
        "start": names[0],
        "status": statuses,
        "move": moves,
    }


@given(workflows())
def test_read_and_as_data_are_inverse(data: Data) -> None:
    """X1: nothing is lost between the file, the database and back."""
    workflow = read_workflow(data)
    assert read_workflow(as_data(workflow)) == workflow
    assert as_data(read_workflow(as_data(workflow))) == as_data(workflow)


def test_toml_and_data_agree() -> None:
    """X1: the same reader serves files and the database."""
    assert read_workflow(tomllib.loads(_TOML)).moves[0].label.say("en") == "Finish"


_TOML = (
    """
code = "tiny"
kind = "support"
version = 3
start = "open"
name = {en = "Tiny", ar = "صغير", fa = "کوچک", uk = "Малий", zh-hant = "小"}
"""
    + "".join(
        f"""
[[status]]
code = "{code}"
phase = "{phase}"
progress = {progress}
icon = "box"
name = {{en = "a", ar = "ا", fa = "ا", uk = "а", zh-hant = "一"}}
meaning = {{en = "a", ar = "ا", fa = "ا", uk = "а", zh-hant = "一"}}
action = {{en = "a", ar = "ا", fa = "ا", uk = "а", zh-hant = "一"}}
"""
        for code, phase, progress in (("open", "waiting", 0), ("done", "done", 100))
    )
    + """
[[move]]
from = "open"
to = "done"
label = {en = "Finish", ar = "إنهاء", fa = "پایان", uk = "Завершити", zh-hant = "完成"}
"""
)


def test_a_status_says_what_fits_the_case_and_is_met_by_those_it_is_for() -> None:
    data = small()
    data["status"][0] |= {"variant": [variant("pickup", "unpaid"), variant("pickup")], "only_for": ["pickup", "branch"]}
    workflow = read_workflow(data)
    assert read_workflow(as_data(workflow)) == workflow
    status = workflow.status("new")
    assert status.told({"pickup", "unpaid", "on-receipt"}).say("en") == "pickup unpaid (en)"
    assert status.told({"pickup"}).say("en") == "pickup (en)"
    assert status.told({"home"}) == status.told() == status.customer
    assert status.meets({"pickup"}) and status.meets({"branch", "paid"})
    assert not status.meets({"home"})
    assert status.meets({"paid"}), "what is not known shuts nothing out"
