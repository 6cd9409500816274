"""What can still be undone and why something cannot: the same rules as undoing itself, for lists and pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.cases import undoing
from tartib.cases.engine import NotUndoable, undo
from tartib.cases.models import Act
from tartib.shops.models import Membership, Shop
from tests.factories import NOW, actor, make_orders, make_shop, move
from tests.notify.sending import send
from tests.services import Mailbox

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(seconds=30)


def owner(shop: Shop) -> Membership:
    assert shop.default_owner is not None
    return shop.default_owner


def test_what_is_said_beforehand_is_what_undoing_then_comes_to(mailbox: Mailbox) -> None:
    """X4: too late, moved on, told already, undone already, or all of it: said as undoing says it."""
    shop = make_shop(undo_seconds=3600)
    cases = make_orders(shop, 6, payment_method="on-receipt")
    free, told, again, late, half, back = cases
    acts = {
        "": move(free, "on-hold", now=SOON).act_id,
        "already-told": move(told, "on-hold", now=NOW - timedelta(minutes=30)).act_id,
        "moved-on": move(again, "on-hold", now=NOW).act_id,
        "undo-late": move(late, "on-hold", now=NOW - timedelta(hours=2)).act_id,
        "undone-already": move(back, "on-hold", now=NOW).act_id,
    }
    send(NOW)
    move(again, "cancelled", now=SOON)
    undo(shop, acts["undone-already"], actor(shop), now=SOON)
    found = undoing.prospects(shop, list(Act.objects.filter(pk__in=acts.values())), now=SOON)
    for code, act_id in acts.items():
        refusal = found[act_id].refusal
        assert (refusal.code if refusal else "") == code
        if code:
            with pytest.raises(NotUndoable, match=code):
                undo(shop, act_id, actor(shop), now=SOON)
        else:
            assert found[act_id].until == SOON + timedelta(hours=1)
            assert len(undo(shop, act_id, actor(shop), now=SOON).moved) == found[act_id].back == 1
    both = move([half, free], "on-hold", now=SOON)
    move(half, "cancelled", now=SOON)
    assert undoing.prospects(shop, list(Act.objects.filter(pk=both.act_id)), now=SOON)[both.act_id].back == 1


def test_a_shop_without_time_for_undoing_says_so() -> None:
    shop = make_shop(undo_seconds=0)
    outcome = move(make_orders(shop), "on-hold")
    with pytest.raises(NotUndoable, match="undo-off"):
        undo(shop, outcome.act_id, actor(shop), now=NOW)


def test_recent_acts_are_ones_own_within_a_day() -> None:
    shop = make_shop()
    one, two, old = make_orders(shop, 3)
    move(old, "on-hold", now=NOW - timedelta(days=2))
    move(one, "on-hold", now=NOW)
    move([one, two], "cancelled", now=SOON)
    found = undoing.recent(owner(shop), now=SOON)
    assert [(act.moved, act.case, act.prospect.back) for act in found] == [(2, None, 2), (1, one, 0)]
    assert found[1].prospect.refusal and found[1].prospect.refusal.code == "moved-on"
    assert undoing.recent(owner(make_shop()), now=SOON) == []


def test_many_recent_acts_take_no_more_queries_than_one() -> None:
    shop = make_shop()
    counts = []
    for number in (1, 3):
        for case in make_orders(shop, number):
            move(case, "on-hold", now=NOW)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            undoing.recent(owner(shop), now=SOON)
        counts.append(len(asked))
    assert counts[0] == counts[1]
