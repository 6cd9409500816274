"""Speaking to providers of SMS: by the guarded way out, with errors that never carry what was sent or who sent it."""

from __future__ import annotations

import base64
import json as encoding
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from tartib.notify.sms.protocol import Unreachable, Waiting
from tartib.shops import outside

WITHIN = 20.0
"""Seconds for a whole call."""
LARGEST = 1024 * 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """A provider's answer: its HTTP status, below 500, and its body."""

    status: int
    text: str

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
) -> Reply:
    """Call a provider. Raises `Unreachable` when there is no answer or one above 499, `Waiting` for one of 429.

    The log names the host and the kind of trouble alone, since addresses and bodies carry keys and people.
    """
    host, given, body = urlsplit(url).hostname, {"Accept": "application/json", **(headers or {})}, None
    if form is not None:
        body, given["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded; charset=utf-8"
    elif json is not None:
        body, given["Content-Type"] = encoding.dumps(json).encode(), "application/json"
    if auth is not None:
        given["Authorization"] = f"Basic {base64.b64encode(':'.join(auth).encode()).decode()}"
    whole = f"{url}?{urlencode(query)}" if query else url
    try:
        answered = outside.call(method, whole, body=body, headers=given, most=LARGEST, within=WITHIN)
    except outside.NotFetched as problem:
        logger.warning("%s does not answer: %s", host, problem)
        raise Unreachable(f"{host}: {problem}") from None
    if answered.status == 429:
        raise Waiting("HTTP 429")
    if answered.status >= 500 or answered.status in (408, 425):
        logger.warning("%s answers %s", host, answered.status)
        raise Unreachable(f"{host}: HTTP {answered.status}")
    return Reply(answered.status, answered.body.decode("utf-8", "replace"))
