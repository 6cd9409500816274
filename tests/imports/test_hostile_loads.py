"""Bad input brought in: a clear problem for each row, everything else is in, nothing breaks (E8, issue 2 section 6)."""

from __future__ import annotations

import io
import json
import resource
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.utils import translation

from tartib.cases.models import Case
from tartib.imports import operations
from tartib.imports.operations import Choices
from tartib.imports.reading.mapping import FIELDS
from tartib.imports.records import PROBLEMS, RowError
from tartib.imports.reports import report
from tartib.imports.words import GROUPS, SENTENCES, sentence
from tests.factories import NOW, make_shop
from tests.imports.loads import brought, case, found, many, now, problems, row, table, woocommerce

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "platform", "code"),
    [
        (b"", "csv", "empty-file"),
        (b"Order number,Date\n", "csv", "header-only"),
        (b"PK\x03\x04" + b"\x00" * 500, "csv", "unknown-encoding"),
        (b'{"orders": [{"id": 1, "line_items": }]}', "shopify", "bad-json"),
        (b'[{"id": 1, "line_items": [', "woocommerce", "cut-json"),
        (b"[1, 2, 3]", "woocommerce", "no-orders"),
        (b'[{"id": 1}]', "woocommerce", "not-an-order"),
    ],
)
def test_a_file_that_is_no_file_of_orders(content: bytes, platform: str, code: str) -> None:
    shop = make_shop("essential")
    batch = brought(shop, content, platform)
    assert code in [what for _row, what in found(batch)]
    assert (batch.placed, batch.errors > 0) == (0, True)


def test_bad_rows_are_left_out_and_the_others_come_in() -> None:
    """Each bad row has its number and reason; the orders around it are in."""
    shop = make_shop("essential", currency="UAH")
    batch = brought(
        shop,
        table(
            [
                row("A1"),
                row("A2", Total="-5.00"),
                row("A3", Date="soon"),
                row("A4", Date="2150-01-01"),
                row("", Date="2026-11-01"),
                row("A6", Status="teleported"),
                row("A7", Quantity="a few"),
                row("A8"),
            ]
        ),
    )
    assert {code for _row, code in found(batch)} >= {"negative-amount", "bad-date", "future-date", "unknown-status"}
    assert {"A1", "A6", "A8"} <= set(Case.objects.filter(shop=shop).values_list("order__number", flat=True))
    assert not Case.objects.filter(shop=shop, order__number__in=["A2", "A3", "A4", "A7"]).exists()
    assert case(shop, "A6").status in {"pending", "processing"}


def test_html_and_formulas_stay_text() -> None:
    """HTML in names is kept as it is written, and the errors file has no cell that a spreadsheet would run."""
    shop = make_shop("essential", currency="UAH")
    name = '<script>alert("x")</script>'
    batch = brought(
        shop,
        table([row("A1", **{"Customer name": name}), row("A2", Status="=cmd|'/c calc'!A1"), row("A3", Total='=1+1"')]),
    )
    customer = case(shop, "A1").customer
    assert customer is not None
    assert customer.name == name
    lines = "".join(report(problems(batch))).splitlines()
    assert len(lines) == 1 + batch.errors + batch.warnings
    for line in lines[1:]:
        assert not any(cell.lstrip('"').startswith(("=", "+", "@")) for cell in line.split(","))


def test_columns_that_are_too_narrow_do_not_stop_an_order() -> None:
    """Texts longer than what is kept of them are cut; an address that would be wrong when cut is left out."""
    shop = make_shop("essential", currency="UAH")
    brought(
        shop,
        woocommerce(
            number="900",
            payment_method_title="p" * 500,
            billing={
                "first_name": "n" * 500,
                "email": f"{'e' * 300}@example.com",
                "phone": "+380671234567",
                "city": "c" * 900,
            },
            line_items=[{"id": 1, "name": "x" * 900, "sku": "s" * 200, "quantity": 1, "total": "250.00"}],
        ),
        "woocommerce",
    )
    one = case(shop, "900")
    assert one.customer is not None
    assert (len(one.customer.name), one.customer.email) == (200, "")


def test_a_discount_larger_than_its_line_is_taken_as_all_of_it() -> None:
    shop = make_shop("essential", currency="UAH")
    columns = ("Order number", "Date", "Status", "Total", "Product", "Quantity", "Price", "Item discount")
    brought(shop, table([row("A1", **{"Item discount": "500"})], columns))
    line = case(shop, "A1").lines.get()
    assert (line.discount, line.total) == (Decimal(100), Decimal(0))


def test_old_code_pages_are_read() -> None:
    """A Ukrainian file in Windows-1251 comes in with its letters."""
    shop = make_shop("essential", currency="UAH")
    content = table([row("A1", **{"Customer name": "Олена Ковальчук", "Product": "Сорочка синя"})])
    brought(shop, content.decode().encode("cp1251"))
    customer = case(shop, "A1").customer
    assert customer is not None
    assert customer.name == "Олена Ковальчук"


class _Endless(io.RawIOBase):
    """A file with one line of a hundred million letters among good rows, made as it is read."""

    def __init__(self) -> None:
        self._pieces = self._all()
        self._rest = b""

    def _all(self) -> Iterator[bytes]:
        yield table([row("A1")])
        for _megabyte in range(100):
            yield b"x" * 1_000_000
        yield b"\r\n" + table([row("A2")]).split(b"\r\n", 1)[1]

    def seek(self, _offset: int, _whence: int = 0, /) -> int:
        self._pieces, self._rest = self._all(), b""
        return 0

    def read(self, size: int = -1, /) -> bytes:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


def test_a_line_of_a_hundred_megabytes() -> None:
    """It is refused with its row number, the rows around it come in, and memory stays bounded."""
    shop = make_shop("essential", currency="UAH")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read = placed = 0
    wrong: list[RowError] = []
    for tally, _done in operations.reckon(shop, _Endless(), Choices("csv"), clock=now):
        read, placed, wrong = read + tally.read, placed + tally.placed, wrong + tally.problems
    assert (read, placed) == (2, 2)
    assert [(problem.row, problem.code) for problem in wrong] == [(3, "too-large")]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000  # kilobytes


def test_a_file_that_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop("essential")
    assert shop.default_owner is not None
    monkeypatch.setattr(operations, "LARGEST", 1000)
    with pytest.raises(operations.TooLarge):
        operations.keep(shop.default_owner, io.BytesIO(b"x" * 1001), "big.csv", "csv", now=NOW)
    assert not shop.imports.exists()


def test_orders_of_another_shop_are_others() -> None:
    """The same numbers in two shops are two orders each (X8)."""
    first, second = make_shop("essential", currency="UAH"), make_shop("essential", currency="UAH")
    brought(first, many(2))
    batch = brought(second, many(2))
    assert (batch.placed, batch.present) == (2, 0)


def test_every_problem_and_field_has_its_words() -> None:
    """X5: what may be wrong with a row is said in the reader's language."""
    assert dict(SENTENCES) == dict(PROBLEMS)
    assert {name for _group, labels in GROUPS for name in labels} == set(FIELDS)
    problem = RowError(1, "unknown-status", params={"value": "{x}", "state": "on-hold"})
    with translation.override("en"):
        assert sentence(problem) == "The status “{x}” is not known; the order was taken as “On hold”."


def test_json_with_halves_of_letters_is_stored() -> None:
    """Half characters and zero bytes, which a database refuses, do not keep the order out."""
    shop = make_shop("essential", currency="UAH")
    data = json.loads(woocommerce(number="901"))
    text = json.dumps(data).replace("\\u041e\\u043b\\u0435\\u043d\\u0430", "Ol\\ud800ena\\u0000")
    brought(shop, text.encode(), "woocommerce")
    assert case(shop, "901").status == "completed"
