"""Speaking to providers at which shops have accounts (gateways, SMS): by the guarded way out, answers in one shape.

Errors and the log never carry what was sent or who sent it: they name the host and the kind of trouble alone, since
addresses, headers and bodies carry keys and people.
"""

from __future__ import annotations

import base64
import json as encoding
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from tartib.shops import outside

WITHIN: Final = 25.0
"""Seconds for a whole call."""
LARGEST: Final = 4 * 1024 * 1024
_LATER: Final = (408, 425)

logger = logging.getLogger(__name__)


class Unreachable(Exception):
    """No answer, or none that says anything: what was asked may or may not have happened. Ask again later.

    `pause` is how long the provider wants to be asked nothing at all for an account.
    """

    def __init__(self, reason: str = "", pause: timedelta | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


class Busy(Unreachable):
    """It has been asked too much at once, and has not looked at this: an answer of 429."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A provider's answer: its HTTP status, below 500, and its body."""

    status: int
    text: str

    @property
    def fine(self) -> bool:
        """Whether the status says that it was done."""
        return self.status < 400

    def json(self) -> Any:
        """The body as JSON; raises `Unreachable` where it is something else, such as a proxy's page."""
        try:
            return encoding.loads(self.text)
        except ValueError:
            raise Unreachable("the answer is not JSON") from None


def call(
    method: str,
    url: str,
    *,
    json: Any = None,
    form: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    within: float = WITHIN,
    inside: bool = False,
) -> Reply:
    """Call a provider. Raises `Unreachable` when there is no answer in time or one above 499, `Busy` for one of 429.

    Redirects are not followed: what was meant for a provider goes nowhere else. `inside` is for what Tartib itself
    answers, at an address that no shop has written.
    """
    given, body = {"Accept": "application/json", **(headers or {})}, None
    if form is not None:
        body, given["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded; charset=utf-8"
    elif json is not None:
        body, given["Content-Type"] = encoding.dumps(json).encode(), "application/json"
    if auth is not None:
        given["Authorization"] = f"Basic {base64.b64encode(':'.join(auth).encode()).decode()}"
    whole = f"{url}?{urlencode(query)}" if query else url
    return post(method, whole, body, given, within=within, inside=inside)


def post(
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    *,
    within: float = WITHIN,
    inside: bool = False,
) -> Reply:
    """Send a body that is made already. Raises as `call` does."""
    host = urlsplit(url).hostname
    try:
        answered = outside.call(method, url, body=body, headers=headers, most=LARGEST, within=within, inside=inside)
    except outside.NotFetched as problem:
        logger.warning("%s does not answer: %s", host, problem)
        raise Unreachable(f"{host}: {problem}") from None
    if answered.status >= 500 or answered.status in (429, *_LATER):
        logger.warning("%s answers %s", host, answered.status)
        raise (Busy if answered.status == 429 else Unreachable)(f"HTTP {answered.status}")
    return Reply(answered.status, answered.body.decode("utf-8", "replace"))
