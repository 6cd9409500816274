"""How much one visitor may ask of customers' pages, counted in the database for all web processes together.

Generous, and of each shop by itself: an office behind one address does not meet it, and who meets it nevertheless, as
the many behind the one address of a phone company do, signs in by a code and is counted alone from then on. What wants
a closer count (codes, orders, messages) has that where it is done, see `public.proving`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone, translation

from tartib.customers import queries
from tartib.flow.words import LANGUAGES
from tartib.public.sessions import account_cookie, proof_cookie
from tartib.shops.models import Shop
from tartib.shops.operations import within_limit
from tartib.web.addresses import shop_path
from tartib.web.headers import browser, visitor

MOST, MOST_OF_BROWSER, MOST_OF_PERSON, WITHIN = 3_000, 600, 600, timedelta(minutes=10)
"""How many lists of a shop may be looked through from one address, and how many forms be sent, in that time; and how
many by one browser behind it, or by one person who proved to be one. A browser's further ones count for it alone."""

PROVED_FOR = timedelta(hours=2)
"""How long a browser is known by a contact that was proved in it."""

Answer = Callable[[HttpRequest], HttpResponseBase]
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def person(request: HttpRequest, shop: Shop) -> str | None:
    """Who somebody proved to be in this browser, in words to count them by: an account or a contact."""
    if (token := request.COOKIES.get(account_cookie(shop), "")) and (
        session := queries.session(shop, token, now=timezone.now())
    ):
        return f"account {session.account_id}"
    contact = getattr(request, "proved", "") or _proved(request, shop)
    return f"contact {contact}" if contact else None


def here(request: HttpRequest, shop: Shop) -> list[str]:
    """Whom to count within one shop: the person, once they proved to be one, else the visitor; maybe nobody."""
    known = person(request, shop) or visitor(request)
    return [f"{shop.pk} {known}"] if known else []


def proof(shop: Shop, contact: str) -> str:
    """What the cookie holds by which a browser is known for a while by a contact that was proved in it."""
    return signing.dumps(contact, salt=f"tartib.public.proof {shop.pk}")


def _proved(request: HttpRequest, shop: Shop) -> str:
    try:
        said = signing.loads(
            request.COOKIES.get(proof_cookie(shop), ""), salt=f"tartib.public.proof {shop.pk}", max_age=PROVED_FOR
        )
    except signing.BadSignature:
        return ""
    return str(said)


def unhurried(view: View) -> View:
    """Answer a page that costs something to make only so often to one visitor."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        shop: Shop | None = getattr(request, "shop", None)
        return view(request, *args, **kwargs) if _within(request, "look", shop) else too_much(request, shop)

    return answered  # type: ignore[return-value]


def uncounted(view: View) -> View:
    """Let a view be posted to by programs, which come from few addresses, or count for itself."""
    view.uncounted = True  # type: ignore[attr-defined]
    return view


def way_in(view: View) -> View:
    """Have a form by which somebody proves who they are counted apart: other forms do not shut it."""
    view.way_in = True  # type: ignore[attr-defined]
    return view


def forms_sent(get_response: Answer) -> Answer:
    """Middleware: forms of those who have not signed in as staff are taken only so often from one visitor."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            match = _match(request)
            if match is not None and not getattr(match.func, "uncounted", False):
                shop = _shop(request, match)
                purpose = "way in" if getattr(match.func, "way_in", False) else "form"
                if not _within(request, purpose, shop):
                    _speak(match, shop)
                    return too_much(request, shop)
        return get_response(request)

    return middleware


def too_much(request: HttpRequest, shop: Shop | None = None) -> HttpResponse:
    """The page that asks to wait, or to sign in to the shop, in the language that is active."""
    language = translation.get_language() or ""
    way = ""
    if shop is not None and person(request, shop) is None:
        own = getattr(request, "shop_of_host", None) is not None
        spoken = next((one for one in shop.languages if one.lower() == language.lower()), shop.language)
        way = shop_path(shop, "portal:account-sign-in", language=spoken, own_host=own)
    response = render(request, "429.html", {"way_in": way}, status=429)
    response.headers["Retry-After"] = str(int(WITHIN.total_seconds()))
    response.headers["Cache-Control"] = "no-store"
    return response


def _within(request: HttpRequest, purpose: str, shop: Shop | None) -> bool:
    now, own = timezone.now(), browser(request)
    where = str(shop.pk) if shop is not None else ""
    if shop is not None and person(request, shop) is not None:
        return within_limit(purpose, here(request, shop), most=MOST_OF_PERSON, window=WITHIN, now=now)
    if own and not within_limit(f"{purpose} browser", [f"{where} {own}"], most=MOST_OF_BROWSER, window=WITHIN, now=now):
        return False
    # What no page of ours sent is refused anyhow, and uses up nothing of those that one did.
    lane = f"{purpose} bare" if request.method == "POST" and not own else purpose
    subjects = here(request, shop) if shop is not None else [visitor(request)]
    return within_limit(lane, subjects, most=MOST, window=WITHIN, now=now)


def _match(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def _shop(request: HttpRequest, match: ResolverMatch) -> Shop | None:
    """The shop whose form it is, where its address says so."""
    known: Shop | None = getattr(request, "shop_of_host", None)
    if known is None and "slug" in match.kwargs:
        return Shop.objects.filter(slug=match.kwargs["slug"]).first()
    return known


def _speak(match: ResolverMatch, shop: Shop | None) -> None:
    """Speak the language of the address, else of the shop that is visited: the view itself did not get to do so."""
    language = match.kwargs.get("language", "")
    if language not in LANGUAGES and shop is not None:
        language = shop.language
    if language in LANGUAGES:
        translation.activate(language)
