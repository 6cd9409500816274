"""`tartib import orders`: one command brings a shop's past in; a kill loses and doubles nothing (E8)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from tartib.cases.models import Case
from tartib.catalog.models import Stock
from tartib.imports.models import Import, State
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.shops.models import Shop
from tests.conftest import SERVER
from tests.factories import make_shop
from tests.imports.loads import many, row, table

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    return make_shop("essential", currency="UAH")


def _command(*words: str) -> tuple[list[str], dict[str, str]]:
    """The command, and the environment in which it finds this run's database."""
    environment = os.environ | {
        "DATABASE_URL": SERVER.url(str(connection.settings_dict["NAME"])),
        "DJANGO_SETTINGS_MODULE": "tartib.project.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    return [sys.executable, "-c", "from tartib.cli.main import main; main()", "import", *words], environment


def _run(*words: str, what: str = "orders") -> subprocess.CompletedProcess[str]:
    command, environment = _command(what, *words)
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_file_comes_in(shop: Shop, tmp_path: Path) -> None:
    """Exit code 0 and the counts when every order is in; 1 and an errors file with row and reason when not."""
    file, errors = tmp_path / "orders.csv", tmp_path / "errors.csv"
    file.write_bytes(table([row("A1"), row("A2", Status="cancelled")]))
    tried = _run(str(file), "--from", "csv", "--shop", shop.slug, "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "Orders read: 2; would be new: 2; already here: 0; rows left out: 0" in tried.stdout
    assert not Case.objects.exists()
    assert not Import.objects.exists()
    done = _run(str(file), "--from", "csv", "--shop", shop.slug)
    assert done.returncode == 0, done.stderr
    assert "Orders read: 2; new: 2; already here: 0" in done.stdout
    assert re.search(r"100%\s+2 orders", done.stderr)
    file.write_bytes(table([row("A1"), row("A3", Date="=never()"), row("A4")]))
    again = _run(str(file), "--from", "csv", "--shop", shop.slug, "--errors", str(errors))
    assert again.returncode == 1
    assert "Orders read: 2; new: 1; already here: 1; rows left out: 1" in again.stdout
    assert errors.read_text(encoding="utf-8-sig").splitlines() == [
        "Row,Kind,Column,Problem,Code",
        "3,Left out,Date,“=never()” is not a date.,bad-date",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "csv", "--shop", "nowhere"], "There is no shop 'nowhere'"),
        (["--from", "magento", "--shop", "{slug}"], "'magento' is not one of"),
        (["--from", "csv"], "Missing option '--shop'"),
        (["--from", "shopify", "--shop", "{slug}", "--show-mapping"], "Mappings are for --from csv"),
        (["--from", "csv", "--shop", "{slug}", "--status", "paid"], "is not STATE=STATUS"),
        (["--from", "csv", "--shop", "{slug}", "--status", "paid=gone"], "has no status 'gone'"),
        (["--from", "csv", "--shop", "{slug}", "--mapping", "{file}"], "is no mapping of columns"),
    ],
)
def test_a_call_that_makes_no_sense(shop: Shop, tmp_path: Path, words: list[str], said: str) -> None:
    """Exit code 2, what is wrong on stderr, and nothing done."""
    file = tmp_path / "orders.csv"
    file.write_bytes(many(1))
    done = _run(str(file), *(word.format(slug=shop.slug, file=file) for word in words))
    assert done.returncode == 2
    assert said in done.stderr
    assert not Case.objects.exists()


def test_the_guessed_mapping_is_shown_and_used(shop: Shop, tmp_path: Path) -> None:
    """The mapping is printed as TOML, edited, and given back; status words and statuses can be chosen."""
    file, mapping = tmp_path / "orders.csv", tmp_path / "mapping.toml"
    file.write_bytes(table([row("A1", Status="Ready to roll")]))
    shown = _run(str(file), "--from", "csv", "--show-mapping")
    assert 'number = "Order number"' in shown.stdout
    mapping.write_text(shown.stdout.replace("[statuses]", '[statuses]\n"ready to roll" = "paid"'), encoding="utf-8")
    done = _run(
        str(file), "--from", "csv", "--shop", shop.slug, "--mapping", str(mapping), "--status", "paid=on-hold"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Case.objects.get(shop=shop).status == "on-hold"


def _hear_interrupts() -> None:
    """What a shell runs in the background, as a test run may be, ignores Ctrl-C and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.proof
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_in_the_middle_it_goes_on(shop: Shop, tmp_path: Path, how: signal.Signals) -> None:
    """Killed without warning, or stopped by Ctrl-C, the same command goes on: nothing twice, nothing lost."""
    file = tmp_path / "orders.csv"
    file.write_bytes(many(4_000))
    words = (str(file), "--from", "csv", "--shop", shop.slug)
    command, environment = _command("orders", *words)
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=_hear_interrupts
    )
    until = time.monotonic() + 60
    while Case.objects.count() < 1_000 and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(how)
    process.communicate(timeout=30)
    there = Case.objects.count()
    assert 1_000 <= there < 4_000
    assert there % 1_000 == 0
    assert Import.objects.get().state == (State.STOPPED if how == signal.SIGINT else State.RUNNING)
    done = _run(*words)
    assert done.returncode == 0, done.stderr
    assert "Orders read: 4,000; new: 4,000; already here: 0" in done.stdout
    assert Case.objects.count() == 4_000
    assert Case.objects.values("order__external_id").distinct().count() == 4_000
    assert Entry.objects.filter(kind="imported").count() == 4_000
    assert not list(verify(shop))
    assert Import.objects.count() == 1


def test_products_come_in_by_a_command(shop: Shop, tmp_path: Path) -> None:
    """D11: the columns tell what wrote the file; a mapping is printed, changed and given; once is enough."""
    file, mapping = tmp_path / "goods.csv", tmp_path / "goods.toml"
    file.write_text("SKU,Name,Cost,Qty\nM-1,Mug,8.50,3\n", "utf-8")
    shown = _run(str(file), "--show-mapping", what="products")
    assert 'title = "Name"' in shown.stdout, shown.stderr
    mapping.write_text(shown.stdout + 'price = "Cost"\n', "utf-8")
    for expected in ("new: 1; already here: 0", "new: 0; already here: 1"):
        done = _run(str(file), "--shop", shop.slug, "--mapping", str(mapping), what="products")
        assert done.returncode == 0, done.stderr
        assert f"Products read: 1; {expected}" in done.stdout
    assert Stock.objects.get(product__sku="M-1").on_hand == 3


def test_a_column_that_is_missing_is_one_question(shop: Shop, tmp_path: Path) -> None:
    """Not an error a row: the columns are named, and the way to say which one it is."""
    file = tmp_path / "orders.csv"
    file.write_text("order,colour,total\n" + "".join(f"{number},red,5.00\n" for number in range(1001, 1101)))
    done = _run(str(file), "--from", "csv", "--shop", shop.slug)
    assert done.returncode == 1
    assert "Which column holds the day on which an order was placed?" in done.stderr
    assert "“colour”" in done.stderr
    assert "--mapping" in done.stderr
    assert "rows left out: 1;" in done.stdout


def test_the_store_of_a_file_keeps_equal_numbers_apart(shop: Shop, tmp_path: Path) -> None:
    """Two stores with one number: the second is reported, and comes in when its store is named."""
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_bytes(table([row("1001")]))
    second.write_bytes(table([row("1001", Date="2026-11-02 10:00", Email="bob@example.com", Total="9.00", Price="9")]))
    _run(str(first), "--from", "csv", "--shop", shop.slug)
    conflict = _run(str(second), "--from", "csv", "--shop", shop.slug)
    assert (conflict.returncode, "rows left out: 1" in conflict.stdout) == (1, True)
    assert "--store" in conflict.stderr
    assert _run(str(second), "--from", "csv", "--shop", shop.slug, "--store", "B").returncode == 0
    assert Case.objects.filter(shop=shop).count() == 2
