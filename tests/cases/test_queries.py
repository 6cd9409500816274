"""Lists: filters in the address, search in any script, pages without gaps or doubles, counts in one statement."""

from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tartib.cases import queries
from tartib.cases.filters import SORTS, Filters, read_cursor
from tartib.cases.models import Case
from tartib.customers.operations import CustomerDraft
from tartib.shops.models import Shop
from tartib.shops.scope import scope
from tartib.shops.search import having_in_shop
from tests.factories import NOW, make_order, make_orders, make_product, make_shop, move, pay


def found(shop: Shop, **filters: object) -> list[Case]:
    with scope(shop.pk):
        return queries.case_page(shop, "order", Filters(**filters), now=NOW).cases  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["سارا", "ساراي", "كريمي", "۰۹۱۲۱۲۳۴۵۶۷", "+98 912 123 4567", "4567", "SARA@", "2611-0001", "sara example"]
)
def test_an_order_is_found_by_whatever_people_know_of_it(text: str) -> None:
    """C2, X5: code, name, phone and e-mail, in any script, letter variant and digits."""
    shop = make_shop(country="IR")
    case = make_order(shop, customer=CustomerDraft("سارای کریمی", "sara@example.com", "+989121234567"))
    make_orders(shop, 3)
    assert found(shop, text=text) == [case]


@pytest.mark.django_db
def test_the_index_of_words_and_the_reading_of_rows_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop()
    names = ["陳大文", "陳小文", "Olena O'Neil", "Олена Мар’яненко", "أحمد الرشيد"]
    for name in names:
        make_order(shop, customer=CustomerDraft(name))
    for text in ("陳", "大文", "oneil", "маряненко", "رشيد", "gift card", "nobody"):
        by_reading = found(shop, text=text)
        with monkeypatch.context() as patch:
            patch.setattr(queries, "WINDOW", 0)
            assert found(shop, text=text) == by_reading, text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "filters", [{"status": ("pending",)}, {"phase": ("waiting",)}, {"open": True}, {"status": ("pending", "cancelled")}]
)
def test_words_among_open_cases_find_what_words_among_all_find(
    monkeypatch: pytest.MonkeyPatch, filters: dict[str, object]
) -> None:
    shop = make_shop()
    made = make_orders(shop, 4)
    move(made[:2], "cancelled")
    monkeypatch.setattr(queries, "WINDOW", 0)
    expected = [case for case in found(shop, **filters) if "gift" in case.title.lower()]
    assert expected
    assert found(shop, text="gift", **filters) == expected


@pytest.mark.django_db
def test_a_long_number_is_asked_of_the_index_alone() -> None:
    shop = make_shop()
    case = make_order(shop)
    assert case.customer is not None
    with CaptureQueriesContext(connection) as captured:
        assert found(shop, text=case.customer.phone) == [case]
    assert len(captured) == 1


@pytest.mark.django_db
def test_filters_combine_and_stay_within_the_shop() -> None:
    shop, other = make_shop(), make_shop()
    paid, cancelled, _plain = make_orders(shop, 3)
    make_orders(other, 2)
    pay(paid)
    move(cancelled, "cancelled")
    assert found(shop, status=("processing",)) == [paid]
    assert found(shop, payment=("paid",), phase=("working", "waiting")) == [paid]
    assert found(shop, status=("cancelled",), payment=("paid",)) == []
    assert len(found(shop, open=True)) == 2
    assert len(found(shop, amount_from=Decimal(50), amount_to=Decimal(50))) == 3
    assert found(shop, amount_from=Decimal("50.01")) == []
    assert len(found(shop, placed_from=date(2026, 11, 22), placed_to=date(2026, 11, 22))) == 3
    assert found(shop, placed_to=date(2026, 11, 21)) == []
    late = queries.case_page(shop, "order", Filters(late=True), now=NOW + timedelta(days=30)).cases
    assert len(late) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("sort", SORTS)
def test_pages_follow_one_another_without_gaps_or_doubles(sort: str) -> None:
    shop = make_shop()
    make_orders(shop, 7)
    filters, cursor, seen = Filters(sort=sort), "", []
    for _page in range(4):
        page = queries.case_page(shop, "order", filters, now=NOW, cursor=cursor, size=2)
        seen += page.cases
        cursor = page.following
    assert cursor == ""
    assert len({case.pk for case in seen}) == len(seen) == 7


@pytest.mark.django_db
def test_rows_say_of_cases_what_the_cases_say() -> None:
    shop = make_shop()
    for draft in (
        CustomerDraft("Olena"),
        CustomerDraft("", "olena@example.com"),
        CustomerDraft("", "", "+380501234567"),
    ):
        make_order(shop, customer=draft)
    for sort in SORTS:
        cases = queries.case_page(shop, "order", Filters(sort=sort), now=NOW).cases
        rows = queries.page_of_rows(shop, "order", Filters(sort=sort), now=NOW).cases
        for case, row in zip(cases, rows, strict=True):
            known = (str(case.customer), str(case.owner), case.current_status)
            assert (row.customer, row.owner, row.current_status) == known
            assert all(getattr(row, name) == getattr(case, name) for name in row._fields[:-2])


@pytest.mark.django_db
def test_a_list_takes_the_same_statements_for_one_and_for_many_rows() -> None:
    shop = make_shop()
    make_order(shop)
    counted = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            for case in found(shop):
                assert str(case.customer)
                assert str(case.owner)
        counted.append(len(captured))
        make_orders(shop, 3)
    assert counted == [1, 1]


@pytest.mark.django_db
def test_views_are_counted_in_one_statement() -> None:
    shop = make_shop()
    move(make_orders(shop, 3)[:1], "cancelled")
    views = [Filters(), Filters(phase=("ended",)), Filters(text="gift"), Filters(late=True)]
    with CaptureQueriesContext(connection) as captured, scope(shop.pk):
        assert queries.counts(shop, "order", views, now=NOW) == [3, 1, 3, 0]
    assert len(captured) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount_from", "1e999999"), ("amount_to", "NaN"), ("placed_to", "9999-12-31"), ("placed_from", "soon"),
        ("owner", "me"), ("sort", "weight"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_left_out_and_named(name: str, value: str) -> None:
    filters = Filters.read({name: [value]})
    assert filters == Filters()
    assert filters.problems == (name,)


@given(
    st.builds(
        Filters,
        text=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20),
        status=st.lists(st.sampled_from(["pending", "failed"]), unique=True).map(tuple),
        owner=st.none() | st.integers(1, 10**6),
        placed_from=st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31)),
        amount_to=st.none() | st.decimals(0, 10**9, places=2),
        late=st.booleans(),
        sort=st.sampled_from(sorted(SORTS)),
    )
)
def test_the_address_of_a_list_reads_back_to_its_filters(filters: Filters) -> None:
    assert Filters.read(parse_qs(filters.as_query())) == filters


@given(st.text(max_size=60))
def test_a_forged_cursor_is_no_place_in_any_list(cursor: str) -> None:
    for column, _descending in SORTS.values():
        read_cursor(cursor, column)


@pytest.mark.django_db
def test_words_of_open_cases_are_looked_up_in_the_index_of_their_shop() -> None:
    shop, other = make_shop(), make_shop(currency="EUR")
    make_order(shop, make_product(shop, name="Velvet curtain"))
    make_order(other, make_product(other, name="Velvet curtain"))
    found = having_in_shop(Case.objects.filter(closed_at__isnull=True), shop.pk, ["velvet", "curt"])
    with scope(shop.pk), connection.cursor() as cursor:
        assert found.count() == 1
        # What a function asks stands in no plan: it is taken out of the function.
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'cases_case_open_having'")
        asked = cursor.fetchone()[0].removeprefix("BEGIN RETURN QUERY EXECUTE").removesuffix("; END")
        cursor.execute("SELECT " + asked.replace("wanted", f"'''{shop.pk}:velvet'':*'"))
        statement = cursor.fetchone()[0]
        assert not having_in_shop(Case.objects.filter(shop=other), shop.pk, ["velvet"]).exists()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        # With two rows the server reads any other index of open cases, or of a shop's, rather than this one.
        cursor.execute("DROP INDEX case_by_owner")
        cursor.execute("EXPLAIN " + statement.replace(f"shop_id = {shop.pk} AND", ""))
        assert "case_by_open_words" in str(cursor.fetchall())
