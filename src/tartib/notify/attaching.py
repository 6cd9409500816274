"""Files that go along with messages. `project.wiring` connects what a channel carries besides words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tartib.cases.models import Case
from tartib.notify.channels.letter import Attachment
from tartib.notify.models import Channel, Message

makers: Mapping[Channel, Callable[[Case, str], Attachment]] = {}


def attachments(message: Message) -> tuple[Attachment, ...]:
    """What goes along with that message, made at the moment it is sent."""
    make = makers.get(Channel(message.channel))
    return (make(message.case, message.language),) if make and message.case else ()
