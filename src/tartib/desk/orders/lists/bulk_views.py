"""One act on many orders: what it would come to, doing it, watching it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from tartib.cases import bulk, engine, queries, undoing
from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import BulkMove, Case
from tartib.desk.access import StaffRequest, staff
from tartib.desk.cases import assigning
from tartib.desk.cases.acts import way_back
from tartib.desk.orders.lists import listing
from tartib.desk.orders.lists.listing import KIND
from tartib.desk.orders.lists.views import address
from tartib.dispatch.assigning import ReasonMissing, claim
from tartib.dispatch.operations import NotHere
from tartib.flow.facts import ByHand
from tartib.shops.access import May
from tartib.web import audience
from tartib.web.forms import number_of
from tartib.web.templatetags.tartib import number, said
from tartib.web.toasts import toast

# A preview is carried out and rolled back: beyond this many it would hold the rows it touches for too long.
MOST_PREVIEWED = 2_000
CODES_SHOWN = 12
# No more are on a page.
MOST_PICKED = 50

NOTIFY = {
    "usual": (gettext_lazy("Tell customers as usual"), None),
    "email": (gettext_lazy("By e-mail only"), frozenset({"email"})),
    "sms": (gettext_lazy("By SMS only"), frozenset({"sms"})),
    "push": (gettext_lazy("By push message only"), frozenset({"push"})),
    "all": (gettext_lazy("By e-mail, SMS and push message"), frozenset({"email", "sms", "push"})),
    "both": (gettext_lazy("By e-mail and SMS"), frozenset({"email", "sms"})),
    "none": (gettext_lazy("Tell nobody"), frozenset[str]()),
}


class BulkForm(forms.Form):
    """Where to, with which note, how the customers are told."""

    to = forms.CharField(max_length=40)
    note = forms.CharField(max_length=2000, required=False)
    note_shown = forms.BooleanField(required=False)
    notify = forms.ChoiceField(choices=[(code, label) for code, (label, _c) in NOTIFY.items()], required=False)

    def request(self) -> bulk.Request:
        """What is asked, of a valid form."""
        given = self.cleaned_data
        channels = NOTIFY[given["notify"] or "usual"][1]
        return bulk.Request(given["to"], given["note"].strip(), NotifyOptions(channels, None, given["note_shown"]))


@dataclass(frozen=True, slots=True)
class Group:
    """Orders refused for one reason."""

    why: str
    count: int
    codes: list[str]
    more: int


@require_POST
@staff(May.BULK)
def preview(request: StaffRequest) -> HttpResponseBase:
    """What the act would come to, found by doing it and rolling back. Nothing has happened yet."""
    form = BulkForm(request.POST)
    case_ids = _chosen(request)
    if not case_ids or not form.is_valid():
        return _nothing_chosen(request, _("Choose orders and where to move them."))
    wanted = form.request()
    tried = case_ids[:MOST_PREVIEWED]
    trigger = ByHand(wanted.target, request.member.role, wanted.note)
    outcome = engine.preview(
        request.shop, tried, trigger, request.actor, now=timezone.now(), notify_options=wanted.notify_options
    )
    context = {
        "form": form,
        "key": uuid4(),
        "ids": ",".join(map(str, case_ids)),
        "count": len(case_ids),
        "tried": len(tried),
        "partial": len(tried) < len(case_ids),
        "moved": len(outcome.moved),
        "target": _status_name(request, wanted.target),
        "effects": _effects(dict(outcome.tally)),
        "refused": _groups(request, {case_id: said(refusal) for case_id, refusal in outcome.refused.items()}),
        "refused_count": len(outcome.refused),
        "noteless": sum(refusal.code == "note-required" for refusal in outcome.refused.values()),
        "notify": NOTIFY[form.cleaned_data["notify"] or "usual"][0],
        "back": _back(request),
    }
    part = request.headers.get("HX-Target") == "bulk-dialog"
    return render(request, "desk/orders/lists/preview_part.html" if part else "desk/orders/lists/preview.html", context)


@require_POST
@staff(May.BULK)
def run(request: StaffRequest) -> HttpResponseBase:
    """Do it: a few at once here, many in portions by the worker, with a page that shows how far it is."""
    form = BulkForm(request.POST)
    case_ids = _chosen(request)
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        key = uuid4()
    if not case_ids or not form.is_valid():
        return _nothing_chosen(request, _("Choose orders and where to move them."))
    wanted, now = form.request(), timezone.now()
    if len(case_ids) > bulk.AT_ONCE:
        asked = bulk.start(request.member, case_ids, wanted, key=key, now=now)
        return redirect("desk:bulk", request.shop.slug, asked.pk)
    trigger = ByHand(wanted.target, request.member.role, wanted.note)
    try:
        outcome = engine.advance(
            request.shop,
            case_ids,
            trigger,
            request.actor,
            now=now,
            key=f"bulk:{key}",
            notify_options=wanted.notify_options,
        )
    except engine.KeyReused:
        return _nothing_chosen(request, _("This was done already, with other orders. Choose anew."))
    _tell_outcome(request, outcome, wanted.target)
    return redirect(_back(request))


@require_POST
@staff(May.BULK)
def assign(request: StaffRequest) -> HttpResponseBase:
    """Hand the chosen orders over with a reason; who assigns may do without one. What stays remains chosen."""
    case_ids, reason = _chosen(request), request.POST.get("reason", "").strip()
    chosen = number_of(request.POST.get("owner", "")) or 0
    member = request.shop.memberships.filter(active=True, pk=chosen).first()
    if not case_ids or member is None:
        return _nothing_chosen(request, _("Choose orders and the person responsible."))
    try:
        outcome = assigning.give(request, case_ids, member, reason, explained=bool(reason) or not request.may["assign"])
    except ReasonMissing:
        toast(request, _("Write why you hand them over: the person who gets them has to know."), level="error")
        return redirect(_back(request, case_ids))
    except NotHere:
        return _nothing_chosen(request, _("Choose somebody who works in this shop."))
    assigning.tell(request, outcome, member)
    return redirect(_back(request, list(outcome.refused)))


@require_POST
@staff(May.BULK)
def take(request: StaffRequest) -> HttpResponseBase:
    """Take the chosen orders that are nobody's yet."""
    case_ids = _chosen(request)
    if not case_ids:
        return _nothing_chosen(request, _("Choose orders first."))
    outcome = claim(request.shop, case_ids, request.member, request.actor, now=timezone.now())
    assigning.tell(request, outcome, request.member)
    return redirect(_back(request))


@require_safe
@staff(May.BULK)
def progress(request: StaffRequest, bulk_id: UUID) -> HttpResponseBase:
    """How far a bulk move is; htmx asks for the part that changes."""
    asked = get_object_or_404(BulkMove, pk=bulk_id, shop=request.shop)
    now = timezone.now()
    prospect = undoing.of_bulk(asked, now=now) if asked.finished_at else None
    context = {
        "bulk": asked,
        "progress": bulk.progress(asked, now=now),
        "refused_count": asked.handled - asked.moved,
        "refused": _groups(request, {row["case"]: row["why"] for row in asked.refused}),
        "target": _status_name(request, asked.request["target"]),
        "prospect": prospect,
    }
    part = request.headers.get("HX-Target") == "bulk-progress"
    return render(
        request, "desk/orders/lists/progress_part.html" if part else "desk/orders/lists/progress.html", context
    )


def _chosen(request: StaffRequest) -> list[int]:
    """The orders the act is for: those named, those ticked, or all that the list's filters let through."""
    named = request.POST.get("ids", "")
    if named:
        return _numbers(named.split(",")[: bulk.MOST])
    if request.POST.get("all"):
        filters = listing.read_query(request.POST.get("query", ""))
        matching = queries.matching(request.shop, KIND, filters, now=timezone.now())
        return list(matching.order_by("placed_at", "pk").values_list("pk", flat=True)[: bulk.MOST])
    return _numbers(request.POST.getlist("case"))


def _numbers(texts: Iterable[str]) -> list[int]:
    return [number for number in map(number_of, texts) if number is not None]


def _nothing_chosen(request: StaffRequest, text: str) -> HttpResponseBase:
    toast(request, text, level="error")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect(_back(request))


def _effects(tally: dict[str, int]) -> list[tuple[str, str]]:
    """What follows from the act, each with its icon, in the order a person wants to know it."""
    email, sms, push = (tally.get(f"message.{channel}", 0) for channel in ("email", "sms", "push"))
    found = [
        ("mail", email, ngettext("%(n)s e-mail", "%(n)s e-mails", email)),
        ("message-2", sms, ngettext("%(n)s SMS", "%(n)s SMS", sms)),
        ("bell", push, ngettext("%(n)s push message", "%(n)s push messages", push)),
        (
            "mail-off",
            (withheld := tally.get("message.withheld", 0)),
            ngettext("%(n)s message cannot be sent", "%(n)s messages cannot be sent", withheld),
        ),
        (
            "message-off",
            (silent := tally.get("message.off", 0)),
            ngettext("%(n)s message is switched off", "%(n)s messages are switched off", silent),
        ),
        (
            "user-off",
            (unreached := tally.get("message.nobody", 0)),
            ngettext("%(n)s customer cannot be told", "%(n)s customers cannot be told", unreached),
        ),
        (
            "package-export",
            (taken := tally.get("stock.taken", 0)),
            ngettext("%(n)s piece leaves the stock", "%(n)s pieces leave the stock", taken),
        ),
        (
            "package-import",
            (returned := tally.get("stock.returned", 0)),
            ngettext("%(n)s piece returns to the stock", "%(n)s pieces return to the stock", returned),
        ),
        (
            "lock",
            (reserved := tally.get("stock.reserved", 0)),
            ngettext("%(n)s piece is reserved", "%(n)s pieces are reserved", reserved),
        ),
    ]
    return [(icon, text % {"n": number(count)}) for icon, count, text in found if count]


def _groups(request: StaffRequest, refused: dict[int, str]) -> list[Group]:
    """The refused by reason, the commonest first, with the codes of some."""
    by_reason: defaultdict[str, list[int]] = defaultdict(list)
    for case_id, why in refused.items():
        by_reason[why].append(case_id)
    named = [case_id for ids in by_reason.values() for case_id in ids[:CODES_SHOWN]]
    codes = dict(Case.objects.filter(shop=request.shop, pk__in=named).values_list("pk", "code"))
    groups = [
        Group(why, len(ids), [codes[pk] for pk in ids[:CODES_SHOWN] if pk in codes], max(0, len(ids) - CODES_SHOWN))
        for why, ids in by_reason.items()
    ]
    return sorted(groups, key=lambda group: -group.count)


def _tell_outcome(request: StaffRequest, outcome: engine.Outcome, target: str) -> None:
    moved, refused = len(outcome.moved), len(outcome.refused)
    status = _status_name(request, target)
    if moved:
        text = ngettext("%(count)s order is now “%(status)s”.", "%(count)s orders are now “%(status)s”.", moved)
        toast(request, text % {"count": number(moved), "status": status}, undo=way_back(request, outcome))
    if refused:
        text = ngettext(
            "%(count)s order stays where it was: %(why)s",
            "%(count)s orders stay where they were, such as: %(why)s",
            refused,
        )
        why = said(next(iter(outcome.refused.values())))
        toast(request, text % {"count": number(refused), "why": why}, level="warning")


def _status_name(request: StaffRequest, code: str) -> str:
    language = audience.current().language
    for flow in queries.workflows(request.shop, KIND):
        if code in flow.statuses:
            return flow.status(code).name.say(language)
    return code


def _back(request: StaffRequest, picked: Sequence[int] = ()) -> str:
    """The list one came from; orders that are `picked` stay chosen in it."""
    back = address(request, listing.read_query(request.POST.get("query", "")))
    named = ",".join(map(str, picked[:MOST_PICKED]))
    return f"{back}{'&' if '?' in back else '?'}picked={named}" if named else back
