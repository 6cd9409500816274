"""Which messages go by which channel: a switch for every status and channel, with what each says and takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tartib.desk.access import StaffRequest, staff
from tartib.notify import queries, service, switches
from tartib.notify.models import Channel, MessageSettings, Sending, SmsAccount
from tartib.notify.service import Estimate
from tartib.notify.switches import Cell, Row
from tartib.shops.access import May
from tartib.web.toasts import toast

_INSTEAD = {
    Channel.EMAIL: gettext_lazy("Only without SMS"),
    Channel.SMS: gettext_lazy("Only without e-mail"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A switch on the page: its name in the form, what is chosen of what there is, and, of an SMS, what it takes."""

    name: str
    cell: Cell
    chosen: str
    choices: list[tuple[Sending, str | Promise]]
    estimate: Estimate | None


@staff(May.TEMPLATES)
@require_http_methods(["GET", "POST"])
def switch_list(request: StaffRequest) -> HttpResponseBase:
    """See and set the switches."""
    language = request.GET.get("language", "")
    language = language if language in request.shop.languages else request.shop.language
    rows = switches.grid(request.shop, language)
    asked: dict[tuple[str, str], str] = {}
    problems: list[str] = []
    if request.method == "POST":
        asked = {(row.code, cell.channel): request.POST.get(_name(row, cell), "") for row in rows for cell in row.cells}
        try:
            switches.switch(request.shop, {key: sending for key, sending in asked.items() if sending})
        except ValidationError as problem:
            problems = problem.messages
        else:
            toast(request, _("Saved. Messages are sent so from now on."))
            return redirect("desk:switches", request.shop.slug)
    account = service.of(request.shop)
    context = {
        "rows": [(row, [_field(row, cell, asked, account) for cell in row.cells]) for row in rows],
        "language": language,
        "account": account,
        "unreached": queries.unreached(request.shop),
        "problems": problems,
        "stand_in": MessageSettings.of(request.shop).letters_stand_in,
    }
    return render(request, "desk/messages/switches.html", context, status=422 if problems else 200)


def _name(row: Row, cell: Cell) -> str:
    return f"{cell.channel}-{row.code}"


def _field(row: Row, cell: Cell, asked: Mapping[tuple[str, str], str], account: SmsAccount | None) -> Field:
    said = cell.says.text if cell.says and cell.channel == Channel.SMS else ""
    return Field(
        _name(row, cell),
        cell,
        asked.get((row.code, cell.channel)) or cell.sending,
        [(one, _INSTEAD[cell.channel] if one == Sending.INSTEAD else str(one.label)) for one in cell.choices],
        service.estimate(account, said) if said else None,
    )
