"""The page of caught messages."""

from __future__ import annotations

from email.utils import make_msgid

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from tartib.sandbox.models import Caught
from tartib.sandbox.operations import NotDelivered, is_open
from tartib.sandbox.operations import reply as send_reply
from tartib.sandbox.queries import newest, place
from tartib.web import audience
from tartib.web.toasts import toast

SHOWN = 60
LONGEST_REPLY = 4_000
# An e-mail is shown as a mail program would: no scripts, nothing fetched, links in a window of their own.
_SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)


@require_GET
def caught(request: HttpRequest) -> HttpResponse:
    """Everything caught, newest first; asked with `after`, only what has come since."""
    _enter(request)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    after = request.GET.get("after", "")
    found = newest(int(after) if after.isdecimal() and len(after) < 19 else 0, SHOWN)
    if after and not found:
        return HttpResponse(status=204)
    page = "sandbox/messages.html" if after else "sandbox/caught.html"
    newest_id = found[0].pk if found else 0
    return render(request, page, {"messages_caught": found, "newest": newest_id, "longest": LONGEST_REPLY})


@require_GET
@xframe_options_sameorigin
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One e-mail's HTML, for the frame in which it is shown."""
    _enter(request)
    if not request.user.is_authenticated:
        raise Http404
    message = get_object_or_404(Caught, pk=pk)
    return HttpResponse(f'<base target="_blank">{message.html}', headers={"Content-Security-Policy": _SANDBOX})


@require_POST
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a caught e-mail as the customer who got it."""
    _enter(request)
    if not request.user.is_authenticated:
        raise Http404
    message = get_object_or_404(Caught.objects.exclude(reply_to=""), pk=pk)
    words = request.POST.get("words", "").strip()[:LONGEST_REPLY]
    if not words:
        toast(request, _("Write a few words first."), level="error")
        return redirect("practice:caught")
    try:
        send_reply(message, words, make_msgid(domain="practice.localhost"), now=timezone.now())
    except NotDelivered as problem:
        if problem.refused:
            said = _("The mailbox knows no such address any more, so your answer was not taken in.")
        else:
            said = _("The mailbox cannot be reached, so your answer was not taken in. Try again in a minute.")
        toast(request, said, level="error")
    else:
        toast(request, _("Your answer is with the shop. It stands among the support requests."))
    return redirect("practice:caught")


def _enter(request: HttpRequest) -> None:
    """Let in who works in a practice shop, in their language; for anybody else who is signed in there is nothing."""
    member = place(request.user) if request.user.is_authenticated else None
    if member is not None:
        audience.enter(member.shop, member.user.language)
    elif request.user.is_authenticated or not is_open():
        raise Http404
