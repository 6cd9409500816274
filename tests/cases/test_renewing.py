"""New versions of the workflows that ship: who gets them, who is told what is new in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.cases import renewing
from tartib.cases.models import WorkflowVersion
from tartib.cases.queries import current_workflow
from tartib.cases.renewing import differences, newer, renew_presets
from tartib.cases.workflows import publish
from tartib.flow.presets import preset
from tartib.flow.words import LANGUAGES, Words
from tartib.flow.workflow import Workflow
from tartib.orders import ORDER
from tests.factories import NOW, make_order, make_shop, move

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


def next_release() -> Workflow:
    """The essential workflow as a later release might bring it: another name for a status, a move less."""
    flow = preset("essential")
    held = replace(flow.statuses["on-hold"], name=Words(dict.fromkeys(LANGUAGES, "Looked into")))
    moves = tuple(m for m in flow.moves if (m.source, m.target, m.by) != ("failed", "pending", "hand"))
    return replace(flow, version=flow.version + 1, statuses={**flow.statuses, "on-hold": held}, moves=moves)


@pytest.fixture
def _released(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = next_release()
    monkeypatch.setattr(renewing, "preset", lambda code: flow if code == "essential" else preset(code))


def test_nothing_is_published_where_everybody_has_what_ships() -> None:
    make_shop()
    assert renew_presets(now=LATER) == 0
    assert not WorkflowVersion.objects.filter(published_at=LATER).exists()


@pytest.mark.usefixtures("_released")
def test_an_untouched_workflow_gets_the_new_version_and_open_cases_keep_theirs() -> None:
    """A shop on an untouched preset gets the new version of it; open cases keep the one they have."""
    shop, other = make_shop(), make_shop("delivery")
    old = make_order(shop)
    assert renew_presets(now=LATER) > 0
    assert renew_presets(now=LATER) == 0
    version = current_workflow(shop, ORDER)
    assert version is not None
    assert (version.version, version.shipped, version.published_at) == (2, True, LATER)
    new = make_order(shop)
    assert new.flow.status("on-hold").name.say("en") == "Looked into"
    old.refresh_from_db()
    move(old, "on-hold")
    old.refresh_from_db()
    assert old.flow.status(old.status).name.say("en") != "Looked into"
    assert WorkflowVersion.objects.filter(shop=other).count() == 2


@pytest.mark.usefixtures("_released")
def test_a_shop_that_changed_anything_keeps_its_own_and_is_told_what_is_new() -> None:
    shop = make_shop()
    flow = preset("essential")
    own = replace(flow, statuses={**flow.statuses, "pending": replace(flow.statuses["pending"], progress=15)})
    kept = publish(shop, own, NOW + timedelta(hours=1))
    renew_presets(now=LATER)
    assert current_workflow(shop, ORDER) == kept
    fresh = newer(kept)
    assert fresh is not None
    said = [(one.status.code, one.target and one.target.code, str(one.said)) for one in differences(own, fresh)]
    assert said == [
        ("pending", None, "It stands for another stage of the work."),
        ("failed", "pending", "There is no such move any more."),
        ("on-hold", None, "It is called something else."),
    ]


def test_the_number_of_statements_does_not_depend_on_the_number_of_shops(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = next_release()
    counted = []
    for how_many in (1, 3):
        for _ in range(how_many):
            make_shop()
        flow = replace(flow, version=flow.version + 1)
        monkeypatch.setattr(renewing, "preset", lambda code, flow=flow: flow if code == "essential" else preset(code))
        with CaptureQueriesContext(connection) as queries:
            renew_presets(now=LATER + timedelta(days=how_many))
        counted.append(len(queries))
    assert counted[0] == counted[1]
