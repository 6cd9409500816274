"""From a TOML or JSON table to a `Workflow` and back, collecting every problem with its place."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from tartib.flow.words import LANGUAGES, Words
from tartib.flow.workflow import (
    CHANNELS,
    CIRCUMSTANCES,
    COLOURS,
    LASTING,
    PHASE_COLOURS,
    PHASES,
    ROLES,
    By,
    Move,
    Problem,
    Status,
    Variant,
    Workflow,
    WorkflowError,
)

_WORKFLOW_KEYS = ("code", "kind", "version", "name", "start", "status", "move")
_STATUS_KEYS = (
    *("code", "phase", "progress", "colour", "icon", "shown", "within", "only_for"),
    *("name", "customer", "variant", "meaning", "action"),
)
_VARIANT_KEYS = ("when", "customer")
_MOVE_KEYS = (
    *("from", "to", "by", "event", "after", "guards", "effects"),
    *("roles", "note_required", "notify", "label"),
)
_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DOTTED = re.compile(r"[a-z][a-z0-9]*([-.][a-z0-9]+)*")
_DURATION = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LONGEST_CODE = 40
_LONGEST_TEXT = 1000


def read_workflow(data: Mapping[str, Any]) -> Workflow:
    """A workflow from a table as TOML or JSON gives it; raises WorkflowError with every problem it has."""
    reader = _Reader()
    workflow = reader.workflow(data)
    if reader.problems or workflow is None:
        raise WorkflowError(tuple(reader.problems))
    return workflow


def as_data(workflow: Workflow) -> dict[str, Any]:
    """The workflow as JSON-able data, such that `read_workflow(as_data(w)) == w`."""
    return {
        "code": workflow.code,
        "kind": workflow.kind,
        "version": workflow.version,
        "name": dict(workflow.name),
        "start": workflow.start,
        "status": [_status_data(status) for status in workflow.statuses.values()],
        "move": [_move_data(move) for move in workflow.moves],
    }


def _status_data(status: Status) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": status.code,
        "phase": status.phase,
        "progress": status.progress,
        "colour": status.colour,
        "icon": status.icon,
        "shown": status.shown,
    }
    if status.within is not None:
        data["within"] = duration_text(status.within)
    if status.only_for:
        data["only_for"] = list(status.only_for)
    for key, words in (("name", status.name), ("customer", status.customer)):
        if words:
            data[key] = dict(words)
    if status.variants:
        data["variant"] = [{"when": list(one.when), "customer": dict(one.customer)} for one in status.variants]
    return data | {"meaning": dict(status.meaning), "action": dict(status.action)}


def _move_data(move: Move) -> dict[str, Any]:
    data: dict[str, Any] = {"from": move.source, "to": move.target, "by": move.by}
    if move.event is not None:
        data["event"] = move.event
    if move.after is not None:
        data["after"] = duration_text(move.after)
    for key in ("guards", "effects", "roles", "notify"):
        if names := getattr(move, key):
            data[key] = list(names)
    if move.note_required:
        data["note_required"] = True
    return data | {"label": dict(move.label)}


def duration_text(duration: timedelta) -> str:
    """A duration as the files write it, in the largest unit that divides it: 1d, 36h, 30m."""
    unit = next(unit for unit in ("d", "h", "m") if not duration % _UNITS[unit])
    return f"{duration // _UNITS[unit]}{unit}"


class _Reader:
    """Reads what it can, notes what it cannot, and goes on, so that one reading tells everything."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def workflow(self, data: object) -> Workflow | None:
        table = self._table(data, "workflow", _WORKFLOW_KEYS)
        if table is None:
            return None
        code = self._code(table, "code", "")
        kind = self._code(table, "kind", "")
        version = self._whole(table, "version", "", 1, 2**31 - 1)
        name = self._words(table, "name", "")
        start = self._code(table, "start", "")
        statuses = self._statuses(table)
        if start and statuses and start not in statuses:
            self._note("start", f'there is no status "{start}"')
        moves = self._moves(table, statuses)
        return Workflow(code, kind, version, name, start, statuses, moves)

    # statuses and moves

    def _statuses(self, table: Mapping[str, Any]) -> dict[str, Status]:
        statuses: dict[str, Status] = {}
        for number, entry in enumerate(self._entries(table, "status"), 1):
            given = entry.get("code") if isinstance(entry, Mapping) else None
            place = f"status.{given}" if isinstance(given, str) and _CODE.fullmatch(given) else f"status[{number}]"
            status = self._status(entry, place)
            if status is None:
                continue
            if status.code in statuses:
                self._note(place, f'status number {number} repeats the code "{status.code}"')
            elif status.code:
                statuses[status.code] = status
        return statuses

    def _status(self, entry: object, place: str) -> Status | None:
        table = self._table(entry, place, _STATUS_KEYS)
        if table is None:
            return None
        phase = self._choice(table, "phase", place, PHASES)
        return Status(
            code=self._code(table, "code", place),
            phase=phase,
            progress=self._whole(table, "progress", place, 0, 100),
            colour=self._choice(table, "colour", place, COLOURS, PHASE_COLOURS.get(phase, "grey")),
            icon=self._code(table, "icon", place),
            shown=self._flag(table, "shown", place, default=True),
            within=self._duration(table, "within", place),
            name=self._words(table, "name", place),
            # A status without customer text can be read, so that `check` can tell its author what is missing.
            customer=self._words(table, "customer", place) if "customer" in table else Words(),
            meaning=self._words(table, "meaning", place),
            action=self._words(table, "action", place),
            variants=self._variants(table, place),
            only_for=self._names(table, "only_for", place, LASTING),
        )

    def _variants(self, table: Mapping[str, Any], place: str) -> tuple[Variant, ...]:
        entries = table.get("variant", [])
        if not isinstance(entries, list):
            self._note(f"{place}.variant", f"must be a list of variants, not {_kind(entries)}")
            return ()
        variants: list[Variant] = []
        for number, entry in enumerate(entries, 1):
            where = f"{place}.variant[{number}]"
            given = self._table(entry, where, _VARIANT_KEYS)
            if given is None:
                continue
            when = self._names(given, "when", where, tuple(CIRCUMSTANCES))
            if not when:
                self._note(f"{where}.when", f"must name one of {', '.join(CIRCUMSTANCES)} at least")
            elif len({CIRCUMSTANCES[name] for name in when if name in CIRCUMSTANCES}) < len(when):
                self._note(f"{where}.when", "names two that never hold together")
            before = next((at for at, one in enumerate(variants, 1) if one.when and set(one.when) <= set(when)), None)
            if before is not None:
                self._note(f"{where}.when", f"is never used: variant[{before}] holds wherever this one does")
            variants.append(Variant(when, self._words(given, "customer", where)))
        return tuple(variants)

    def _moves(self, table: Mapping[str, Any], statuses: Mapping[str, Status]) -> tuple[Move, ...]:
        moves: list[Move] = []
        seen: dict[tuple[object, ...], str] = {}
        for number, entry in enumerate(self._entries(table, "move"), 1):
            place = f"move[{number}]"
            for move in self._move(entry, place, statuses):
                key = (move.source, move.target, move.by, move.event)
                if key in seen:
                    way = f'on "{move.event}"' if move.by == "event" else f"by {move.by}"
                    what = f'repeats {seen[key]}: {way} from "{move.source}" to "{move.target}"'
                    self._note(place, what)
                else:
                    seen[key] = place
                    moves.append(move)
        return tuple(moves)

    def _move(self, entry: object, place: str, statuses: Mapping[str, Status]) -> list[Move]:
        table = self._table(entry, place, _MOVE_KEYS)
        if table is None:
            return []
        sources = self._sources(table, place)
        target = self._code(table, "to", place)
        for key, codes in (("from", sources), ("to", (target,))):
            for code in codes:
                if code and code not in statuses:
                    self._note(f"{place}.{key}", f'there is no status "{code}"')
        if target and target in sources:
            self._note(f"{place}.to", f'a move must lead to another status than "{target}"')
        event = self._name(table, "event", place) if "event" in table else None
        after = self._duration(table, "after", place)
        by = self._by(table, place)
        label = self._words(table, "label", place)
        guards = self._names(table, "guards", place)
        effects = self._names(table, "effects", place)
        roles = self._names(table, "roles", place, ROLES)
        notify = self._names(table, "notify", place, CHANNELS)
        note_required = self._flag(table, "note_required", place, default=False)
        if by != "hand":
            for key in ("roles", "note_required"):
                if table.get(key):
                    self._note(f"{place}.{key}", f"only a move by hand can have it, this one is by {by}")
        return [
            Move(source, target, by, label, event, after, guards, effects, roles, note_required, notify)
            for source in sources
        ]

    def _sources(self, table: Mapping[str, Any], place: str) -> tuple[str, ...]:
        given = table.get("from")
        if isinstance(given, list):
            codes = self._names(table, "from", place)
            if not given:
                self._note(f"{place}.from", "is an empty list")
            return codes
        return (self._code(table, "from", place),)

    def _by(self, table: Mapping[str, Any], place: str) -> By:
        """How the move is made: said by `by`, or plain from `event` or `after`; both must agree."""
        plain = "event" if "event" in table else "timer" if "after" in table else "hand"
        if "event" in table and "after" in table:
            self._note(place, "has both an event and a time: make two moves of it")
        by = self._choice(table, "by", place, ("hand", "event", "timer"), plain)
        if by and by != plain:
            needs = {"event": 'needs an "event"', "timer": 'needs a time "after"', "hand": "has an event or a time"}[by]
            self._note(f"{place}.by", f'is "{by}", but the move {needs}')
        return cast("By", by)

    # single values

    def _note(self, place: str, text: str) -> None:
        self.problems.append(Problem(place, text))

    def _table(self, value: object, place: str, keys: Sequence[str]) -> Mapping[str, Any] | None:
        if not isinstance(value, Mapping):
            self._note(place, f"must be a table, not {_kind(value)}")
            return None
        for key in value:
            if key not in keys:
                where = f"{place}.{key}" if place != "workflow" else str(key)
                self._note(where, f"unknown key; known are {', '.join(keys)}")
        return value

    def _entries(self, table: Mapping[str, Any], key: str) -> list[object]:
        value = table.get(key)
        if not isinstance(value, list) or not value:
            self._note(key, f"must be a list of at least one {key}")
            return []
        return value

    def _given(self, table: Mapping[str, Any], key: str, place: str) -> tuple[str, str | None]:
        """Where the key stands, and its text; None after noting that there is none."""
        where = f"{place}.{key}" if place else key
        value = table.get(key)
        if value is None:
            self._note(where, "is missing")
        elif not isinstance(value, str):
            self._note(where, f"must be text, not {_kind(value)}")
        else:
            return where, value
        return where, None

    def _code(self, table: Mapping[str, Any], key: str, place: str) -> str:
        where, value = self._given(table, key, place)
        return self._shaped(value, where, _CODE, "small Latin letters, digits and single hyphens")

    def _name(self, table: Mapping[str, Any], key: str, place: str) -> str:
        where, value = self._given(table, key, place)
        return self._shaped(value, where, _DOTTED, "small Latin letters, digits, dots and hyphens")

    def _shaped(self, value: str | None, where: str, shape: re.Pattern[str], words: str) -> str:
        if value is None:
            return ""
        if not shape.fullmatch(value) or len(value) > _LONGEST_CODE:
            self._note(where, f'"{value[:_LONGEST_CODE]}" must be {words}, {_LONGEST_CODE} at most')
            return ""
        return value

    def _names(
        self, table: Mapping[str, Any], key: str, place: str, known: Sequence[str] | None = None
    ) -> tuple[str, ...]:
        given = table.get(key, [])
        where = f"{place}.{key}"
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            self._note(where, "must be a list of names")
            return ()
        names: list[str] = []
        for name in given:
            if known is not None and name not in known:
                self._note(where, f'unknown "{name}"; known are {", ".join(known)}')
            elif name in names:
                self._note(where, f'names "{name}" twice')
            elif shaped := self._shaped(name, where, _DOTTED, "small Latin letters, digits, dots and hyphens"):
                names.append(shaped)
        return tuple(names)

    def _choice(
        self, table: Mapping[str, Any], key: str, place: str, known: Sequence[str], default: str | None = None
    ) -> str:
        if default is not None and key not in table:
            return default
        where, value = self._given(table, key, place)
        if value is not None and value not in known:
            self._note(where, f'unknown "{value[:_LONGEST_CODE]}"; known are {", ".join(known)}')
            return ""
        return value or ""

    def _whole(self, table: Mapping[str, Any], key: str, place: str, low: int, high: int) -> int:
        value = table.get(key)
        where = f"{place}.{key}" if place else key
        if value is None:
            self._note(where, "is missing")
        elif not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self._note(where, f"must be a whole number from {low} to {high}")
        else:
            return value
        return low

    def _flag(self, table: Mapping[str, Any], key: str, place: str, *, default: bool) -> bool:
        value = table.get(key, default)
        if isinstance(value, bool):
            return value
        self._note(f"{place}.{key}", f"must be true or false, not {_kind(value)}")
        return default

    def _duration(self, table: Mapping[str, Any], key: str, place: str) -> timedelta | None:
        if key not in table:
            return None
        where, value = self._given(table, key, place)
        if value is None:
            return None
        if not (match := _DURATION.fullmatch(value)):
            self._note(where, f'"{value[:_LONGEST_CODE]}" is no duration; write 30m, 24h or 7d')
            return None
        return int(match[1]) * _UNITS[match[2]]

    def _words(self, table: Mapping[str, Any], key: str, place: str) -> Words:
        where = f"{place}.{key}" if place else key
        texts = table.get(key)
        if not isinstance(texts, Mapping):
            what = "is missing" if texts is None else f"must be a table of languages, not {_kind(texts)}"
            self._note(where, what)
            return Words()
        for language in texts:
            if language not in LANGUAGES:
                self._note(f"{where}.{language}", f"unknown language; known are {', '.join(LANGUAGES)}")
        said: dict[str, str] = {}
        for language in LANGUAGES:
            text = texts.get(language)
            if not isinstance(text, str) or not text.strip():
                self._note(f"{where}.{language}", "has no text in this language")
            elif len(text) > _LONGEST_TEXT:
                self._note(f"{where}.{language}", f"is longer than {_LONGEST_TEXT} characters")
            else:
                said[language] = text.strip()
        return Words(said)


def _kind(value: object) -> str:
    """What a reader of TOML or JSON would call the value."""
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "true or false"),
        ((int, float), "a number"),
        (str, "text"),
        (list, "a list"),
        (Mapping, "a table"),
    )
    return next((name for types, name in names if isinstance(value, types)), "nothing")
