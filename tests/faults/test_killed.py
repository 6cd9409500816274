"""Processes die at the worst moments: nothing is half done, nothing is counted twice, nothing is lost."""

import random
from collections import Counter

import pytest
from django.db.models import Sum

from tartib.cases.engine import advance
from tartib.cases.filters import Filters
from tartib.cases.models import Act, Case
from tartib.cases.queries import case_page
from tartib.catalog.models import Movement, Stock
from tartib.flow.facts import ByHand
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.orders.models import Line
from tartib.shops.models import Shop
from tests.factories import NOW, actor, make_orders, make_product, make_shop
from tests.faults.killing import kill_until_done
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

MOVES = 1_000


def test_a_mover_killed_again_and_again_moves_every_case_exactly_once() -> None:
    """A4, X3, X4: no move half done and no piece counted twice, however often the process is killed."""
    shop = make_shop()
    product = make_product(shop, pieces=MOVES)
    make_orders(shop, MOVES, product, payment_method="on-receipt")
    kills = kill_until_done("moving.py", lambda _kills: [shop.slug, "processing"], kills=3, seed=7, longest=2)
    assert kills >= 2
    assert set(Case.objects.values_list("status", "version")) == {("processing", 2)}
    assert Entry.objects.filter(kind="moved").count() == MOVES == Act.objects.count()
    assert set(Line.objects.values_list("taken", flat=True)) == {1}
    assert Stock.objects.get(product=product).on_hand == 0
    assert Movement.objects.filter(kind="taken").aggregate(Sum("on_hand"))["on_hand__sum"] == -MOVES
    assert list(verify(shop)) == []


def in_parallel(shop: Shop, cases: list[int], target: str) -> Counter[str]:
    """Move each case in a transaction of its own, sixteen at a time; what became of them, by refusal or "moved"."""

    def work(number: int) -> str:
        case_id = cases[number]
        outcome = advance(shop, [case_id], ByHand(target, "owner"), actor(shop), now=NOW)
        return outcome.refused[case_id].code if outcome.refused else "moved"

    return Counter(at_once(work, len(cases), hands=16))


def test_two_hundred_orders_at_once_for_fifty_pieces_take_exactly_fifty() -> None:
    """A4: concurrent orders can never take more than there is; the others stay where they were, with a reason."""
    shop = make_shop()
    product = make_product(shop, pieces=50)
    orders = make_orders(shop, 200, product, payment_method="on-receipt")
    became = in_parallel(shop, [case.pk for case in orders], "processing")
    assert became == {"moved": 50, "stock-short": 150}
    assert Stock.objects.get(product=product).on_hand == 0
    assert Case.objects.filter(status="pending").count() == 150
    assert list(verify(shop)) == []


def test_two_people_moving_the_same_case_make_one_move() -> None:
    """A6: of two people who move a case at the same time one moves it, the other is told that it is there already."""
    shop = make_shop()
    (case,) = make_orders(shop, 1, make_product(shop), payment_method="on-receipt")
    became = in_parallel(shop, [case.pk] * 16, "processing")
    assert became == {"moved": 1, "already-there": 15}
    assert Entry.objects.filter(case_id=case.pk, kind="moved").count() == 1


def test_acts_on_overlapping_cases_in_opposite_order_never_block_each_other() -> None:
    """X4: bulk moves of the same cases, asked for in any order, all come to an end."""
    shop = make_shop()
    product = make_product(shop, pieces=1_000)
    ids = [case.pk for case in make_orders(shop, 60, product, payment_method="on-receipt")]

    def work(number: int) -> int:
        chosen = random.Random(number).sample(ids, 40)
        return len(advance(shop, chosen, ByHand("processing", "owner"), actor(shop), now=NOW).moved)

    moved = sum(at_once(work, 24))
    assert moved == Case.objects.filter(status="processing").count() <= len(ids)
    assert len(case_page(shop, "order", Filters(status=("processing",)), now=NOW, size=100).cases) == moved
