"""Bulk moves in portions: each portion whole, none twice, the whole undone."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tartib.cases import bulk
from tartib.cases.engine import NotUndoable
from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import BulkMove, Case
from tests.factories import NOW, actor, make_orders, make_shop

pytestmark = pytest.mark.django_db

QUIET = bulk.Request("cancelled", "By request", NotifyOptions(frozenset()))


def begun(count: int, monkeypatch: pytest.MonkeyPatch, portion: int = 3) -> tuple[BulkMove, list[Case]]:
    monkeypatch.setattr(bulk, "PORTION", portion)
    shop = make_shop()
    cases = make_orders(shop, count)
    assert shop.default_owner is not None
    return bulk.start(shop.default_owner, [case.pk for case in cases], QUIET, key=uuid4(), now=NOW), cases


def test_a_request_survives_its_way_through_the_database() -> None:
    for notify_options in (
        NotifyOptions(),
        NotifyOptions(frozenset()),
        NotifyOptions(frozenset({"sms"}), "fa", note_shown=True, keep_copy=False),
    ):
        request = bulk.Request("packed", "note", notify_options)
        assert bulk.Request.read(request.as_data()) == request


def test_portions_follow_each_other_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, cases = begun(7, monkeypatch)
    assert [bulk.run_portion(asked.pk, now=NOW) for _portion in range(3)] == [True, True, False]
    asked.refresh_from_db()
    assert (asked.handled, asked.moved, len(asked.acts)) == (7, 7, 3)
    assert asked.finished_at == NOW
    assert set(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("status", flat=True)) == {
        "cancelled"
    }


def test_running_a_finished_one_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, _cases = begun(2, monkeypatch)
    bulk.run_portion(asked.pk, now=NOW)
    before = list(Case.objects.order_by("pk").values_list("pk", "version"))
    assert not bulk.run_portion(asked.pk, now=NOW + timedelta(hours=1))
    assert list(Case.objects.order_by("pk").values_list("pk", "version")) == before
    asked.refresh_from_db()
    assert asked.finished_at == NOW


def test_the_same_key_asks_once() -> None:
    shop = make_shop()
    cases = make_orders(shop, 2)
    assert shop.default_owner is not None
    key = uuid4()
    first, second = (
        bulk.start(shop.default_owner, [case.pk for case in cases], QUIET, key=key, now=NOW) for _time in range(2)
    )
    assert first.pk == second.pk
    assert BulkMove.objects.count() == 1


def test_who_is_refused_is_kept_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, cases = begun(4, monkeypatch)
    from tests.factories import move

    move(cases[1], "cancelled")
    while bulk.run_portion(asked.pk, now=NOW):
        pass
    asked.refresh_from_db()
    assert asked.moved == 3
    assert [row["case"] for row in asked.refused] == [cases[1].pk]
    assert asked.refused[0]["why"]


def test_progress_has_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, _cases = begun(6, monkeypatch)
    assert bulk.progress(asked, now=NOW) == bulk.Progress(0, 6, None, None)
    bulk.run_portion(asked.pk, now=NOW)
    asked.refresh_from_db()
    assert bulk.progress(asked, now=NOW + timedelta(seconds=1)) == bulk.Progress(3, 6, 3, timedelta(seconds=1))


def test_the_whole_is_undone_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, cases = begun(7, monkeypatch)
    while bulk.run_portion(asked.pk, now=NOW):
        pass
    asked.refresh_from_db()
    later = NOW + timedelta(minutes=1)
    assert bulk.undo(asked, actor(asked.shop), now=later) == bulk.Undone(7, 0, None)
    for case in cases:
        assert Case.objects.get(pk=case.pk).status == case.status
    with pytest.raises(NotUndoable) as error:
        bulk.undo(asked, actor(asked.shop), now=later)
    assert error.value.refusal.code == "undone-already"


def test_too_late_to_undo_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, _cases = begun(2, monkeypatch)
    bulk.run_portion(asked.pk, now=NOW)
    asked.refresh_from_db()
    with pytest.raises(NotUndoable) as error:
        bulk.undo(asked, actor(asked.shop), now=NOW + timedelta(hours=2))
    assert error.value.refusal.code == "undo-late"
