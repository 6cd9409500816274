"""Coming in and going out: sign-in, sign-out, and the choice of a shop."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tartib.desk.access import StaffRequest, origin, staff
from tartib.desk.sign_in import devices, enqueue, recovery
from tartib.l10n import normal
from tartib.shops import security, signing_in
from tartib.shops.access import memberships
from tartib.shops.models import SecurityEvent, User
from tartib.shops.signing_in import Attempt
from tartib.web.following import following
from tartib.web.forms import Dressed
from tartib.web.headers import browser, visitor
from tartib.web.views import keep_language

PROVING = "proving"
"""Where the session keeps whose mailbox is being proved, so that the address stands in no link."""


class SignIn(forms.Form):
    """E-mail and password."""

    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "dir": "ltr"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )


class Code(Dressed):
    """The code from the letter."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "autofocus": True, "dir": "ltr"}
        ),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in. A wrong password and an unknown address are answered alike; too many tries, by asking for a proof."""
    there = following(request, reverse("desk:shops"))
    if request.user.is_authenticated:
        return redirect(there)
    form = SignIn(request.POST or None, initial={"email": request.session.get(PROVING, "")})
    if request.method == "POST" and form.is_valid():
        attempt = _attempt(request, form.cleaned_data["email"])
        if not attempt.count(now=timezone.now()):
            return _ask_for_proof(request, attempt, there)
        user = _known(request, attempt, form.cleaned_data["password"])
        if user is not None:
            return come_in(request, user, redirect(there))
        form.add_error(None, _("E-mail and password do not match."))
    status = 422 if form.errors else 200
    return render(request, "desk/sign_in/sign_in.html", {"form": form, "next": there}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Prove the mailbox by the code that was sent to it; then the password can be tried in this browser again."""
    there, email = following(request, reverse("desk:shops")), request.session.get(PROVING, "")
    if request.user.is_authenticated:
        return redirect(there)
    if not email:
        return redirect("desk:sign-in")
    form = Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if signing_in.is_right(_attempt(request, email), form.cleaned_data["code"], now=timezone.now()):
            response = redirect(_on(reverse("desk:sign-in"), there))
            devices.keep(request, response, email, anew=True)
            return response
        form.add_error("code", _("This code is not right, or is too old. Look for the newest letter."))
    context = {"form": form, "next": there, "email": email}
    return render(request, "desk/sign_in/sign_in_code.html", context, status=422 if form.errors else 200)


def come_in(request: HttpRequest, user: User, response: HttpResponse) -> HttpResponse:
    """Sign somebody in, in a session of its own; the browser is known to their account from now on."""
    login(request, user)
    keep_language(response, user.language)
    devices.keep(request, response, user.email)
    security.record_of_person(origin(request, user), SecurityEvent.SIGNED_IN)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, here and in every tab; and sign in again for the page one wanted to see, where there is one."""
    there = following(request, "")
    logout(request)
    return redirect(_on(reverse("desk:sign-in"), there) if there else reverse("desk:sign-in"))


def start(_request: HttpRequest) -> HttpResponse:
    """The product's first page: the desk."""
    return redirect("desk:shops")


@login_required(login_url="desk:sign-in")
def shops(request: HttpRequest) -> HttpResponse:
    """The shops one works in; with only one, that one at once."""
    places = memberships(request.user)
    places.sort(key=lambda place: normal.sort_key(place.shop.name, place.user.language))
    if len(places) == 1:
        return redirect("desk:home", places[0].shop.slug)
    if isinstance(request.user, User):
        translation.activate(request.user.language)
    return render(request, "desk/sign_in/shops.html", {"places": places})


@staff()
def home(request: StaffRequest) -> HttpResponseBase:
    """A shop's first page: its orders."""
    return redirect("desk:orders", request.shop.slug)


def _attempt(request: HttpRequest, email: str) -> Attempt:
    email = email.strip().lower()
    return Attempt(email, visitor(request), devices.known(request, email), browser(request))


def _known(request: HttpRequest, attempt: Attempt, password: str) -> User | None:
    """The person, if the password is theirs. What failed stands in the log of the shops where they work."""
    user = authenticate(request, username=attempt.email, password=password)
    if isinstance(user, User):
        attempt.went_well()
        return user
    meant = User.objects.filter(email=attempt.email).first()
    security.record_of_person(origin(request, meant), SecurityEvent.SIGN_IN_FAILED)
    return None


def _ask_for_proof(request: HttpRequest, attempt: Attempt, there: str) -> HttpResponse:
    """Have the code sent, if the mailbox did not get it already, and go where it is asked for."""
    now, user_id = timezone.now(), recovery.account_id(attempt.email)
    if signing_in.wants_letter(attempt, works_here=bool(user_id), now=now):
        by = origin(request)
        enqueue.send_code(user_id, by)
    request.session[PROVING] = attempt.email
    return redirect(_on(reverse("desk:prove"), there))


def _on(path: str, there: str) -> str:
    return f"{path}?{urlencode({'next': there})}"
