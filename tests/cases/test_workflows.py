"""Publishing workflows (X1, D2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tartib.cases.models import WorkflowVersion
from tartib.cases.workflows import Unfit, findings, publish
from tartib.flow import as_data, preset, presets, read_workflow
from tests.factories import NOW, make_shop


@pytest.mark.parametrize("code", presets())
def test_a_preset_has_nothing_to_mend_by_what_is_connected_here(code: str) -> None:
    """X1: statuses can be reached and left, customers are told, events and effects are known."""
    assert findings(preset(code)) == ()


@pytest.mark.django_db
def test_a_workflow_that_waits_for_what_nobody_tells_is_not_published() -> None:
    flow = preset("essential")
    moves = [replace(move, event="moon.full") if move.event == "payment.confirmed" else move for move in flow.moves]
    shop = make_shop()
    before = WorkflowVersion.objects.filter(shop=shop).count()
    with pytest.raises(Unfit, match=r"moon\.full") as unfit:
        publish(shop, replace(flow, moves=tuple(moves)), NOW)
    assert {finding.level for finding in unfit.value.findings} == {"error"}
    assert WorkflowVersion.objects.filter(shop=shop).count() == before


@pytest.mark.django_db
def test_a_dead_end_is_not_published() -> None:
    flow = preset("essential")
    kept = read_workflow(as_data(flow))
    without = replace(kept, moves=tuple(move for move in kept.moves if move.source == kept.start))
    with pytest.raises(Unfit):
        publish(make_shop(), without, NOW)
