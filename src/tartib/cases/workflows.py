"""Publishing workflows: the only way in which one comes to be followed, and it is checked there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tartib.cases import hooks, kinds
from tartib.cases.models import WorkflowVersion
from tartib.cases.queries import current_workflow, open_count
from tartib.flow.check import Finding, check
from tartib.flow.guards import GUARDS
from tartib.flow.presets import preset, presets
from tartib.flow.reading import as_data
from tartib.flow.workflow import Workflow
from tartib.shops.models import Shop


class Unfit(Exception):
    """A workflow would let cases or customers down; `findings` are the errors to mend before it can be followed."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(finding.text for finding in findings))
        self.findings = tuple(findings)


def findings(flow: Workflow) -> tuple[Finding, ...]:
    """Everything to mend in a workflow, errors first, by the kinds, events, guards and effects that there are here."""
    here = hooks.connected
    return check(flow, kinds.connected, here.events, GUARDS.keys(), here.effects.keys())


def publish(shop: Shop, flow: Workflow, now: datetime) -> WorkflowVersion:
    """Publish a workflow in a shop: cases opened from now on follow it. The one they follow stays, unchanged.

    Raises `Unfit` for a workflow with errors.
    """
    known = WorkflowVersion.objects.filter(shop=shop, code=flow.code).order_by("-version").first()
    definition = as_data(flow)
    if known is not None and known.definition == definition and known == current_workflow(shop, flow.kind):
        return known
    if errors := [finding for finding in findings(flow) if finding.level == "error"]:
        raise Unfit(errors)
    return WorkflowVersion.objects.create(
        shop=shop, kind=flow.kind, code=flow.code, version=known.version + 1 if known else 1,
        definition=definition, shipped=flow.code in presets() and flow == preset(flow.code), published_at=now,
    )  # fmt: skip


@transaction.atomic
def switch_workflow(shop: Shop, flow: Workflow, *, now: datetime) -> bool:
    """Publish a workflow that ships in a shop where no case is open; False, and nothing is done, where one is."""
    if open_count(shop, flow.kind):
        return False
    publish(shop, flow, now)
    return True
