"""What the walk of all addresses does not reach: the world outside."""

from __future__ import annotations

import pytest

from tartib.notify.sms import kavenegar


@pytest.fixture(autouse=True)
def _no_provider_of_sms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kavenegar, "API", "http://127.0.0.1:1/v1")
