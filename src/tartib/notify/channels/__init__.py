"""The channels, one file each behind one small protocol. A new channel is a file here, its line in `_SENDERS` and a
value of `models.Channel`.

A sender is opened for a batch and says of each letter what became of it; it never raises for what a provider does.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from tartib.notify.channels import email, fax, push, sms
from tartib.notify.channels.letter import Answer, Letter
from tartib.notify.models import Channel
from tartib.shops.models import Shop


class Sender(AbstractContextManager["Sender"], Protocol):
    """Sends letters of one channel, keeping its connection open between them."""

    def send(self, letter: Letter) -> Answer:
        """Try once to hand `letter` to the provider."""
        ...


_SENDERS: dict[str, Callable[[], Sender]] = {
    Channel.EMAIL: email.EmailSender,
    Channel.SMS: sms.SmsSender,
    Channel.FAX: fax.FaxSender,
    Channel.PUSH: push.PushSender,
}
_UNREADY: dict[str, Callable[[Shop], str]] = {
    Channel.EMAIL: email.unready,
    Channel.SMS: sms.unready,
    Channel.FAX: fax.unready,
    Channel.PUSH: push.unready,
}


def sender(channel: str) -> Sender:
    """A sender of that channel, to be used in a `with` statement."""
    return _SENDERS[channel]()


def unready(channel: str, shop: Shop) -> str:
    """The reason (see `models.Reason`) why nothing can go out from `shop` by that channel; "" when it can."""
    return _UNREADY[channel](shop)
