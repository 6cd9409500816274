"""Web push: a few words to a browser or an installed app, encrypted for that device alone (RFC 8030, 8291, 8292).

Anybody can name a push service, so that the name's addresses are looked at before one of them is called, and the one
that was looked at is the one that is called: a name that stands for another address a moment later changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils import timezone
from py_vapid import Vapid02

from tartib.l10n.names import direction
from tartib.notify import subscribing
from tartib.notify.channels.letter import LONGEST_ANSWER, Answer, Letter
from tartib.notify.devices import Subscription
from tartib.notify.models import Reason, State
from tartib.notify.template_syntax import one_line
from tartib.shops.models import Shop
from tartib.shops.outside import Inward, NotFetched, call

KEPT_FOR = timedelta(days=7)
"""How long a push service keeps a message for a device that is switched off."""

SIGNED_FOR = timedelta(hours=12)
"""At most a day, says the standard; clocks differ."""

LONGEST_TITLE, LONGEST_TEXT = 120, 1_200
MOST_BYTES = 3_500
"""Of what is encrypted: every push service takes 4,096 bytes in all."""

DEADLINE = 20
"""Seconds for the whole conversation with a push service: one that answers letter by letter holds nobody up."""

MOST_ANSWERED = 64 * 1024
"""Bytes of what it says to that; a few hundred are usual."""

_GONE = (404, 410)
_WORTH_A_RETRY = (408, 425, 429)

logger = logging.getLogger(__name__)
witnesses: Sequence[Callable[[Letter], None]] = ()
"""Who else is shown what practice shops send: `project.wiring` connects the page."""


def unready(shop: Shop) -> str:  # noqa: ARG001 - all channels are asked alike
    """Nothing has to be set up: keys are made when the first device asks for them."""
    return ""


class PushSender:
    """Sends each letter to the push service of its recipient's browser.

    A service that cannot be reached is not tried again for the rest of the batch: its letters wait for the next one.
    """

    def __init__(self) -> None:
        self._down: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        pass

    def send(self, letter: Letter) -> Answer:
        """Hand one letter to the push service. That it took the letter does not say that it was seen."""
        if letter.shop.practice:
            for witness in witnesses:
                witness(letter)
        device = Subscription.objects.filter(shop=letter.shop, name=letter.recipient).first()
        if device is None:
            return Answer(State.WITHDRAWN, reason=Reason.GONE)
        if not (device.endpoint and device.p256dh and device.auth):
            # They cannot be read any more; the browser makes new ones when it is asked again.
            return _forget(device, letter.shop)
        now, parts = letter.at or timezone.now(), urlsplit(device.endpoint)
        if parts.netloc in self._down:
            return Answer(State.QUEUED, _away(parts), Reason.AWAY)
        answer = _post(parts, sealed(payload(letter), device), _headers(letter, parts, now))
        if answer is None:
            self._down.add(parts.netloc)
            return Answer(State.QUEUED, _away(parts), Reason.AWAY)
        if answer.state == State.SENT:
            Subscription.objects.filter(pk=device.pk).update(sent_at=now)
        return _forget(device, letter.shop, answer.said) if answer.reason == Reason.GONE else answer


def payload(letter: Letter) -> bytes:
    """What the service worker is told, as JSON: cut to what every push service takes."""
    title, text = one_line(letter.subject, LONGEST_TITLE), letter.text[:LONGEST_TEXT]
    while True:
        told = {
            "title": title, "text": text, "link": letter.link, "topic": _topic(letter), "key": str(letter.key),
            "lang": letter.shop.tag(letter.language), "dir": direction(letter.language),
        }  # fmt: skip
        made = json.dumps(told, ensure_ascii=False).encode()
        if len(made) <= MOST_BYTES:
            return made
        text = f"{text[: len(text) * 9 // 10]}…"


def sealed(content: bytes, device: Subscription) -> bytes:
    """Encrypted so that only that browser can read it, with a key used once."""
    made: bytes = http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=subscribing.unpacked(device.p256dh),
        auth_secret=subscribing.unpacked(device.auth),
        version="aes128gcm",
    )
    return made


def _headers(letter: Letter, parts: SplitResult, now: datetime) -> dict[str, str]:
    signer = Vapid02.from_raw(subscribing.key(letter.shop, now=now).private.encode())
    # The library knows fewer forms of addresses than there are; ours were looked at when they were entered.
    signer.conf = {"no-strict": True}
    signature: dict[str, str] = signer.sign(
        {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now + SIGNED_FOR).timestamp()),
            "sub": f"mailto:{letter.shop.email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
        }
    )
    return {
        **signature,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT_FOR.total_seconds())),
        "Urgency": "high" if letter.urgent else "normal",
        "Topic": _topic(letter),
    }


def _post(parts: SplitResult, body: bytes, headers: dict[str, str]) -> Answer | None:
    """Post to a push service, at an address of the open net; None where it cannot be reached."""
    try:
        answered = call("POST", parts.geturl(), body=body, headers=headers, most=MOST_ANSWERED, within=DEADLINE)
    except Inward:
        logger.warning("a push service at %s leads inwards; the device is forgotten", parts.hostname)
        return Answer(State.WITHDRAWN, reason=Reason.GONE)
    except NotFetched:
        return None
    words = answered.body.decode("utf-8", "replace")
    return _said(answered.status, one_line(f"{answered.status} {words}", LONGEST_ANSWER))


def _away(parts: SplitResult) -> str:
    return one_line(f"{parts.hostname} cannot be reached", LONGEST_ANSWER)


def _said(status: int, said: str) -> Answer:
    if 200 <= status < 300:
        return Answer(State.SENT, said)
    if status in _GONE:
        return Answer(State.WITHDRAWN, said, Reason.GONE)
    later = status in _WORTH_A_RETRY or status >= 500
    return Answer(State.QUEUED if later else State.FAILED, said)


def _forget(device: Subscription, shop: Shop, said: str = "") -> Answer:
    subscribing.gone(shop, device)
    return Answer(State.WITHDRAWN, said, Reason.GONE)


def _topic(letter: Letter) -> str:
    """32 characters of base64url, as the standard wants them: of several messages the device gets the newest."""
    return base64.urlsafe_b64encode(hashlib.sha256(letter.topic.encode()).digest()[:24]).decode()
