"""`tartib verify`: what is wrong on a line each, and an exit code (X3)."""

import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connection, transaction
from pytest_django import Settings

from tartib.cases.models import Case
from tartib.cli import verify
from tartib.cli.main import tartib
from tartib.journal.anchors import files
from tartib.journal.anchors.taking import take
from tartib.journal.models import Anchoring, Entry
from tartib.shops.models import Shop
from tests.factories import NOW
from tests.insider import insider
from tests.journal.anchors.world import anchored, chain_anew, make_busy_shop
from tests.threads import at_once


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.DATA, settings.TARTIB_ANCHOR_KEY = tmp_path / "data", tmp_path / "data" / "anchor-key"
    # The database of the tests is there already.
    monkeypatch.setattr(verify, "database", nullcontext)
    return tmp_path / "data"


def run(*words: object) -> Result:
    return CliRunner().invoke(tartib, ["verify", *map(str, words)])


@pytest.mark.django_db
def test_it_tells_what_an_insider_did_and_where(data: Path, tmp_path: Path) -> None:
    shop, _product = make_busy_shop()
    anchored(shop)
    copies = shutil.copytree(data / "anchors", tmp_path / "copies")
    said = run("--against", copies)
    assert (said.exit_code, said.output) == (0, f"{Shop.objects.count()} shops checked, 0 faults found.\n")
    case = Case.objects.filter(shop=shop).latest("pk")
    with insider():
        Entry.objects.filter(case_id=case.pk, seq=1).update(actor_name="Somebody else")
        chain_anew(case.pk)
    assert run().exit_code == 0, "made anew, a chain tells nothing by itself"
    said = run("--against", copies)
    assert said.exit_code == 1
    assert f"{shop.slug}: the timeline of case {case.pk} was written anew: an entry from 1 to" in said.output
    assert said.output.endswith(" shops checked, 1 faults found.\n")
    assert run("--shop", shop.slug, "--against", copies / str(shop.pk)).exit_code == 1
    assert run("--against", tmp_path / "nowhere").exit_code == 2
    assert run("--shop", "nobody").exit_code == 2


@pytest.mark.django_db
def test_only_anchors_of_the_key_that_is_given_are_believed(data: Path) -> None:
    shop, _product = make_busy_shop()
    anchored(shop)
    (key,) = (data / "anchors" / "keys").iterdir()
    assert run("--against", data / "anchors", "--key", key).exit_code == 0
    (data / "anchor-key").unlink()
    key.unlink()
    other, _product = make_busy_shop()
    anchored(other)
    (key,) = (data / "anchors" / "keys").iterdir()
    said = run("--shop", other.slug, "--against", data / "anchors", "--key", key)
    assert f"{files.place_of(shop.pk, 1)} was not signed by a key" in said.output


@pytest.mark.django_db
def test_a_shop_that_was_removed_is_told_of(data: Path) -> None:
    shop, _product = make_busy_shop()
    anchored(shop)
    with transaction.atomic():
        with insider(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM shops_shop WHERE id = %s", [shop.pk])
        said = run("--against", data / "anchors")
        transaction.set_rollback(True)
    assert f"{shop.slug}: the shop was removed; at anchor 1 of 2026-11-22 09:30 it had 3 timelines." in said.output


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_one_anchor(data: Path) -> None:
    shop, _product = make_busy_shop()
    taken = at_once(lambda _number: take(shop, now=NOW), 2, hands=2)
    assert sorted(one is not None for one in taken) == [False, True]
    assert [place.name for place in files.folder(shop.pk).iterdir()] == ["00000001.anchor"]
    assert Anchoring.objects.get(shop=shop).number == 1
    assert run("--against", data / "anchors").exit_code == 0
