"""Whoever takes anchors is killed at any moment: each file is whole or absent, and nothing is left out."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tartib.journal.anchors import files
from tests.factories import make_orders, make_shop
from tests.faults.killing import kill_until_done
from tests.journal.anchors.world import codes


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_anchors_are_whole_and_follow_each_other_however_often_whoever_takes_them_is_killed(
    settings: Settings, tmp_path: Path
) -> None:
    """X3: an anchor that is there is one that proves something."""
    settings.DATA, settings.TARTIB_ANCHOR_KEY = tmp_path, tmp_path / "anchor-key"
    shop = make_shop()
    make_orders(shop, 300)
    script = "anchoring.py"
    kills = kill_until_done(
        script, lambda _kills: [shop.slug, "12"], kills=3, seed=3, longest=0.5, TARTIB_DATA=str(tmp_path)
    )
    assert kills >= 2
    taken = sorted(place.name for place in files.folder(shop.pk).iterdir())
    assert taken == [f"{number:08d}.anchor" for number in range(1, len(taken) + 1)]
    assert len(taken) >= 12
    assert codes(shop) == []
