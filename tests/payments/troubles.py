"""What payments tell rooms above that a person has to see to, kept for a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tartib.journal.operations import Actor
from tartib.payments import hooks
from tartib.payments.hooks import Trouble
from tartib.shops.models import Shop


class Told:
    """All that was told, and what of it is still open."""

    def __init__(self) -> None:
        self.all: list[Trouble] = []

    def __call__(self, _shop: Shop, trouble: Trouble, _actor: Actor, _now: datetime) -> None:
        self.all.append(trouble)

    @property
    def open(self) -> dict[str, str]:
        """The kind of each trouble that is not over, by its key."""
        found: dict[str, str] = {}
        for trouble in self.all:
            if trouble.over:
                found.pop(trouble.key, None)
            else:
                found[trouble.key] = trouble.kind
        return found

    @property
    def kinds(self) -> list[str]:
        """The kinds of what is open."""
        return sorted(self.open.values())


@pytest.fixture
def troubles(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Listens for the time of a test."""
    told = Told()
    monkeypatch.setattr(hooks, "connected", replace(hooks.connected, on_trouble=(*hooks.connected.on_trouble, told)))
    return told
