"""Malformed, hostile and huge files: an error with its place, and the rest is read; memory stays bounded."""

import json
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.imports.platforms import Options, detect, platforms
from tartib.imports.reading import encodings
from tartib.imports.reading.entries import Entry, entries
from tartib.imports.records import PROBLEMS, OrderRecord, RowError, safe_cell
from tests.imports.reads import as_csv, as_json, codes, read, shopify_order, woo_order

HEADER = "number,date,customer,total\n"
GOOD = "{},2025-11-12,Ann,5.00\n"


class Stream:
    """A file of any size that is made while it is read, each time anew."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        self._make = pieces
        self._pieces = pieces()

    def read(self, _size: int = -1, /) -> bytes:
        return next(self._pieces, b"")

    def seek(self, _offset: int, /) -> None:
        self._pieces = self._make()


@pytest.mark.parametrize("platform", ["csv", "shopify", "woocommerce"])
@pytest.mark.parametrize("content", [b"", b"  \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file(platform: str, content: bytes) -> None:
    _, errors, _ = read(platform, content)
    assert codes(errors) == [(0, "empty-file")]


def test_a_file_with_column_names_only() -> None:
    assert codes(read("csv", HEADER)[1]) == [(0, "header-only")]


@pytest.mark.parametrize("content", [b"[]", b'{"orders": []}', b'{"orders":\n []}', b"[1, 2]"])
def test_json_without_orders(content: bytes) -> None:
    assert codes(read("shopify", content)[1]) in ([(0, "no-orders")], [(1, "not-an-order"), (1, "not-an-order")])


def test_a_table_without_a_number_column() -> None:
    assert codes(read("csv", "colour,total\nred,5\n")[1]) == [(1, "no-id-column")]


def test_text_of_no_known_encoding_is_refused_clearly() -> None:
    noise = HEADER.encode() + bytes(range(0x100)) * 40
    _, errors, _ = read("csv", noise)
    assert codes(errors) == [(0, "unknown-encoding")]
    assert "UTF-8" in errors[0].text
    assert codes(read("shopify", b'[{"name": "' + "سلام دنیا".encode("cp1256", "replace") + b'"}]')[1]) == [
        (0, "unknown-encoding")
    ]


def test_a_broken_letter_far_into_the_file_damages_only_its_order() -> None:
    rows = "".join(GOOD.format(number).replace("Ann", "Олена") for number in range(5000)).encode()
    orders, errors, warnings = read(
        "csv", HEADER.encode() + rows + b"x,2025-11-12,\xff\xfe,5.00\n" + b"y,2025-11-12,B,5\n"
    )
    assert len(orders) == 5002
    assert not errors
    assert codes(warnings) == [(5002, "damaged-text")]


def test_an_unclosed_quotation_mark_costs_one_row() -> None:
    content = HEADER + GOOD.format(1) + '2,2025-11-12,"Ann,5.00\n' + GOOD.format(3) + GOOD.format(4)
    orders, errors, _ = read("csv", content)
    assert [order.number for order in orders] == ["1", "3", "4"]
    assert codes(errors) == [(3, "unclosed-quote")]


def test_cells_may_have_line_breaks_and_rows_keep_their_numbers() -> None:
    content = HEADER + '1,2025-11-12,"Ann\nLee",5.00\n\n' + GOOD.format(2) + "3,never,Ann,5\n"
    orders, errors, _ = read("csv", content)
    assert [(order.number, order.row) for order in orders] == [("1", 2), ("2", 5)]
    assert [(error.row, error.code, error.column) for error in errors] == [(6, "bad-date", "date")]


def test_an_oversize_line_is_refused_in_bounded_memory_and_the_next_read() -> None:
    def pieces() -> Iterator[bytes]:
        yield (HEADER + GOOD.format(1) + "2,2025-11-12,").encode()
        for _ in range(100):
            yield b"A" * 1024 * 1024
        yield (",5.00\n" + GOOD.format(3)).encode()

    tracemalloc.start()
    found = list(platforms()["csv"].read(Stream(pieces), Options(currency="UAH")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [item.number for item in found if isinstance(item, OrderRecord)] == ["1", "3"]
    assert codes([item for item in found if isinstance(item, RowError)]) == [(3, "too-large")]
    assert peak < 16 * 1024 * 1024


@pytest.mark.parametrize("one_a_line", [False, True])
def test_an_oversize_json_order_is_refused_in_bounded_memory_and_the_next_read(one_a_line: bool) -> None:
    def pieces() -> Iterator[bytes]:
        between = b"\n" if one_a_line else b","
        yield (b"" if one_a_line else b"[") + as_json(shopify_order(id=1)) + between + b'{"id": 2, "note": "'
        for _ in range(40):
            yield b"A" * 1024 * 1024
        yield b'"}' + between + as_json(shopify_order(id=3)) + (b"" if one_a_line else b"]")

    tracemalloc.start()
    found = list(platforms()["shopify"].read(Stream(pieces), Options()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [item.external_id for item in found if isinstance(item, OrderRecord)] == ["1", "3"]
    assert codes([item for item in found if isinstance(item, RowError)]) == [(2, "too-large")]
    assert peak < 16 * 1024 * 1024


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(count: int) -> int:
        def pieces() -> Iterator[bytes]:
            yield HEADER.encode()
            for number in range(count):
                yield GOOD.format(number).encode()

        tracemalloc.start()
        assert sum(1 for _ in platforms()["csv"].read(Stream(pieces), Options(currency="UAH"))) == count
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)
    assert peak(4000) < peak(400) + 1024 * 1024


def test_one_malformed_order_does_not_end_the_file() -> None:
    first, third = as_json(woo_order(id=1)), as_json(woo_order(id=3))
    orders, errors, _ = read("woocommerce", b"[" + first + b',{"id": 2, "status": },' + third + b"]")
    assert [order.external_id for order in orders] == ["1", "3"]
    assert codes(errors) == [(2, "bad-json")]
    assert "character 21" in errors[0].text
    orders, errors, _ = read("woocommerce", first + b'\n{"id": 2, "x": [\n' + third)
    assert [order.external_id for order in orders] == ["1", "3"]
    assert codes(errors) == [(2, "bad-json")]


def test_a_cut_file_gives_what_is_whole_and_says_that_it_is_cut() -> None:
    whole = as_json([woo_order(id=1), woo_order(id=2)])
    orders, errors, _ = read("woocommerce", whole[:-40])
    assert [order.external_id for order in orders] == ["1"]
    assert codes(errors) == [(2, "cut-json")]


@pytest.mark.parametrize("content", [b'[{"id": 1]', b"[}", b"[" * 5000, b'{"a":' * 5000, b'[{"a": ' + b"[" * 5000])
def test_brackets_that_do_not_match_are_said_with_their_place(content: bytes) -> None:
    orders, errors, _ = read("shopify", content)
    assert not orders
    assert {code for _, code in codes(errors)} <= {"bad-json", "cut-json"}
    assert errors


@given(
    st.lists(
        st.dictionaries(
            st.text(max_size=5),
            st.recursive(
                st.text(max_size=8) | st.integers() | st.none(), lambda inner: st.lists(inner, max_size=3), max_leaves=4
            )
            | st.dictionaries(st.text(max_size=3), st.text(max_size=8), max_size=2),
            max_size=4,
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from((None, 1)),
    st.booleans(),
    st.integers(1, 40),
)
def test_json_is_cut_into_its_orders_wherever_the_pieces_break(
    orders: list[dict[str, object]], indent: int | None, answer: bool, size: int
) -> None:
    content = json.dumps({"count": 1, "orders": orders} if answer else orders, indent=indent, ensure_ascii=False)
    data = content.encode("utf-8", "replace")
    expected = json.loads(data)
    first = max(size, 12)  # where the list's name is must not matter; the head is read in one piece
    pieces = [data[:first], *(data[at : at + size] for at in range(first, len(data), size))]
    found = list(entries(Stream(lambda: iter(pieces))))
    read_orders = [item.data for item in found if isinstance(item, Entry)]
    assert read_orders == (expected["orders"] if answer else expected)


@given(st.binary(max_size=400), st.sampled_from(("csv", "shopify", "woocommerce")))
def test_no_bytes_whatever_break_the_reading(content: bytes, platform: str) -> None:
    detect(content)
    read(platform, content)
    read(platform, HEADER.encode() + content)
    read(platform, b'[{"id":1,"status":"x","line_items":[],"created_at":"' + content + b'"}]')


@given(
    st.dictionaries(
        st.sampled_from(("id", "status", "date_created_gmt", "total", "line_items", "billing", "refunds", "currency")),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.lists(st.integers())
        | st.just({"a": [1]}),
    )
)
def test_no_values_whatever_break_an_order(changes: dict[str, object]) -> None:
    read("woocommerce", json.dumps([woo_order(**changes)]).encode())
    read("shopify", json.dumps([shopify_order(**changes)]).encode())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total": "lots"}, "bad-amount"),
        ({"total": "-5.00"}, "negative-amount"),
        ({"total": "99999999999999"}, "bad-amount"),
        ({"total": "NaN"}, "bad-amount"),
        ({"date": "soon"}, "bad-date"),
        ({"date": ""}, "no-date"),
        ({"date": "0001-01-01"}, "bad-date"),
        ({"quantity": "1e99"}, "bad-quantity"),
        ({"quantity": "many"}, "bad-quantity"),
        ({"currency": "shells"}, "bad-currency"),
        ({"number": "9" * 65}, "long-id"),
    ],
)
def test_bad_cells_refuse_their_order_and_name_their_column(changes: dict[str, str], code: str) -> None:
    good = {
        "number": "1",
        "date": "2025-11-12",
        "total": "5.00",
        "sku": "A",
        "quantity": "1",
        "price": "5",
        "currency": "UAH",
    }
    orders, errors, _ = read("csv", as_csv({**good, **changes}, {**good, "number": "2"}))
    assert [order.number for order in orders] == ["2"]
    assert codes(errors) == [(2, code)]
    assert errors[0].column == next(iter(changes))


def test_an_order_without_a_currency_needs_a_default() -> None:
    assert codes(read("csv", HEADER + GOOD.format(1), Options())[1]) == [(2, "no-currency")]


def test_orders_that_are_twice_in_a_file_count_once() -> None:
    orders, errors, _ = read("csv", HEADER + GOOD.format(1) + GOOD.format(2) + GOOD.format(1))
    assert sorted(order.number for order in orders) == ["1", "2"]
    assert [(error.row, error.code, error.params) for error in errors] == [(4, "duplicate-id", {"id": "1"})]


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_text_when_read_and_harmless_when_written(cell: str) -> None:
    row = {
        "number": "1",
        "date": "2025-11-12",
        "total": "5",
        "customer": cell,
        "sku": "A",
        "quantity": "1",
        "price": "5",
    }
    orders, _, _ = read("csv", as_csv(row))
    assert orders[0].customer.name == cell.strip()
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ann", "-12.50", "+380671234567", "1=1", "سلام"])
def test_plain_cells_are_written_as_they_are(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_text_that_a_database_cannot_keep_is_cleaned() -> None:
    order = shopify_order(note="a\x00b\x07c\nd\ud800")
    orders, _, _ = read("shopify", json.dumps([order]).encode())
    assert orders[0].customer_note == "abc\nd\ufffd"


def test_html_in_names_stays_text() -> None:
    orders, _, _ = read("csv", HEADER + GOOD.format(1).replace("Ann", "<script>alert(1)</script>"))
    assert orders[0].customer.name == "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("sample", "encoding"),
    [
        ("Номер,Клієнт\n1,Олена Ковальчук, м. Київ, вул. Хрещатик", "cp1251"),
        ("رقم,العميل\n1,أحمد الرشيد، الرياض، شارع الملك فهد", "cp1256"),
        ("訂單,顧客\n1,陳大文,香港九龍彌敦道一號", "big5hkscs"),
        ("Номер,Клієнт", "utf-8"),
        ("plain", "utf-8"),
        ("訂單編號,顧客姓名\n1,陳大文", "utf-16-le"),
        ("訂單編號,顧客姓名\n1,陳大文", "utf-16-be"),
    ],
)
def test_old_code_pages_are_told_apart(sample: str, encoding: str) -> None:
    assert encodings.detect([sample.encode(encoding)]) == encoding


def test_a_workbook_is_not_a_text_file() -> None:
    assert codes(read("csv", b"PK\x03\x04\x14\x00\x06\x00")[1]) == [(0, "unknown-encoding")]


def test_a_letter_cut_by_the_end_of_the_file_is_damage_and_no_code_page() -> None:
    assert encodings.detect(["Номер замовлення".encode()[:-1]]) == "utf-8"
    assert encodings.detect(["Blue \ufffd".encode()]) == "utf-8", (
        "what was damaged before it was written is well written"
    )


def test_problems_have_words_for_their_params() -> None:
    for code, words in PROBLEMS.items():
        names = (
            "reason position limit column id value state expected total product wanted available reserved columns read "
            "day own_day own_total number"
        )
        params = dict.fromkeys(names.split(), "x")
        assert RowError(1, code, params=params).text == words.format_map(params)
