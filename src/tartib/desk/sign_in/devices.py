"""The browsers in which somebody has signed in before: a signed cookie that says for which accounts.

It opens nothing; it gives tries of its own (`shops.signing_in`), so that strangers who guess do not keep its owner out.
"""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from tartib.web import cookies

COOKIE = cookies.named("known")
KEPT = 180 * 24 * 3600
MOST = 20
_SALT = "tartib.desk.devices"


def known(request: HttpRequest, email: str) -> str:
    """What this browser is called where it is known to `email`; "" where it is not."""
    device, accounts = _read(request)
    return device if _account(email) in accounts else ""


def keep(request: HttpRequest, response: HttpResponse, email: str, *, anew: bool = False) -> None:
    """Have the browser known to `email`; `anew` gives it a name, and with it tries, it did not have before."""
    device, accounts = _read(request)
    if anew or not device:
        device = secrets.token_urlsafe(16)
    mine = _account(email)
    accounts = [mine, *(one for one in accounts if one != mine)][:MOST]
    cookies.keep(response, COOKIE, signing.dumps([device, accounts], salt=_SALT), KEPT)


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, accounts = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return device, accounts


def _account(email: str) -> str:
    """An address as the cookie names it: whoever looks at the browser learns nobody's address."""
    return hashlib.sha256(f"{settings.SECRET_KEY}\0{email}".encode()).hexdigest()[:24]
