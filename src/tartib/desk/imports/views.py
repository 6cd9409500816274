"""Imports on the desk: the list, one import through all its states, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tartib.desk.access import StaffRequest, staff
from tartib.desk.imports import forms
from tartib.flow.workflow import Workflow
from tartib.imports import operations, products, queries
from tartib.imports.loading import flow_of
from tartib.imports.models import Import, State
from tartib.imports.platforms import platforms
from tartib.imports.reports import report
from tartib.imports.words import LEVELS, PLATFORMS, sentence
from tartib.l10n import names
from tartib.orders.placing import NoWorkflow
from tartib.shops.access import May
from tartib.shops.models import Shop
from tartib.web import audience
from tartib.web.bodies import body_limit
from tartib.web.toasts import toast

SHOWN = 200
_KINDS = (*sorted(platforms()), *products.PLATFORMS)
MEGABYTE = 1024 * 1024


@body_limit(operations.LARGEST + MEGABYTE)
@staff(May.IMPORT)
@require_http_methods(["GET", "POST"])
def import_list(request: StaffRequest) -> HttpResponseBase:
    """The imports so far, and a place to put a file."""
    problem = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            problem = _("Choose a file first.")
        else:
            try:
                batch = _keep(request, file)
                return redirect("desk:import", request.shop.slug, batch.pk)
            except operations.TooLarge:
                problem = _(
                    "The file is larger than %(limit)d MB. Export a shorter period at a time, or use the command "
                    "“tartib import orders”, which has no limit."
                ) % {"limit": operations.LARGEST // MEGABYTE}
    context = {
        "batches": [(batch, _platform(batch.platform)) for batch in queries.recent(request.shop)],
        "ready": _flow(request.shop) is not None,
        "limit": operations.LARGEST // MEGABYTE,
        "problem": problem,
    }
    return render(request, "desk/imports/index.html", context, status=422 if problem else 200)


@staff(May.IMPORT)
@require_GET
def detail(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """One import, whatever its state. While it is at work htmx asks for the progress alone, and for all at the end."""
    batch = _batch(request, pk)
    if request.headers.get("HX-Request"):
        if not batch.at_work:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "desk/imports/progress.html", _context(batch))
    return _page(request, batch)


@staff(May.IMPORT)
@require_POST
def platform(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Say that the file comes from another platform than was guessed."""
    batch = _batch(request, pk)
    chosen = request.POST.get("platform", "")
    if chosen not in _KINDS:
        raise Http404
    return _done(request, batch, lambda: operations.choose(batch, operations.Choices(chosen)))


@staff(May.IMPORT)
@require_POST
def choose(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Keep how the file is to be read, under a name if one is given, and try it out."""
    batch = _batch(request, pk)
    flow = _flow(request.shop)
    if flow is None and not batch.of_products:
        return redirect("desk:imports", request.shop.slug)
    try:
        chosen = (
            forms.choices(request.POST, batch, flow)
            if flow is not None and not batch.of_products
            else forms.goods_choices(request.POST, batch)
        )
    except forms.Unclear as unclear:
        return _page(request, batch, unclear.sentences)
    name = request.POST.get("name", "").strip()[:60]
    return _done(request, batch, lambda: operations.check(batch, chosen, name))


@staff(May.IMPORT)
@require_POST
def start(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Bring the orders in, or go on with it; after a failed dry run, try it again."""
    batch = _batch(request, pk)
    return _done(request, batch, lambda: operations.go_on(batch, now=timezone.now()))


@staff(May.IMPORT)
@require_POST
def stop(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Stop after the portion in hand."""
    batch = _batch(request, pk)
    return _done(request, batch, lambda: operations.stop(batch))


@staff(May.IMPORT)
@require_POST
def remove(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """Forget a file of which nothing has been brought in."""
    batch = _batch(request, pk)
    try:
        operations.remove(batch)
    except operations.Elsewhere:
        return _meanwhile(request, batch)
    toast(request, _("The file was removed. Nothing of it had been brought in."))
    return redirect("desk:imports", request.shop.slug)


@staff(May.IMPORT)
@require_GET
def problems(request: StaffRequest, pk: UUID) -> HttpResponseBase:
    """The errors file, in the reader's language, however long it is."""
    batch = _batch(request, pk)
    language, calendar = translation.get_language(), audience.current().calendar

    def lines() -> Any:
        with translation.override(language):
            yield from report(queries.problems(batch), calendar)

    name = f"problems-{batch.created_at:%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _keep(request: StaffRequest, file: UploadedFile[Any]) -> Import:
    if (file.size or 0) > operations.LARGEST:
        raise operations.TooLarge
    name = file.name or ""
    assert file.file is not None
    return operations.keep(
        request.member, file.file, name, queries.guessed_platform(file.file, name), now=timezone.now()
    )


def _batch(request: StaffRequest, pk: UUID) -> Import:
    return get_object_or_404(Import.objects.select_related("shop", "member__user"), pk=pk, shop=request.shop)


def _flow(shop: Shop) -> Workflow | None:
    try:
        return flow_of(shop)
    except NoWorkflow:
        return None


def _done(request: StaffRequest, batch: Import, act: Callable[[], object]) -> HttpResponseBase:
    try:
        act()
    except operations.Elsewhere:
        return _meanwhile(request, batch)
    return redirect("desk:import", request.shop.slug, batch.pk)


def _meanwhile(request: StaffRequest, batch: Import) -> HttpResponseBase:
    toast(request, _("The import has moved on meanwhile. This is where it stands now."), level="warning")
    return redirect("desk:import", request.shop.slug, batch.pk)


def _page(request: StaffRequest, batch: Import, wrong: tuple[str, ...] = ()) -> HttpResponse:
    context = _context(batch)
    flow = _flow(request.shop)
    language = names.language(translation.get_language() or "en")
    before = batch.started_at is None and batch.state in (State.UPLOADED, State.CHECKED)
    if before and (flow or batch.of_products):
        mappings = queries.mappings(batch)
        saved = mappings.filter(pk=_number(request.GET.get("saved", ""))).first()
        context |= {"mappings": mappings, "saved": saved}
        if batch.of_products:
            context["goods"] = forms.goods_page(batch, saved)
        elif flow:
            context["page"] = forms.import_form(batch, flow, language, saved)
    if flow:
        context["reached"] = [
            (flow.status(code), number)
            for code, number in sorted(batch.reached.items(), key=lambda item: -item[1])
            if code in flow.statuses
        ]
    if batch.state in (State.CHECKED, State.STOPPED, State.FAILED, State.FINISHED):
        calendar = audience.current().calendar
        context["problems"] = [
            (problem, _(LEVELS[problem.level]), sentence(problem, calendar))
            for problem in queries.problems(batch, SHOWN)
        ]
        context["more"] = max(0, batch.errors + batch.warnings - SHOWN)
    context["wrong"] = wrong
    return render(request, "desk/imports/detail.html", context, status=422 if wrong else 200)


def _context(batch: Import) -> dict[str, Any]:
    return {
        "batch": batch,
        "platform": _platform(batch.platform),
        "platforms": [(code, _platform(code)) for code in _KINDS],
        "progress": queries.progress(batch),
        "before": batch.started_at is None,
    }


def _platform(code: str) -> str:
    return _(PLATFORMS[code])


def _number(text: str) -> int:
    """The number of a saved mapping; 0, which none has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
