"""The list of support requests, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tartib.cases import queries
from tartib.cases.filters import Filters
from tartib.cases.models import Phase
from tartib.desk.access import StaffRequest, staff
from tartib.desk.support import page
from tartib.files.models import Upload
from tartib.mailbox.showing import as_text
from tartib.support import SUPPORT
from tartib.support.queries import WAITING_FOR_US, waiting
from tartib.support.queries import attachment as attachment_of
from tartib.support.queries import letter as letter_of
from tartib.web.files import answer, text

COLUMNS = ("customer", "what", "status", "owner", "due", "updated")
SEEN_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the list: its name in the address, its label, and how many are in it where that is counted."""

    code: str
    label: str
    filters: Filters
    count: int | None = None


@require_safe
@staff()
def request_list(request: StaffRequest) -> HttpResponseBase:
    """The requests that wait for the shop, longest due first; or those of another tab, the newest change first."""
    now, text = timezone.now(), request.GET.get("text", "").strip()[:200]
    tabs = _tabs(request)
    tab = next((tab for tab in tabs if tab.code == request.GET.get("tab")), tabs[0])
    filters = replace(tab.filters, text=text)
    page = queries.page_of_rows(request.shop, SUPPORT, filters, now=now, cursor=request.GET.get("cursor", ""))
    context = {
        "tabs": tabs,
        "tab": tab,
        "text": text,
        "page": page,
        "columns": COLUMNS,
        "orders_url": request.path,
        "query": "",
        "selectable": False,
        "now": now,
    }
    return render(request, "desk/support/list.html", context)


@require_safe
@staff()
def count(request: StaffRequest) -> HttpResponse:
    """How many wait, for the side bar."""
    return render(request, "desk/support/count.html", {"count": waiting(request.shop)})


@require_safe
@staff()
def request_page(request: StaffRequest, code: str) -> HttpResponseBase:
    """One request: where it stands, what was written, who asked and about what."""
    case = page.find(request, code)
    return render(request, "desk/support/request.html", page.context(request, case, now=timezone.now()))


@require_safe
@staff()
def attachment(request: StaffRequest, code: str, file: str) -> HttpResponse:
    """A file that was attached to something written in the request."""
    upload = attachment_of(page.find(request, code), file)
    if upload is None:
        raise Http404
    return answer(upload, SEEN_AT_ONCE)


@require_safe
@staff()
def letter(request: StaffRequest, code: str, seq: int) -> HttpResponse:
    """The whole of an e-mail as plain text: what it says, quotations too, or, where that cannot be read, as it came."""
    words = as_text(_letter(request, code, seq))
    if words is None:
        raise Http404
    return text(words)


@require_safe
@staff()
def letter_file(request: StaffRequest, code: str, seq: int) -> HttpResponse:
    """An e-mail as it came, to be opened by a mail program."""
    return answer(_letter(request, code, seq))


def _letter(request: StaffRequest, code: str, seq: int) -> Upload:
    upload = letter_of(page.find(request, code), seq)
    if upload is None:
        raise Http404
    return upload


def _tabs(request: StaffRequest) -> list[Tab]:
    mine = request.member
    return [
        Tab("", _("Waiting for us"), Filters(phase=WAITING_FOR_US, sort="due"), waiting(request.shop)),
        Tab("mine", _("Mine"), Filters(owner=mine.pk, phase=WAITING_FOR_US, sort="due"), waiting(request.shop, mine)),
        Tab("free", _("Nobody’s yet"), Filters(free=True, open=True, sort="due")),
        Tab("late", _("Late"), Filters(late=True, open=True, sort="due")),
        Tab("answered", _("Answered"), Filters(phase=(Phase.READY,), sort="-updated")),
        Tab("all", _("All"), Filters(sort="-updated")),
    ]
