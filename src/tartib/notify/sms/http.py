"""Speaking to providers of SMS, who let texts wait when they are asked too much at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tartib.notify.sms.protocol import Waiting
from tartib.shops import providers
from tartib.shops.providers import Busy, Reply


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
    """Call a provider, as `shops.providers.call` does. Raises `Unreachable`, and `Waiting` for an answer of 429."""
    try:
        return providers.call(method, url, json=json, form=form, query=query, headers=headers, auth=auth)
    except Busy as problem:
        raise Waiting(str(problem)) from None
