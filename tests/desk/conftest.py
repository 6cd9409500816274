"""A shop whose owner has signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tartib.shops.models import Role, Shop
from tests.factories import make_shop, make_staff


@pytest.fixture
def shop(db: None) -> Shop:
    """A shop with the essential workflow, in hryvnias."""
    return make_shop(currency="UAH", languages=["en", "fa"])


@pytest.fixture
def sign_in(shop: Shop) -> Callable[..., Client]:
    """Sign in as a member of staff of that role, reading that language."""

    def enter(role: str = Role.OWNER, language: str = "en") -> Client:
        user = make_staff(shop, role, name="Erin")
        user.language = language
        user.save()
        client = Client(headers={"accept-language": language})
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def owner(sign_in: Callable[..., Client]) -> Client:
    """The browser of an owner."""
    return sign_in(Role.OWNER)
