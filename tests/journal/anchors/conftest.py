"""A folder of its own for the anchors and their key, and a shop in which something happened."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tartib.shops.models import Shop
from tests.journal.anchors.world import make_busy_shop


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    settings.TARTIB_ANCHOR_KEY = tmp_path / "anchor-key"
    return tmp_path


@pytest.fixture
def shop(db: None) -> Shop:
    return make_busy_shop()[0]
