"""Every address, opened by everybody: who may not, learns nothing, and nothing ever breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from tartib.api.keys import SCOPES
from tartib.cases.models import Case
from tartib.customers.signing_in import open_session
from tartib.public.sessions import account_cookie
from tartib.shops.access import ALLOWED, May
from tartib.shops.models import Role, Shop, User
from tests.factories import PASSWORD, make_account, make_shop, make_staff
from tests.security.addresses import ADDRESSES, Address, Who, World, by_key, names, path, stranger

pytestmark = pytest.mark.django_db

TOKENLESS = {"storefront:cart-add"}
BY_LINK = {"portal:unsubscribe", "portal:device", "portal:device-renew"}
"""Whoever knows the address may: mail programs post there from nowhere, and nothing looks at who is signed in."""
QUESTIONS = {"portal:embed"}
"""Asked with POST by pages of other sites, so that what a customer enters stands in no address; nothing is changed."""
FRAMES = {"practice:mail", "desk:template-letter"}
"""Letters shown in a frame of our own pages: another policy, in a sandbox."""
SHARED = {"web:file", "web:picture", "portal:embed-script", "portal:embed", "portal:embed-status"}
"""What pages of other sites may show: public pictures, the tracking box."""


@pytest.fixture
def world() -> World:
    """The shop whose things are asked for."""
    return World()


def visitor(user: User | None = None, **options: Any) -> Client:
    """A browser, signed in as `user` or not at all."""
    client = Client(raise_request_exception=False, **options)
    if user is not None:
        client.force_login(user)
    return client


def ask(client: Client, method: str, address: str, **more: Any) -> Any:
    """The answer to a request, whose changes are taken back."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        answer: Any = client.generic(method, address, content_type=more.pop("content_type", FORM), **more)
        # A streamed answer reads on while it is consumed.
        answer.said = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


FORM = "application/x-www-form-urlencoded"
Walk = Iterator[tuple[str, Address, str, Any]]


def walk(client: Client, world: World, *, slug: str = "", only: Callable[[Address], bool] = lambda _a: True) -> Walk:
    """Every address with GET and POST, and the answer; what everybody is to get with any answer is checked here."""
    for name, address in ADDRESSES.items():
        if by_key(address) or not only(address):
            continue
        for method in ("GET", "POST"):
            answer = ask(client, method, path(name, world, slug))
            assert answer.status_code < 500, f"{method} {name} broke"
            assert furnished(name, answer) == [], f"{method} {name}: {answer.status_code}"
            yield name, address, method, answer


def furnished(name: str, answer: Any) -> list[str]:
    """What is missing among an answer's headers, or stands there and should not."""
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    frame = name in FRAMES and answer.status_code == 200
    framed = ("SAMEORIGIN",) if frame else ("SAMEORIGIN", "DENY") if name in FRAMES else ("DENY",)
    wrong = {
        "no policy": not policy,
        "unsafe policy": "unsafe" in policy.replace("style-src 'unsafe-inline'", "" if frame else "unsafe"),
        "a frame without a sandbox": frame and "sandbox" not in policy,
        "may be framed": "frame-ancestors 'none'" not in policy and not frame,
        "may be framed by old browsers": headers.get("X-Frame-Options") not in framed,
        "sniffing": headers.get("X-Content-Type-Options") != "nosniff",
        "may use the device": "camera=()" not in headers.get("Permissions-Policy", ""),
        "shares its window": headers.get("Cross-Origin-Opener-Policy") != "same-origin",
        "may be embedded": headers.get("Cross-Origin-Resource-Policy") != "same-origin" and name not in SHARED,
        "may be kept": not kept_by_nobody(headers.get("Cache-Control", "")) and ADDRESSES[name].who not in FOR_ALL,
        "open cookies": any(open_cookie(*one) for one in answer.cookies.items()),
        "tells where from": headers.get("Referrer-Policy") not in ("same-origin", "no-referrer"),
    }
    return [what for what, is_so in wrong.items() if is_so]


FOR_ALL = (Who.ANYBODY, Who.SHOP)
"""For whom an address is whose answers browsers and proxies may keep, where they say so."""


def kept_by_nobody(said: str) -> bool:
    """Whether neither a browser nor a proxy may keep an answer."""
    return "no-store" in said and "public" not in said


def open_cookie(name: str, cookie: Any) -> bool:
    """Whether a cookie goes along with requests of other sites, or scripts may read it that need not."""
    kept = cookie["max-age"] != 0
    return kept and (cookie["samesite"] not in ("Lax", "Strict") or (not cookie["httponly"] and name != "csrftoken"))


def to_sign_in(answer: Any) -> bool:
    """Whether the answer sends to the sign-in page: of staff, or of a shop's customers."""
    return bool(answer.status_code == 302 and re.match(r"(/sign-in/|/a/[-\w]+/in/\?)", answer.headers["Location"]))


def told(answer: Any, world: World) -> list[str]:
    """What of the shop's own stands in the answer, besides what was asked with."""
    secrets = [*world.words, world.case.code, world.case.token]
    asked = answer.request["PATH_INFO"]
    return [word for word in secrets if word.encode() in answer.said and word not in asked]


def test_every_address_is_in_the_table() -> None:
    """A new page is decided about by a person before it is open to anybody."""
    missing = [name for name in names() if name not in ADDRESSES]
    gone = [name for name in ADDRESSES if name not in names()]
    assert not missing, (
        f"{', '.join(missing)}: write into tests/security/addresses.py who may open this, with which methods, and"
        " what its parameters stand for. The other tests here then prove it."
    )
    assert not gone, f"{', '.join(gone)}: no such address any more; take the line out of tests/security/addresses.py."


@pytest.mark.parametrize("customer", [False, True], ids=["nobody", "customer"])
def test_who_has_not_signed_in_gets_to_the_sign_in_page(world: World, customer: bool) -> None:
    """X6: nobody, and a customer with the link of one order, see what is for everybody, and nothing of the desk."""
    client = visitor()
    if customer:
        assert client.get(f"/t/{world.case.token}/").status_code == 200
        found = {"code": world.case.code, "contact": "+380501112233"}
        assert client.post(f"/track/{world.shop.slug}/", found).status_code == 302
        assert "sessionid" not in client.cookies
    for name, address, method, answer in walk(client, world):
        what = f"{method} {name}: {answer.status_code}"
        open_to_all = address.who in (Who.ANYBODY, Who.SHOP, Who.LINK, Who.PROVIDER, Who.GATEWAY)
        if method not in address.methods:
            assert answer.status_code in (404, 405) or to_sign_in(answer) or open_to_all, what
        elif not open_to_all:
            assert to_sign_in(answer) or answer.status_code == 404, what
        if address.who is not Who.LINK and name != "portal:find":
            shown = world.shown if address.who in (Who.SHOP, Who.ACCOUNT) else ()
            assert set(told(answer, world)) <= set(shown), what


STRANGERS = [Role.OWNER, "nowhere", "former"]


@pytest.mark.parametrize("role", STRANGERS)
def test_to_staff_of_other_shops_a_shop_does_not_exist(world: World, role: str) -> None:
    """X6: another shop's owner, staff of no shop, and who worked here once: 404, as where nothing is."""
    users = {"former": lambda: world.former, "nowhere": stranger}
    user = users.get(role, lambda: make_staff(make_shop(), role))()
    for name, address, method, answer in walk(visitor(user), world, only=lambda a: a.who not in PUBLIC):
        what = f"{method} {name}: {answer.status_code}"
        assert answer.status_code in ((404,) if method in address.methods else (404, 405)), what
        assert told(answer, world) == [], what


PROGRAMS = (Who.PROVIDER, Who.GATEWAY)
PUBLIC = (Who.ANYBODY, Who.SHOP, Who.LINK, Who.ACCOUNT, Who.SIGNED_IN, Who.PROVIDER, Who.GATEWAY)


@pytest.mark.parametrize("role", Role.values)
def test_each_role_may_what_the_table_of_roles_says(world: World, role: str) -> None:
    """X6: what a role may not do answers 403 and tells nothing; everything else answers."""
    client = visitor(world.staff[role])
    for name, address, method, answer in walk(client, world, only=lambda a: a.who is not Who.PRACTICE):
        what = f"{method} {name} as {role}: {answer.status_code}"
        if method not in address.methods:
            assert answer.status_code in (403, 404, 405) or address.who in PUBLIC, what
        elif isinstance(address.who, May) and address.who not in ALLOWED[role]:
            assert answer.status_code == 403, what
            assert world.case.token.encode() not in answer.said, what
        elif address.who is Who.ACCOUNT:
            assert to_sign_in(answer), what
        elif address.who not in PROGRAMS:
            assert (
                not to_sign_in(answer) or name.startswith("portal:account") or name in ("desk:sign-out", "desk:sign-in")
            ), what
            assert answer.status_code in (200, 204, 302, 303, 400, 409, 422) or (
                address.missing and answer.status_code == 404
            ), what


def customer_of(world: World, shop: Shop) -> Client:
    """The browser of a customer who has their account open; with `shop`'s cookie for it."""
    client = visitor()
    client.cookies[account_cookie(shop)] = world.visitor
    return client


def test_an_account_is_open_to_its_customer(world: World) -> None:
    """X6: every page of an account answers in the browser in which it is open, and is kept by nobody."""
    for name, address, method, answer in walk(customer_of(world, world.shop), world, only=of_accounts):
        what = f"{method} {name}: {answer.status_code}"
        if method not in address.methods:
            assert answer.status_code == 405, what
        else:
            assert answer.status_code in (200, 302, 422), what
            assert not to_sign_in(answer), what
            assert "no-store" in answer.headers["Cache-Control"], what


def test_an_account_of_one_shop_opens_nothing_in_another(world: World) -> None:
    """X6: a session is of one shop, whatever the name of the cookie says; staff's session is none of a customer's."""
    mine = make_shop()
    for client in (customer_of(world, mine), customer_of(world, world.shop), visitor(world.staff[Role.OWNER])):
        for name, address, method, answer in walk(client, world, slug=mine.slug, only=of_accounts):
            if method in address.methods:
                assert to_sign_in(answer), f"{method} {name}"
            assert told(answer, world) == [], f"{method} {name}"


def test_an_account_finds_nothing_of_another_customer(world: World) -> None:
    """X6: another customer of the same shop puts the numbers of somebody's things into addresses of their account."""
    client = visitor()
    account = make_account(world.shop, "other@example.com")
    client.cookies[account_cookie(world.shop)] = open_session(account, "", "", now=timezone.now())
    for name, address, method, answer in walk(
        client, world, only=lambda a: of_accounts(a) and bool({*a.things} - {"channel"})
    ):
        assert answer.status_code == (404 if method in address.methods else 405), f"{method} {name}"
        assert set(told(answer, world)) <= set(world.shown), f"{method} {name}"


def of_accounts(address: Address) -> bool:
    """Whether it is of a customer's account."""
    return address.who is Who.ACCOUNT


def test_the_things_of_a_shop_are_not_found_in_another(world: World) -> None:
    """X6: an owner who puts another shop's numbers into addresses of their own shop finds nothing there."""
    mine = make_shop()
    client = visitor(make_staff(mine, Role.OWNER))
    told_of = {"status", "channel", "language", "way"}
    found = walk(client, world, slug=mine.slug, only=lambda a: bool(a.things) and not told_of & set(a.things))
    for name, address, method, answer in found:
        # What somebody else removed while it was edited keeps what was typed, whosever it was: as something new.
        kept = {422} if (method, name) == ("POST", "desk:settings-method") else set()
        if address.who not in PUBLIC:
            fit = {404} | kept if method in address.methods else {404, 405}
            assert answer.status_code in fit, f"{method} {name}"
            assert told(answer, world) == [], f"{method} {name}"


FORMS = {
    "desk:bulk-preview": "to=cancelled&ids={case}&case={case}",
    "desk:bulk-run": "to=cancelled&ids={case}&case={case}",
    "desk:bulk-assign": "owner={mine}&ids={case}&case={case}",
    "desk:bulk-take": "ids={case}&case={case}",
    "desk:review-delete": "case={case}&reason=x",
    "desk:settings": "default_owner={owner}",
    "desk:staff-add": "email=new@example.com&name=New&role=owner&branch={branch}",
    "desk:orders-fresh": "shown={case}&others={case}",
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_take_no_things_of_another_shop(world: World, name: str) -> None:
    """X6: another shop's numbers in the fields of a form are as numbers of nothing."""
    mine = make_shop()
    assert mine.default_owner is not None
    client = visitor(make_staff(mine, Role.OWNER))
    body = FORMS[name].format(mine=mine.default_owner.pk, **world.things)
    before = Case.objects.filter(shop=world.shop).values()[:9]
    kept = list(before)
    target = path(name, world, mine.slug)
    if ADDRESSES[name].methods == "GET":
        answer: Any = client.get(f"{target}?{body}")
    else:
        answer = client.generic("POST", target, body, content_type=FORM, follow=True)
    answer.said = answer.content
    assert told(answer, world) == []
    assert list(before.all()) == kept
    mine.refresh_from_db()
    assert mine.default_owner.shop_id == mine.pk
    assert not mine.memberships.exclude(branch=None).exclude(branch__shop=mine).exists()


def test_posts_need_a_token(world: World) -> None:
    """X6: no other site can make a browser change anything: without the form's token every POST is refused.

    What other sites may ask is answered as to anybody, whoever has signed in here.
    """
    client = visitor(world.staff[Role.OWNER], enforce_csrf_checks=True)
    for name, address in ADDRESSES.items():
        if name in BY_LINK:
            continue
        if "POST" in address.methods and not by_key(address) and address.who not in PROGRAMS:
            # What stands on pages that are the same for everybody goes by where the form was sent from.
            elsewhere = {"headers": {"origin": "https://elsewhere.example"}} if name in TOKENLESS else {}
            answer = ask(client, "POST", path(name, world), **elsewhere)
            if name in QUESTIONS:
                assert answer.content == ask(visitor(), "POST", path(name, world)).content, name
                assert not answer.cookies, name
                assert "Access-Control-Allow-Credentials" not in answer.headers, name
                continue
            assert answer.status_code == 403, f"{name}: {answer.status_code}"
            assert furnished("", answer) == []


def test_programs_need_a_key_of_the_shop_with_the_scope(world: World) -> None:
    """X6: no key 401; a key of another shop 404 or nothing; a key without the scope 403."""
    other = World(make_shop())
    foreign = other.key(*SCOPES)
    session = visitor(world.staff[Role.OWNER])
    for name, address in ADDRESSES.items():
        if not by_key(address):
            continue
        assert isinstance(address.who, str)
        lacking = world.key(*(scope for scope in SCOPES if scope != address.who))
        right = world.key(address.who)
        for token, expected in ((None, (401,)), ("tt_none", (401,)), (lacking, (403,)), (foreign, ()), (right, ())):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            target = path(name, world)
            method = address.methods
            data = "" if method == "GET" else "{}"
            answer = ask(session, method, target, data=data, headers=headers, content_type="application/json")
            what = f"{method} {name}: {answer.status_code}"
            assert answer.status_code < 500, what
            assert furnished(name, answer) == [], what
            if expected:
                assert answer.status_code in expected, what
            if token == foreign:
                assert answer.status_code == 404 or not address.things or answer.status_code == 422, what
            if token == right:
                assert answer.status_code not in (401, 403, 404), what
            else:
                assert told(answer, world) == [] or (token == foreign and not address.things), what


def test_lists_of_programs_hold_their_own_shop_only(world: World) -> None:
    """X6: what a key lists is its own shop's."""
    other = make_shop()
    from tartib.shops.operations import issue_key

    _record, token = issue_key(other, "Program", list(SCOPES))
    answer = visitor().get("/api/v1/orders", headers={"Authorization": f"Bearer {token}"})
    assert json.loads(answer.content)
    answer.said = answer.content  # type: ignore[attr-defined]
    assert told(answer, world) == []


def test_caught_messages_are_for_staff_of_practice_shops(world: World) -> None:
    """D12: the catcher is open to who works in a practice shop, and to nobody else."""
    practice = make_shop(practice=True)
    inside = visitor(make_staff(practice, Role.TECHNICIAN))
    for name, user in (("practice:caught", stranger()), ("practice:mail", world.staff[Role.OWNER])):
        assert ask(inside, "GET", path(name, world)).status_code == 200
        assert ask(visitor(user), "GET", path(name, world)).status_code == 404
    assert to_sign_in(ask(visitor(), "GET", "/practice/"))


def test_cookies_keep_to_themselves(world: World) -> None:
    """X6: no script reads the session, and no other site sends it along with a form."""
    client = visitor()
    user = world.staff[Role.OWNER]
    client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    session = client.cookies["sessionid"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert all(cookie["samesite"] in ("Lax", "Strict") for cookie in client.cookies.values())
    before = session.value
    client.post("/sign-out/")
    fresh = visitor()
    fresh.cookies["sessionid"] = before
    assert to_sign_in(fresh.get("/desk/"))


def test_a_session_is_new_with_every_sign_in(world: World) -> None:
    """X6: a session number somebody was given before signing in is worth nothing after."""
    client = visitor()
    client.cookies["sessionid"] = "a" * 32
    client.post("/sign-in/", {"email": world.staff[Role.OWNER].email, "password": PASSWORD})
    assert client.cookies["sessionid"].value != "a" * 32


@pytest.mark.parametrize(
    "there",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)
def test_nobody_is_sent_to_another_site(world: World, there: str) -> None:
    """X6: addresses to go on to, which a link can bring along, never leave this site."""
    user = world.staff[Role.OWNER]
    signed = visitor(user)
    answers = [
        visitor().post(f"/sign-in/?next={there}", {"email": user.email, "password": PASSWORD, "next": there}),
        signed.get("/sign-in/", {"next": there}),
        visitor().post("/language/", {"language": "fa", "next": there}),
        signed.post(path("desk:act-undo", world), headers={"referer": there}),
    ]
    for answer in answers:
        assert answer.status_code == 302
        assert re.match(r"/(?![/\\])", answer.headers["Location"]), answer.headers["Location"]
