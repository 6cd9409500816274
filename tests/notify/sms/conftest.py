"""The providers of SMS, each on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notify.sms.providers import ALL, Provider, running


@pytest.fixture(params=ALL, ids=lambda kind: kind.code)
def provider(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """Each provider in turn."""
    with running(request.param, monkeypatch) as server:
        yield server
