"""Past a limit a proof instead of a closed door.

What strangers do often from one place (order, ask for help) may be the work of one, or of the many whom a phone company
lets out by one address. Who meets such a limit is sent a code, by e-mail or SMS, to the contact that is named in what
they want to do; with it they go on, and are counted alone, by that contact, for as long as their browser is known by
it. What turns out to fail is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from tartib.customers import signing_in
from tartib.customers.addresses import EMAIL, ContactPoint, hidden, read_contact_point
from tartib.customers.identity import Code
from tartib.public.limits import PROVED_FOR, person, proof
from tartib.public.sessions import proof_cookie
from tartib.shops.models import Shop
from tartib.shops.operations import give_back, within_limits
from tartib.web import cookies
from tartib.web.headers import browser, visitor


@dataclass(frozen=True, slots=True)
class Limit:
    """How often one thing may be done in a shop within `window`: by `visitor` (an address) without any proof, and by
    one contact, proved or not."""

    purpose: str
    visitor: int
    contact: int
    window: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Question:
    """What the page has to ask before the thing is done; every part of the form it stood on is to be kept.

    `sent_to` is where the code went, half hidden; "" where no contact is known to which one could go, and an e-mail
    address is asked for. `wait`: neither helps, since this very contact did it too often.
    """

    token: str = ""
    sent_to: str = ""
    wrong: bool = False
    wait: bool = False

    @property
    def status(self) -> int:
        """The HTTP status of the page that asks."""
        return 429 if self.wait else 422


@dataclass(slots=True)
class Gate:
    """Whether something may be done: not while there is a `question`."""

    question: Question | None = None
    counted: list[tuple[str, list[str]]] = field(default_factory=list)

    def failed(self) -> None:
        """It was not done after all, and does not count."""
        for purpose, subjects in self.counted:
            give_back(purpose, subjects)
        self.counted = []


def gate(
    request: HttpRequest, shop: Shop, limit: Limit, contacts: Sequence[ContactPoint], *, language: str, now: datetime
) -> Gate:
    """Count the thing once, for the person or else for the visitor and the contacts; ask where it is too often.

    The form's fields `proof` and `proof_code` answer a question that was asked before, `proof_address` says where the
    code is to go when the contacts cannot be reached, and `proof_again` asks for another code.
    """
    token = request.POST.get("proof", "")[:40]
    if token and not request.POST.get("proof_again") and (refused := _redeemed(request, shop, token, now)):
        return Gate(refused)
    who = person(request, shop)
    if who is not None:
        passed = Gate(counted=[(f"{limit.purpose} person", [f"{shop.pk} {who}"])])
        enough = within_limits([(*passed.counted[0], limit.contact)], window=limit.window, now=now)
        return passed if enough else _refused(passed, Question(wait=True))
    known = visitor(request)
    passed = Gate(
        counted=[
            (limit.purpose, [f"{shop.pk} {known}"] if known else []),
            (f"{limit.purpose} contact", [f"{shop.pk} {one.address}" for one in contacts]),
        ]
    )
    counts = [(*one, most) for one, most in zip(passed.counted, (limit.visitor, limit.contact), strict=True)]
    if within_limits(counts, window=limit.window, now=now):
        return passed
    reach = _reach(request, shop, contacts)
    if reach is None:
        return _refused(passed, Question(wrong=bool(request.POST.get("proof_address"))))
    token = signing_in.ask_code(shop, reach, language, known, now=now, browser=browser(request))
    return _refused(passed, Question(token, hidden(reach.address)))


def contacts(shop: Shop, email: str, phone: str) -> list[ContactPoint]:
    """By what somebody can be sent a code, of what they wrote: the e-mail address before the phone."""
    found = [reach for text in (email, phone) if text and (reach := read_contact_point(text, shop)) is not None]
    return [one for one in found if one.channel == EMAIL or signing_in.can_text(shop)]


def proofs(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a browser in which a contact was proved is known by it for a while."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        shop: Shop | None = getattr(request, "proved_to", None)
        if shop is not None and isinstance(response, HttpResponse):
            value = proof(shop, getattr(request, "proved", ""))
            cookies.keep(response, proof_cookie(shop), value, int(PROVED_FOR.total_seconds()))
        return response

    return middleware


def _redeemed(request: HttpRequest, shop: Shop, token: str, now: datetime) -> Question | None:
    """Take the code; what to ask once more where it is not right, nothing where it is or is not to be had any more."""
    asked = Code.objects.filter(shop=shop, token=token, expires_at__gt=now).first()
    if asked is None:
        return None
    code = request.POST.get("proof_code", "")[:40]
    found = signing_in.redeem(shop, token, code, visitor(request), now=now, browser=browser(request))
    if found is None:
        return Question(token, hidden(asked.address), wrong=True)
    request.proved, request.proved_to = found.address, shop  # type: ignore[attr-defined]
    return None


def _reach(request: HttpRequest, shop: Shop, contacts: Sequence[ContactPoint]) -> ContactPoint | None:
    """Where a code can go: to what the order or message names, else to the e-mail address that was asked for."""
    if contacts:
        return contacts[0]
    typed = read_contact_point(request.POST.get("proof_address", "")[:254], shop)
    return typed if typed is not None and typed.channel == EMAIL else None


def _refused(passed: Gate, question: Question) -> Gate:
    passed.failed()
    return Gate(question)
