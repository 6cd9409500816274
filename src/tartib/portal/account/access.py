"""Who may open the pages of an account: whoever has it open in this browser. Everybody else is asked to sign in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.http import HttpResponseBase, HttpResponseRedirect

from tartib.customers.identity import Account, Session
from tartib.customers.signing_in import seen
from tartib.public.visits import ShopRequest, visited
from tartib.web import audience
from tartib.web import following as asked
from tartib.web.headers import address

P = ParamSpec("P")


class AccountRequest(ShopRequest):
    """A request in an open account; at run time an ordinary request with more on it."""

    account: Account
    session_of_account: Session


View = Callable[Concatenate[AccountRequest, P], HttpResponseBase]


def account(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Open a view to who has their account in this shop open. Its request has `account` and `session_of_account`.

    Nothing of an answer is kept by the browser or on the way.
    """

    @wraps(view)
    def opened(request: ShopRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        session = request.visit.session
        if session is None:
            following = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
            return unkept(HttpResponseRedirect(f"{request.visit.path('portal:account-sign-in')}?{following}"))
        now = audience.current().now
        audience.enter(request.shop, request.visit.language, now=now, calendar=session.account.customer.calendar)
        seen(session, address(request), now=now)
        account_request = cast("AccountRequest", request)
        account_request.account, account_request.session_of_account = session.account, session
        return unkept(view(account_request, *args, **kwargs))

    return visited(opened)


def following(request: ShopRequest) -> str:
    """Where to after signing in: the page one came for, if it is one of this host; else the account's first page."""
    return asked.following(request, request.visit.path("portal:account"))


def unkept(response: HttpResponseBase) -> HttpResponseBase:
    """Have an answer kept by nobody, and found by no search engine."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
