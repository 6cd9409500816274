"""How Stripe's library speaks: by the one guarded way out.

It takes a second and 35 MB to load, so that only those import this who use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import stripe

from tartib.shops import providers
from tartib.shops.providers import Unreachable

# It would tell Stripe about this machine, and how fast it was answered.
stripe.enable_telemetry = False


class _WayOut(stripe.HTTPClient):
    name = "tartib"

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_more: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        """What Stripe answers: its body, its status, and none of its headers."""
        body = post_data.encode() if isinstance(post_data, str) else post_data
        try:
            reply = providers.post(method.upper(), url, body, headers or {})
        except Unreachable as problem:
            raise stripe.APIConnectionError(str(problem)) from None  # type: ignore[no-untyped-call]
        return reply.text, reply.status, {}

    def close(self) -> None:
        """Nothing stays open after a call."""


def client(key: str, api: str) -> stripe.StripeClient:
    """The library for one account. It asks once: what has no answer is asked again by whoever asked."""
    return stripe.StripeClient(key, base_addresses={"api": api}, max_network_retries=0, http_client=_WayOut())
