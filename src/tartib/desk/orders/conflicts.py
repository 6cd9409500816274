"""Two people edit one order: what each of them changed is put together, and where both changed the same, both is shown.

A form carries along what it showed (`Seen.base`). When it comes back after somebody else has saved, each field that
was left alone takes what they saved, each field that only this person changed keeps what was typed, and of a field that
both changed the person sees both. So saving again reverts nothing that nobody has looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import forms as django_forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from tartib.desk.orders.line_forms import LineRow
from tartib.web.kept import said_in

LONGEST_BASE = 200_000
_SAME_PRODUCT = ("name", "sku", "variant")
_OF_LINE = ("quantity", "price", "discount")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a form knows of the order it was filled in on: its version, its last entry, and what the fields showed."""

    version: str
    entries: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed meanwhile. `mine` is empty where theirs was taken over, being left alone."""

    label: str
    theirs: str
    mine: str = ""


def shown(fields: Iterable[BoundField]) -> dict[str, str]:
    """What fields show, by the names under which they are sent."""
    return {field.html_name: _text(field) for field in fields}


def base(fields: Iterable[BoundField], rows: Sequence[LineRow] = ()) -> str:
    """What a fresh form shows, for it to carry along."""
    return json.dumps({"fields": shown(fields), "lines": {was: shown(row) for was, row in _lines(rows).items()}})


def put_together(
    posted: QueryDict, fields: Iterable[BoundField], rows: Sequence[LineRow] = ()
) -> tuple[QueryDict, list[Difference]]:
    """What was sent, with what others saved meanwhile wherever it was left alone; and all that they changed.

    `fields` and `rows` are those of a fresh form, which show what is saved now.
    """
    merged = posted.copy()
    fields_before, lines_before = _read(posted.get("base", ""))
    found = [one for field in fields if (one := _merge(merged, field, fields_before.get(field.html_name)))]
    if lines_before:
        found += _merge_lines(merged, lines_before, _lines(rows))
    return merged, found


def _merge(merged: QueryDict, field: BoundField, before: str | None, name: str = "", of: str = "") -> Difference | None:
    """Merge one field, sent under `name`; `of` says whose it is where there are several of the kind."""
    name, theirs = name or field.html_name, _text(field)
    mine = merged.get(name, "")
    if before is None or theirs == before or mine == theirs:
        return None
    label = f"{of}: {field.label}" if of else str(field.label)
    if mine != before:
        return Difference(label, said_in(field, theirs), said_in(field, mine))
    merged[name] = theirs
    return Difference(label, said_in(field, theirs))


def _merge_lines(
    merged: QueryDict, before: Mapping[str, Mapping[str, str]], now: Mapping[str, LineRow]
) -> list[Difference]:
    """Merge the positions, each known by the line that it was; `before` names its fields without their prefix."""
    sent = {merged.get(name, ""): name.removesuffix("-was") for name in list(merged) if name.endswith("-was")}
    found = []
    for was, former in before.items():
        row, prefix = now.get(was), sent.get(was)
        kept = {name: merged.get(f"{prefix}-{name}", "") for name in former} if prefix else None
        untouched = kept is None or kept == former
        if row is None and prefix is None:
            continue
        if row is None:
            mine = "" if untouched else _line(kept or {})
            found.append(Difference(former["name"], _("taken out"), mine))
            for name in former if untouched else ("was",):
                merged[f"{prefix}-{name}"] = ""
        elif prefix is None:
            theirs = _by_name(row)
            if theirs != former:
                found.append(Difference(former["name"], _line(theirs), _("taken out")))
        else:
            found += _merge_line(merged, prefix, former, row)
    fresh = [row for was, row in now.items() if was not in before]
    free = 1 + max((int(prefix.split("-")[1]) for prefix in sent.values()), default=-1)
    for number, row in enumerate(fresh, free):
        for name, value in _by_name(row).items():
            merged[f"line-{number}-{name}"] = value
        found.append(Difference(str(row["name"].value()), _line(_by_name(row))))
    return found


def _merge_line(merged: QueryDict, prefix: str, former: Mapping[str, str], row: LineRow) -> list[Difference]:
    whose = former["name"]
    found = [_merge(merged, row[name], former.get(name), f"{prefix}-{name}", whose) for name in _OF_LINE]
    theirs, mine = _by_name(row), {name: merged.get(f"{prefix}-{name}", "") for name in _SAME_PRODUCT}
    if any(theirs[name] != former[name] for name in _SAME_PRODUCT):
        if all(mine[name] == former[name] for name in _SAME_PRODUCT):
            for name in _SAME_PRODUCT:
                merged[f"{prefix}-{name}"] = theirs[name]
            found.append(Difference(whose, theirs["name"]))
        elif any(mine[name] != theirs[name] for name in _SAME_PRODUCT):
            found.append(Difference(whose, theirs["name"], mine["name"]))
    return [one for one in found if one]


def _read(text: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """What a form said it had shown, or nothing where that cannot be read."""
    try:
        data = json.loads(text) if len(text) <= LONGEST_BASE else {}
        fields = {str(name): str(value) for name, value in data["fields"].items()}
        lines = {
            str(was): {str(name).rpartition("-")[2]: str(value) for name, value in row.items()}
            for was, row in data["lines"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}, {}
    whole = {*_SAME_PRODUCT, *_OF_LINE, "was"}
    return fields, {was: row for was, row in lines.items() if whole == row.keys()}


def _lines(rows: Sequence[LineRow]) -> dict[str, LineRow]:
    """The rows that are lines already, by the line's number."""
    return {str(was): row for row in rows if (was := row["was"].value())}


def _by_name(row: LineRow) -> dict[str, str]:
    return {field.name: _text(field) for field in row}


def _line(values: Mapping[str, str]) -> str:
    return " · ".join(part for part in (f"{values['quantity']} × {values['name']}", values["price"]) if part)


def _text(field: BoundField) -> str:
    """What a field sends when it is left alone."""
    value = field.value()
    if isinstance(field.field.widget, django_forms.CheckboxInput):
        return "on" if value else ""
    return "" if value is None else str(value)
