"""What of an entry is a fact that proves something, and what may be the words or traces of a person.

Only what is named here is kept when a person is erased; whatever else an entry says goes. What somebody typed, a name,
an address, a number by which somebody can be found is never named here.
"""

from __future__ import annotations

from collections.abc import Mapping

from tartib.journal.models import Kind

_FACTS: Mapping[str, frozenset[str]] = {
    Kind.CREATED: frozenset({"status", "source", "external_id"}),
    Kind.IMPORTED: frozenset({"status", "source", "external_id"}),
    Kind.MOVED: frozenset({"from", "to", "by", "note_shown"}),
    Kind.UNDONE: frozenset({"from", "to", "act"}),
    Kind.EVENT: frozenset({"event", "ignored", "params"}),
    Kind.NOTE: frozenset({"by", "corrects", "choice"}),
    Kind.PAYMENT: frozenset(
        {
            "direction",
            "state",
            "amount",
            "currency",
            "method",
            "flag",
            "seen",
            "verified",
            "contest",
            "held",
            "reversed",
        }
    ),
    Kind.PAPER: frozenset({"kind", "number", "amount", "currency"}),
    Kind.TRACKING: frozenset({"carrier"}),
    Kind.ASSIGNED: frozenset({"from", "to", "how", "act"}),
    Kind.MESSAGE: frozenset({"message", "kind", "status", "channel", "state", "reason"}),
    Kind.CHECKED: frozenset({"act", "checks"}),
    Kind.POINTS: frozenset({"act", "points", "waiting"}),
    Kind.FEEDBACK: frozenset({"rating"}),
    Kind.WORK: frozenset({"act", "work", "amount", "currency", "to"}),
    Kind.DELETED: frozenset({"code", "customer"}),
}
_CHANGES = frozenset(
    {
        "language", "lines", "subtotal", "shipping", "discount", "tax", "total", "payment", "payment_method", "points",
        "points_approved", "sent_on", "delivered_on", "carrier", "due_at",
    }
)  # fmt: skip
"""Of an edit: the fields of which both values are facts."""


def part(kind: str, data: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """The facts of an entry of that kind, and its words."""
    known = _FACTS.get(kind, frozenset())
    facts = {name: value for name, value in data.items() if name in known}
    if len(facts) == len(data):
        return facts, {}
    words = {name: value for name, value in data.items() if name not in known}
    changes = words.pop("changes", None)
    if isinstance(changes, Mapping):
        kept = {name: pair for name, pair in changes.items() if name in _CHANGES}
        gone = {name: pair for name, pair in changes.items() if name not in _CHANGES}
        facts |= {"changes": kept} if kept else {}
        words |= {"changes": gone} if gone else {}
    return facts, words
