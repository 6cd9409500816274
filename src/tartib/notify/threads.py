"""Which e-mails a new one goes below, so that mail programs show what belongs together as one conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tartib.cases import kinds
from tartib.notify.models import Channel, Message, MessageKind, State
from tartib.notify.replying import message_id

MOST = 12
"""The first of a conversation, and its newest: programs need no more of a long one."""
_TO_WRITERS = (MessageKind.REPLY, MessageKind.LEFT)
_IN_CONVERSATION = (*_TO_WRITERS, MessageKind.WRITTEN)
_ID = re.compile(r"<[^<>\s]{1,248}>")


def threads(messages: Sequence[Message]) -> dict[int, tuple[str, ...]]:
    """The ids of the e-mails that each of these messages goes below; the last is the one it answers. Two queries.

    What people write to each other has a conversation: what went to the same address about the case before, and, for
    whoever wrote to the shop by e-mail, their own letters.
    """
    talked = [one for one in messages if one.kind in _IN_CONVERSATION and one.channel == Channel.EMAIL and one.case_id]
    if not talked:
        return {}
    cases = sorted({one.case_id for one in talked if one.case_id})
    came: dict[int, list[str]] = {}
    for kind in kinds.connected.values():
        for case_id, ids in kind.letter_ids(cases).items() if kind.letter_ids else ():
            came.setdefault(case_id, []).extend(one for one in ids if _ID.fullmatch(one))
    went: dict[tuple[int | None, str], list[str]] = {}
    sent = Message.objects.filter(case__in=cases, channel=Channel.EMAIL, state=State.SENT).order_by("sent_at", "pk")
    for case_id, recipient, key in sent.values_list("case_id", "recipient", "key"):
        went.setdefault((case_id, recipient), []).append(message_id(key))
    return {one.pk: _shortened(went.get((one.case_id, one.recipient), []), _letters(one, came)) for one in talked}


def _letters(message: Message, came: dict[int, list[str]]) -> list[str]:
    return came.get(message.case_id or 0, []) if message.kind in _TO_WRITERS else []


def _shortened(ours: list[str], theirs: list[str]) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys([*ours, *theirs]))
    return ids if len(ids) <= MOST else (ids[0], *ids[-MOST + 1 :])
