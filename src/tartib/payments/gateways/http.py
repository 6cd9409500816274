"""Speaking to gateways: one client with time limits, whose errors never carry what was sent or who sent it."""

from __future__ import annotations

import json as encoding
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from tartib.payments.gateways.protocol import Unreachable

CONNECT, READ = 5, 20
"""Seconds to wait for a connection, and for each part of an answer."""
LARGEST = 4 * 1024 * 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """A gateway's answer: its HTTP status, below 500, and its body."""

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
    read: float = READ,
) -> Reply:
    """Call a gateway. Raises `Unreachable` when there is no answer, or one of 429 or above 499.

    Redirects are not followed: what was meant for a gateway goes nowhere else. The log names the host and the kind of
    trouble alone, since addresses, headers and bodies carry keys and people.
    """
    host = urlsplit(url).hostname
    try:
        with requests.request(
            method, url, json=json, data=form, params=query, headers=dict(headers or {}), auth=auth,
            timeout=(CONNECT, read), allow_redirects=False, stream=True,
        ) as response:  # fmt: skip
            body = bytearray()
            for part in response.iter_content(64 * 1024):
                body += part
                if len(body) > LARGEST:
                    break
    except (requests.RequestException, OSError) as error:
        logger.warning("%s does not answer: %s", host, type(error).__name__)
        raise Unreachable(type(error).__name__) from None
    if response.status_code == 429 or response.status_code >= 500 or len(body) > LARGEST:
        logger.warning("%s answers %s", host, response.status_code)
        raise Unreachable(f"HTTP {response.status_code}")
    return Reply(response.status_code, body.decode("utf-8", "replace"))
