"""What the shop holds of a person: to take along, and to have erased."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tartib.billing.models import PaperSettings
from tartib.customers import bundle, erasing, signing_in
from tartib.customers.addresses import EMAIL, SMS, ContactPoint, hidden
from tartib.customers.identity import Account
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.portal.account.access import AccountRequest, account
from tartib.public.sessions import account_cookie
from tartib.public.visits import cart_cookie
from tartib.shops.operations import within_limit
from tartib.web import audience, cookies
from tartib.web.headers import browser, visitor

HOUR = timedelta(hours=1)
DOWNLOADS_AN_HOUR = 5


@require_safe
@account
def page(request: AccountRequest) -> HttpResponseBase:
    """What can be done with one's data."""
    return _page(request)


@require_POST
@account
def download(request: AccountRequest) -> HttpResponseBase:
    """Everything the shop holds of the person, as one file that is made while it is sent."""
    reader = audience.current()
    if not within_limit(
        "account download", [str(request.account.pk)], most=DOWNLOADS_AN_HOUR, window=HOUR, now=reader.now
    ):
        return _page(request, _("You have downloaded it several times. Please wait an hour."))
    held = bundle.gather(erasing.owner(request.account))
    packed = bundle.pack(request.shop, held, reader.language, reader.calendar, now=reader.now)
    name = f"{request.shop.slug}-{reader.now:%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(packed, content_type="application/zip", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@account
def erasure(request: AccountRequest) -> HttpResponseBase:
    """What erasing means; asked for, a code is sent, without which nothing is erased."""
    token = ""
    if request.method == "POST" and not erasing.hindrances(erasing.owner(request.account)):
        reader = audience.current()
        token = signing_in.ask_code(
            request.shop,
            _reach(request.account),
            reader.language,
            visitor(request),
            now=reader.now,
            browser=browser(request),
        )
    return _question(request, token)


@require_POST
@account
def erase(request: AccountRequest) -> HttpResponseBase:
    """Erase the person, once the code is right, and close the account in this browser."""
    mine, now = request.account, audience.current().now
    token = request.POST.get("token", "")[:40]
    proof = signing_in.redeem(
        request.shop, token, request.POST.get("code", "")[:40], visitor(request), now=now, browser=browser(request)
    )
    if proof is None or proof.address not in (mine.email, mine.phone):
        return _question(request, token, wrong=True)
    try:
        erasing.erase(erasing.owner(mine), Actor(ActorKind.CUSTOMER, "", mine.customer_id), now=now)
    except erasing.Hindered:
        return _question(request, "")
    request.visit.session = None
    response = render(request, "portal/account/erased.html", {"shop": request.shop})
    for cookie in (account_cookie(request.shop), cart_cookie(request.shop)):
        cookies.forget(response, cookie)
    return response


def _reach(mine: Account) -> ContactPoint:
    """Where the code goes: the e-mail address, or the phone of an account that has none."""
    return ContactPoint(EMAIL, mine.email) if mine.email else ContactPoint(SMS, mine.phone)


def _page(request: AccountRequest, problem: str = "") -> HttpResponseBase:
    context = {"shop": request.shop, "account": request.account, "tab": "data", "problem": problem}
    return render(request, "portal/account/data.html", context, status=429 if problem else 200)


def _question(request: AccountRequest, token: str, *, wrong: bool = False) -> HttpResponseBase:
    context = {
        "shop": request.shop,
        "account": request.account,
        "tab": "data",
        "reasons": erasing.hindrances(erasing.owner(request.account)),
        "sent_to": hidden(_reach(request.account).address),
        "token": token,
        "wrong": wrong,
        "paper_years": PaperSettings.of(request.shop).paper_years,
    }
    return render(request, "portal/account/erasure.html", context, status=422 if wrong else 200)
