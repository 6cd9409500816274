"""What messages write on timelines, for staff: what was sent to whom by which way, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tartib.journal.kinds import EntryKind, Group
from tartib.journal.models import Entry
from tartib.journal.reading import EntryContext, EntryView, joined
from tartib.l10n import names
from tartib.notify.models import TROUBLED, Channel, Reason, State

MESSAGE = "message"
_ICONS: Mapping[str, str] = {Channel.SMS: "message-2", Channel.FAX: "printer", Channel.PUSH: "bell"}


def fate(state: str, reason: str, answer: str) -> str:
    """What became of a message, in words of the active language."""
    words = str(State(state).label) if state in State.values else state
    why = str(Reason(reason).label) if reason in Reason.values and reason else answer
    return (
        f"{words}{names.colon(get_language() or '')}{why}" if why and state not in (State.SENT, State.HELD) else words
    )


def _message(entry: Entry, context: EntryContext) -> EntryView:
    data = entry.data
    channel, state = str(data.get("channel", "")), str(data.get("state", ""))
    label = str(Channel(channel).label) if channel in Channel.values else channel
    status = context.status_of(data.get("status"))
    about = str(data.get("subject") or "") or (status.name.say(context.language) if status else "")
    text = joined(
        names.isolate(str(data.get("recipient") or "")),
        fate(state, str(data.get("reason", "")), str(data.get("answer", ""))),
    )
    return EntryView(
        title=f"{label} · {about}" if about else label, icon=_ICONS.get(channel, ""), text=text,
        troubled=state in TROUBLED,
    )  # fmt: skip


ENTRIES = (
    EntryKind(
        code=MESSAGE, label=_("Message"), icon="mail", group=Group.MESSAGES,
        facts=frozenset({"message", "kind", "status", "channel", "state", "reason"}), staff=_message, exported=False,
    ),
)  # fmt: skip
