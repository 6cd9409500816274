"""Forms of what is kept: two people who edit one thing neither undo nor overlook what the other has saved.

A form carries along a fingerprint of what each of its fields showed. When it comes back, a field that was left alone
takes what somebody else has saved meanwhile, and a field that only this person changed keeps what was typed. A field
that both changed is refused once, beside it what the other wrote; who then saves again has seen it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _

from tartib.web.forms import Dressed

CARRIED = "carried"
_LONGEST = 20_000
_UNSEEN = forms.FileInput | forms.PasswordInput


class Kept(Dressed):
    """A form of something that is kept already; its `initial` are the values that are kept now, also when it is sent.

    The page shows it with `desk/settings/carried.html`, which `problems.html` includes; its view is
    `desk.access.in_turn`. When it was sent, `taken` are the fields
    that were left alone and now stand as others saved them.
    """

    taken: list[str]

    def full_clean(self) -> None:
        """Put what was sent together with what is kept now, then clean it."""
        contested = self._put_together() if self.is_bound else {}
        super().full_clean()
        for name, theirs in contested.items():
            said = _("Somebody else changed this meanwhile to “%(theirs)s”. Save again to keep what you wrote.")
            self.add_error(name, ValidationError(said % {"theirs": theirs}))

    @property
    def carried_name(self) -> str:
        """Under what name the form carries its fingerprints along."""
        return self.add_prefix(CARRIED)

    @property
    def carried(self) -> str:
        """The fingerprints of what is kept now, as JSON."""
        return json.dumps({field.name: _print(kept_in(field)) for field in self if _compared(field)})

    def before(self) -> Mapping[str, Any]:
        """The fingerprints of what the fields showed when somebody began to change them, by name."""
        return _read(self.data.get(self.carried_name, ""))

    def left_alone(self) -> bool:
        """Whether nothing was changed of what the form showed."""
        before = self.before()
        return all(_print(_plain(field.data)) == before.get(field.name) for field in self if _compared(field))

    def _put_together(self) -> dict[str, str]:
        """Take what others saved in fields that were left alone; of fields that both changed, what they saved."""
        before = self.before()
        merged, contested = QueryDict(mutable=True), {}
        self.taken = []
        merged.update(self.data)
        for field in filter(_compared, self):
            seen, theirs, mine = before.get(field.name), kept_in(field), _plain(field.data)
            if seen is None or _print(theirs) == seen or mine == theirs:
                continue
            if _print(mine) == seen:
                _put(merged, field)
                self.taken.append(field.name)
            else:
                contested[field.name] = said_in(field, theirs)
        self.data = merged
        return contested


def kept_in(field: BoundField) -> str:
    """What is kept of a field, as a form that was left alone sends it."""
    return _plain(field.field.prepare_value(field.initial))


def said_in(field: BoundField, text: str) -> str:
    """A text of a field as people read it."""
    if isinstance(field.field.widget, forms.CheckboxInput):
        return _("yes") if text else _("no")
    if not isinstance(field.field, forms.ChoiceField):
        return text or "—"
    chosen = set(json.loads(text)) if isinstance(field.field, forms.MultipleChoiceField) else {text}
    choices: Any = field.field.choices
    offered: list[tuple[Any, Any]] = list(flatten_choices(choices))
    labels = [str(label) for value, label in offered if str(value) in chosen]
    return ", ".join(labels) or text or "—"


def _compared(field: BoundField) -> bool:
    return not isinstance(field.field.widget, _UNSEEN) and not field.field.disabled


def _plain(value: Any) -> str:
    """A value as one text; line ends and the space around it tell nothing."""
    if value is None or isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, list | tuple | set):
        return json.dumps(sorted(map(str, value)))
    return str(value).replace("\r\n", "\n").strip()


def _print(text: str) -> str:
    return hashlib.blake2s(text.encode(), digest_size=6).hexdigest()


def _put(merged: QueryDict, field: BoundField) -> None:
    """Let what is kept stand in what was sent."""
    value = field.field.prepare_value(field.initial)
    if isinstance(value, list | tuple | set):
        merged.setlist(field.html_name, [str(one) for one in value])
    else:
        merged[field.html_name] = _plain(value)


def _read(text: str) -> Mapping[str, Any]:
    """The fingerprints that a form carried, or none where that cannot be read."""
    try:
        found = json.loads(text) if len(text) <= _LONGEST else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
