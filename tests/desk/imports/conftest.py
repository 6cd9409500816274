"""A shop whose owner has signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from tartib.shops.models import Shop
from tests.factories import make_shop


@pytest.fixture
def shop(db: None) -> Shop:
    """A shop with the essential workflow, in hryvnias."""
    return make_shop(currency="UAH")


@pytest.fixture
def owner(shop: Shop) -> Client:
    """The browser of its owner."""
    assert shop.default_owner is not None
    client = Client()
    client.force_login(shop.default_owner.user)
    return client
