"""The workflow of a shop's orders, to be read; and the choice of one that ships."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tartib.cases.queries import current_workflow, open_count
from tartib.cases.renewing import differences, newer
from tartib.cases.workflows import switch_workflow
from tartib.desk.access import StaffRequest, staff
from tartib.flow.presets import preset, presets
from tartib.flow.reading import read_workflow
from tartib.flow.workflow import Move, Status, Workflow
from tartib.orders import ORDER
from tartib.shops.access import May
from tartib.shops.models import Role
from tartib.web import audience
from tartib.web.toasts import toast


@dataclass(frozen=True, slots=True)
class Way:
    """A move out of a status, with the status it leads to."""

    move: Move
    target: Status

    @property
    def roles(self) -> str:
        """Those who may make it, where not everybody may."""
        return ", ".join(str(Role(role).label) for role in self.move.roles)


@dataclass(frozen=True, slots=True)
class Stage:
    """A status with the ways out of it."""

    status: Status
    ways: tuple[Way, ...]


@staff(May.SETTINGS)
@require_GET
def workflow_page(request: StaffRequest) -> HttpResponseBase:
    """The workflow in use, status by status, and those that can be chosen while no order is open."""
    version = current_workflow(request.shop, ORDER)
    flow = read_workflow(version.definition) if version else None
    fresh = newer(version) if version else None
    opens = open_count(request.shop, ORDER)
    context = {
        "open_orders": opens,
        "newer": fresh,
        "differences": differences(flow, fresh) if flow and fresh else [],
        "version": version,
        "flow": flow,
        "stages": _stages(flow) if flow else [],
        "offers": []
        if opens
        else [(preset(code), _stages(preset(code))) for code in presets(ORDER) if flow is None or code != flow.code],
        "tab": "workflow",
    }
    return render(request, "desk/settings/settings_workflow.html", context)


@staff(May.SETTINGS)
@require_POST
def choose(request: StaffRequest) -> HttpResponseBase:
    """Have orders follow one of the workflows that ship from now on, if none is open."""
    code = request.POST.get("preset", "")
    if code not in presets(ORDER):
        raise Http404
    flow, said = preset(code), audience.current().language
    if switch_workflow(request.shop, flow, now=timezone.now()):
        toast(request, _("Orders follow “%(name)s” from now on.") % {"name": flow.name.say(said)})
    else:
        toast(request, _("Orders are open. Another workflow can be chosen when all of them are done."), level="error")
    return redirect("desk:settings-workflow", request.shop.slug)


def _stages(flow: Workflow) -> list[Stage]:
    return [
        Stage(status, tuple(Way(move, flow.status(move.target)) for move in flow.moves_from(code)))
        for code, status in flow.statuses.items()
    ]
