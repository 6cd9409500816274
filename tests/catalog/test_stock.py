"""Stock moves wholly or not at all, never below zero, and the ledger always adds up (requirements A4, X1)."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tartib.catalog.models import Movement, MovementKind, Product, Stock
from tartib.catalog.stock import Short, Want, shift
from tartib.shops.models import Branch, Shop
from tests.examples import few
from tests.factories import NOW, make_product, make_shop
from tests.threads import at_once


def _shift(shop: Shop, wants: list[Want], kind: MovementKind) -> tuple[list[Want], dict[int, Short]]:
    return shift(shop, wants, kind, actor_name="Erin", now=NOW, act_id=uuid4())


def _taking(case: int, branch: Branch, product: Product, pieces: int = 1, line: int = 1) -> Want:
    return Want(case, line, branch.pk, product.pk, -pieces, 0)


def _ledger_adds_up() -> bool:
    """Whether every stock is the sum of its movements."""
    return all(
        (stock.on_hand, stock.reserved)
        == tuple(stock.movements.aggregate(h=Sum("on_hand", default=0), r=Sum("reserved", default=0)).values())
        for stock in Stock.objects.all()
    )


@pytest.mark.django_db
class TestShift:
    """One call, several cases."""

    def test_a_case_is_served_wholly_or_not_at_all(self) -> None:
        shop = make_shop()
        branch = shop.branches.get()
        shirt, shoe = make_product(shop, pieces=5, name="Shirt"), make_product(shop, pieces=1, name="Shoe")
        done, short = _shift(
            shop,
            [
                _taking(1, branch, shirt, 3, line=1),
                _taking(1, branch, shoe, 2, line=2),
                _taking(2, branch, shirt, 4, line=3),
            ],
            MovementKind.TAKEN,
        )
        assert [want.case_id for want in done] == [2]
        assert short == {1: Short("Shoe", 2, 1)}
        assert list(Stock.objects.order_by("pk").values_list("on_hand", flat=True)) == [1, 1]
        assert _ledger_adds_up()

    def test_lines_that_share_a_stock_are_counted_together(self) -> None:
        shop = make_shop()
        branch, product = shop.branches.get(), make_product(shop, pieces=3, name="Shirt")
        done, short = _shift(
            shop, [_taking(1, branch, product, 2, 1), _taking(1, branch, product, 2, 2)], MovementKind.TAKEN
        )
        assert (done, short) == ([], {1: Short("Shirt", 4, 3)})
        assert Stock.objects.get().on_hand == 3

    def test_the_case_named_first_gets_the_last_piece(self) -> None:
        shop = make_shop()
        branch, product = shop.branches.get(), make_product(shop, pieces=1)
        done, short = _shift(shop, [_taking(case, branch, product) for case in (9, 3)], MovementKind.TAKEN)
        assert [want.case_id for want in done] == [9]
        assert set(short) == {3}

    def test_what_is_promised_cannot_be_taken_by_another_and_can_by_its_own(self) -> None:
        shop = make_shop()
        branch, product = shop.branches.get(), make_product(shop, pieces=2, name="Shirt")
        _shift(shop, [Want(1, 1, branch.pk, product.pk, 0, 2)], MovementKind.RESERVED)
        assert _shift(shop, [_taking(2, branch, product)], MovementKind.TAKEN)[1] == {2: Short("Shirt", 1, 0)}
        done, _short = _shift(shop, [Want(1, 1, branch.pk, product.pk, -2, -2)], MovementKind.TAKEN)
        assert len(done) == 1
        stock = Stock.objects.get()
        assert (stock.on_hand, stock.reserved) == (0, 0)

    def test_a_branch_without_the_product_has_nothing_to_give(self) -> None:
        shop = make_shop()
        make_product(shop, pieces=5)
        product = Product.objects.get()
        elsewhere = Branch.objects.create(shop=shop, code="2", name="Second")
        assert _shift(shop, [_taking(1, elsewhere, product)], MovementKind.TAKEN)[1][1].available == 0

    def test_nothing_wanted_is_nothing_done(
        self, django_assert_num_queries: Callable[..., AbstractContextManager[object]]
    ) -> None:
        shop = make_shop()
        with django_assert_num_queries(0):
            assert _shift(shop, [], MovementKind.TAKEN) == ([], {})

    @pytest.mark.parametrize("cases", [1, 3, 1000])
    def test_the_number_of_statements_is_fixed(
        self, cases: int, django_assert_num_queries: Callable[..., AbstractContextManager[object]]
    ) -> None:
        shop = make_shop()
        branch, product = shop.branches.get(), make_product(shop, pieces=cases)
        wants = [_taking(case, branch, product) for case in range(cases)]
        with django_assert_num_queries(2):
            assert len(_shift(shop, wants, MovementKind.TAKEN)[0]) == cases
        assert Stock.objects.get().on_hand == 0


@pytest.mark.django_db(transaction=True)
def test_two_connections_that_want_the_last_piece() -> None:
    """Exactly one gets it, again and again; the other is told what is there."""
    shop = make_shop()
    branch, product = shop.branches.get(), make_product(shop, pieces=1, name="Shirt")

    def take(case: int) -> bool:
        with transaction.atomic():
            done, short = _shift(shop, [_taking(case, branch, product)], MovementKind.TAKEN)
        assert bool(done) != bool(short)
        assert short in ({}, {case: Short("Shirt", 1, 0)})
        return bool(done)

    for _round in range(20):
        assert sorted(at_once(take, 2, hands=2)) == [False, True]
        _shift(shop, [Want(0, 1, branch.pk, product.pk, 1, 0)], MovementKind.RETURNED)
    assert _ledger_adds_up()


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_for_fifty_pieces() -> None:
    """Exactly fifty are served, the stock is empty and the ledger names each of the fifty once."""
    shop = make_shop()
    branch, product = shop.branches.get(), make_product(shop, pieces=50)

    def take(case: int) -> int:
        with transaction.atomic():
            return len(_shift(shop, [_taking(case, branch, product)], MovementKind.TAKEN)[0])

    assert Counter(at_once(take, 200, hands=20)) == {1: 50, 0: 150}
    assert Stock.objects.get().on_hand == 0
    taken = Movement.objects.filter(kind=MovementKind.TAKEN).values_list("case_id", flat=True)
    assert (len(taken), len(set(taken))) == (50, 50)


@pytest.mark.django_db(transaction=True)
def test_wants_of_several_products_in_any_order_never_wait_for_each_other() -> None:
    """Rows are locked in the order of their ids, so that crossing orders end, without a deadlock."""
    shop = make_shop()
    branch = shop.branches.get()
    products = [make_product(shop, pieces=40) for _number in range(4)]

    def take(case: int) -> int:
        wanted = products if case % 2 else products[::-1]
        with transaction.atomic():
            wants = [_taking(case, branch, product, line=case * 10 + n) for n, product in enumerate(wanted)]
            return len(_shift(shop, wants, MovementKind.TAKEN)[0])

    assert Counter(at_once(take, 60)) == {4: 40, 0: 20}
    assert _ledger_adds_up()


@dataclass
class Oracle:
    """What the shelf should hold, kept in the plainest way: one number each, every case tried on a copy."""

    on_hand: dict[tuple[int, int], int]
    reserved: Counter[tuple[int, int]] = field(default_factory=Counter)

    def serve(self, wants: list[Want]) -> bool:
        """Carry out the wants of one case if none of them leads where a shelf cannot be."""
        hand, promised = dict(self.on_hand), Counter(self.reserved)
        for want in wants:
            place = want.branch_id, want.product_id
            if place not in hand:
                return False
            hand[place] += want.on_hand
            promised[place] += want.reserved
            if not 0 <= promised[place] <= hand[place]:
                return False
        self.on_hand, self.reserved = hand, promised
        return True


# A call: per want a case (0-3), a place (two branches, two products), pieces on hand and pieces reserved.
_CALLS = st.lists(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 1), st.integers(-4, 4), st.integers(-4, 4)),
        min_size=1,
        max_size=6,
    ),
    max_size=8,
)


@pytest.mark.django_db
@settings(max_examples=few(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=_CALLS)
def test_any_sequence_keeps_to_the_plain_account(calls: list[list[tuple[int, int, int, int, int]]]) -> None:
    with transaction.atomic():
        shop = make_shop()
        first = shop.branches.get()
        products = [make_product(shop, pieces=6), make_product(shop, pieces=3)]
        second = Branch.objects.create(shop=shop, code="2", name="Second")
        oracle = Oracle({(first.pk, products[0].pk): 6, (first.pk, products[1].pk): 3})
        places = [first, second]
        for call in calls:
            wants = [
                Want(case, line, places[branch].pk, products[product].pk, pieces, promised)
                for line, (case, branch, product, pieces, promised) in enumerate(call)
            ]
            done, short = _shift(shop, wants, MovementKind.TAKEN)
            cases = list(dict.fromkeys(want.case_id for want in wants))
            served = [case for case in cases if oracle.serve([want for want in wants if want.case_id == case])]
            assert {want.case_id for want in done} == set(served)
            assert set(short) == set(cases) - set(served)
            for stock in Stock.objects.filter(shop=shop):
                place = stock.branch_id, stock.product_id
                assert (stock.on_hand, stock.reserved) == (oracle.on_hand[place], oracle.reserved[place])
            assert _ledger_adds_up()
        transaction.set_rollback(True)
