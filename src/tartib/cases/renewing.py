"""Bringing shops the new version of a workflow they use as Tartib brought it, and telling others what is new in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import WorkflowVersion
from tartib.flow.presets import preset, presets
from tartib.flow.reading import as_data, read_workflow
from tartib.flow.workflow import Move, Status, Workflow


@dataclass(frozen=True, slots=True)
class Difference:
    """What another version of a workflow has different: in which status, where it leads if it is a move, and what."""

    status: Status
    target: Status | None
    said: str | Promise


def renew_presets(*, now: datetime) -> int:
    """Publish the workflows that ship now in the shops whose current one is an earlier one, word for word.

    Cases opened from now on follow them; those that exist keep theirs. A shop that has changed anything keeps its own.
    Safe at any time, and a second time does nothing. Returns how many were published; two statements. As it is about
    all shops, the owner of the tables does it.
    """
    current = WorkflowVersion.objects.order_by("shop", "kind", "-published_at", "-pk").distinct("shop", "kind")
    shipped = {code: preset(code) for code in presets()}
    data = {code: as_data(flow) for code, flow in shipped.items()}
    fresh = [
        WorkflowVersion(
            shop_id=known.shop_id, kind=known.kind, code=known.code, version=known.version + 1,
            definition=data[known.code], shipped=True, published_at=now,
        )
        for known in current
        if known.shipped and known.code in shipped and known.definition != data[known.code]
    ]  # fmt: skip
    # Whoever else does the same at this moment has published the same.
    WorkflowVersion.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def newer(version: WorkflowVersion) -> Workflow | None:
    """What ships under the name of a shop's own workflow in a later version; None where there is no such."""
    if version.shipped or version.code not in presets():
        return None
    flow = preset(version.code)
    return flow if flow.version > read_workflow(version.definition).version else None


def differences(own: Workflow, other: Workflow) -> list[Difference]:
    """What `other` has that `own` has not, has different, or has no more; in the order of its statuses."""
    found = []
    for code, status in other.statuses.items():
        before = own.statuses.get(code)
        if before is None:
            found.append(Difference(status, None, _("This status is new.")))
            continue
        found += [Difference(status, None, said) for said in _of_status(before, status)]
        found += list(_of_moves(own, other, status))
    gone = (status for code, status in own.statuses.items() if code not in other.statuses)
    return found + [Difference(status, None, _("There is no such status any more.")) for status in gone]


def _of_status(before: Status, after: Status) -> Iterator[str | Promise]:
    if before.name != after.name:
        yield _("It is called something else.")
    if before.customer != after.customer:
        yield _("Customers read another text.")
    if (before.meaning, before.action) != (after.meaning, after.action):
        yield _("Staff read another text.")
    if (before.phase, before.progress, before.shown) != (after.phase, after.progress, after.shown):
        yield _("It stands for another stage of the work.")
    if before.within != after.within:
        yield _("It counts as late after another time.")


def _of_moves(own: Workflow, other: Workflow, status: Status) -> Iterator[Difference]:
    before, after = _moves(own, status.code), _moves(other, status.code)
    for key, move in after.items():
        target = other.status(move.target)
        if key not in before:
            yield Difference(status, target, _("This move is new."))
        elif before[key].notify != move.notify:
            yield Difference(status, target, _("The customer is told by other channels."))
        elif before[key] != move:
            yield Difference(status, target, _("This move has other conditions or consequences."))
    for key, move in before.items():
        if key not in after:
            yield Difference(status, own.status(move.target), _("There is no such move any more."))


def _moves(flow: Workflow, code: str) -> Mapping[tuple[str, str, str | None], Move]:
    return {(move.target, move.by, move.event): move for move in flow.moves_from(code)}
