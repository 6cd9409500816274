"""Message templates on the desk: which are the shop's own, and the editor with a live preview of a real order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tartib.cases.models import Case
from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.flow.workflow import Status
from tartib.l10n.names import direction
from tartib.notify import operations, queries, service
from tartib.notify.defaults import Wording
from tartib.notify.models import TO_CUSTOMERS, Channel
from tartib.notify.queries import TemplateSlot
from tartib.notify.switches import told_by_workflow
from tartib.shops.access import May
from tartib.shops.models import LANGUAGE_NAMES, Shop
from tartib.web.kept import Kept
from tartib.web.toasts import toast

CHOICES = 8
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)


class WordingForm(Kept):
    """A subject, where the channel has one, and a text. What may stand in them is decided by `notify`."""

    subject = forms.CharField(label=gettext_lazy("Subject"), required=False, strip=False)
    body = forms.CharField(
        label=gettext_lazy("Text"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 15})
    )

    def __init__(self, shop: Shop, channel: str, language: str, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        if channel == Channel.SMS:
            del self.fields["subject"]
        if channel != Channel.EMAIL:
            self.fields["body"].widget.attrs["rows"] = 7
        for field in self.fields.values():
            field.widget.attrs |= {
                "lang": shop.tag(language),
                "dir": direction(language),
                "autocomplete": "off",
                "data-writes": "",
            }

    @property
    def wording(self) -> Wording:
        """What is written, good or not."""
        return Wording(self.data.get("subject", "").strip(), self.data.get("body", "").strip())


@dataclass(frozen=True, slots=True)
class Line:
    """A status in the table of templates; `slots` by the table's columns, each with whether it is sent by itself."""

    status: Status
    slots: dict[Channel, list[tuple[TemplateSlot, bool]]]


@staff(May.TEMPLATES)
@require_GET
def template_list(request: StaffRequest) -> HttpResponseBase:
    """Every status that customers see, by channel and language."""
    told = told_by_workflow(request.shop)
    lines: dict[str, Line] = {}
    for slot in queries.templates(request.shop):
        line = lines.setdefault(slot.status.code, Line(slot.status, {channel: [] for channel in TO_CUSTOMERS}))
        line.slots[Channel(slot.channel)].append((slot, slot.channel in told.get(slot.status.code, ())))
    context = {
        "lines": list(lines.values()),
        "channels": TO_CUSTOMERS,
        "own": sum(slot.own for line in lines.values() for slots in line.slots.values() for slot, _told in slots),
    }
    return render(request, "desk/messages/templates.html", context)


@staff(May.TEMPLATES)
@in_turn
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, status: str, channel: str, language: str) -> HttpResponseBase:
    """Write the wording of one message."""
    where = _slot(request.shop, status, channel, language)
    draft = queries.template(request.shop, status, channel, language)
    initial = {"subject": draft.subject, "body": draft.body}
    form = WordingForm(
        request.shop, channel, language, request.POST if request.method == "POST" else None, initial=initial
    )
    if request.method == "POST":
        if form.is_valid():
            draft = form.wording
            try:
                operations.save_template(
                    request.shop, status, channel, language, subject=draft.subject, body=draft.body, now=timezone.now()
                )
            except ValidationError as problem:
                form.refuse(problem)
            else:
                toast(request, _("Saved. Messages that have not gone out yet use it already."))
                return redirect("desk:template", request.shop.slug, status, channel, language)
        draft = form.wording
    slots = [slot for slot in queries.templates(request.shop) if slot.status.code == status]
    context = _preview(request, where, channel, language, draft) | {
        "form": form,
        "status": where,
        "slots": slots,
        "own": any(slot.own for slot in slots if (slot.channel, slot.language) == (channel, language)),
        "automatic": channel in told_by_workflow(request.shop).get(status, ()),
        "words": list(queries.words().items()),
        "former": request.session.get("template", [])[:4] == [request.shop.pk, status, channel, language],
    }
    return render(request, "desk/messages/template.html", context, status=422 if form.errors else 200)


@staff(May.TEMPLATES)
@require_POST
def preview(request: StaffRequest, status: str, channel: str, language: str) -> HttpResponseBase:
    """What is being written, as it would look for an order; with what is wrong in it."""
    where = _slot(request.shop, status, channel, language)
    draft = WordingForm(request.shop, channel, language, request.POST).wording
    context = _preview(request, where, channel, language, draft)
    try:
        operations.check_template(channel, draft.subject, draft.body)
    except ValidationError as problem:
        context["problems"] = problem.messages
    return render(request, "desk/messages/template_preview.html", context)


@staff(May.TEMPLATES)
@xframe_options_sameorigin
@require_POST
def letter(request: StaffRequest, status: str, channel: str, language: str) -> HttpResponseBase:
    """The HTML part of an e-mail that is being written: shown in a frame where it can do nothing but be looked at."""
    where = _slot(request.shop, status, channel, language)
    context = _preview(
        request, where, channel, language, WordingForm(request.shop, channel, language, request.POST).wording
    )
    shown = context["shown"]
    page = HttpResponse(shown.html if shown else "")
    page.headers["Content-Security-Policy"] = LETTER_POLICY
    page.headers["Cache-Control"] = "no-store"
    return page


@staff(May.TEMPLATES)
@require_POST
def reset(request: StaffRequest, status: str, channel: str, language: str) -> HttpResponseBase:
    """Go back to the wording that ships; the shop's own can be brought back for as long as the session lasts."""
    _slot(request.shop, status, channel, language)
    former = queries.template(request.shop, status, channel, language)
    if operations.reset_template(request.shop, status, channel, language):
        request.session["template"] = [request.shop.pk, status, channel, language, former.subject, former.body]
        back = request.path.removesuffix("reset/") + "restore/"
        toast(request, _("The wording that ships with Tartib is in use again."), undo=back)
    return redirect("desk:template", request.shop.slug, status, channel, language)


@staff(May.TEMPLATES)
@require_POST
def restore(request: StaffRequest, status: str, channel: str, language: str) -> HttpResponseBase:
    """Bring back the shop's own wording that was just reset."""
    match request.session.pop("template", None):
        case [request.shop.pk, *slot, str(subject), str(body)] if slot == [status, channel, language]:
            operations.save_template(
                request.shop, status, channel, language, subject=subject, body=body, now=timezone.now()
            )
            toast(request, _("Your own wording is back."))
        case _:
            toast(request, _("There is nothing to bring back any more."), level="warning")
    return redirect("desk:template", request.shop.slug, status, channel, language)


def _slot(shop: Shop, status: str, channel: str, language: str) -> Status:
    """The status of a message that this shop has; any other does not exist."""
    found = queries.shop_statuses(shop).get(status)
    if found is None or not found.shown or channel not in TO_CUSTOMERS or language not in LANGUAGE_NAMES:
        raise Http404
    return found


def _preview(request: StaffRequest, status: Status, channel: str, language: str, draft: Wording) -> dict[str, Any]:
    """A draft as it would look for the order that was chosen, else for the newest in that status, else for any."""
    cases = _examples(request.shop, status.code)
    chosen = request.POST.get("order") or request.GET.get("order")
    case = next((case for case in cases if case.code == chosen), cases[0] if cases else None)
    shown = queries.preview(case, status.code, channel, language, draft, note=_("A note of yours")) if case else None
    return {
        "cases": cases,
        "case": case,
        "shown": shown,
        "channel": channel,
        "language": language,
        "direction": direction(language),
        "estimate": service.estimate(service.of(request.shop), shown.text)
        if shown and channel == Channel.SMS
        else None,
    }


def _examples(shop: Shop, status: str) -> list[Case]:
    """Cases to preview with: the newest in that status, then the newest of all."""
    cases = Case.objects.filter(shop=shop, kind=queries.kind_of(shop, status)).select_related("shop", "customer")
    cases = cases.defer("search").order_by("-placed_at", "-pk")
    there = list(cases.filter(status=status)[:CHOICES])
    known = {case.pk for case in there}
    return there + [case for case in cases[:CHOICES] if case.pk not in known]
