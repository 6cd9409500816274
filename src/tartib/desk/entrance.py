"""Coming in and going out: sign-in, sign-out, and the choice of a shop."""

from __future__ import annotations

from datetime import timedelta

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

from tartib.desk.access import StaffRequest, staff
from tartib.shops.access import memberships
from tartib.shops.models import User
from tartib.shops.operations import within_limit
from tartib.speech import normal
from tartib.web.following import following
from tartib.web.views import keep_language

TRIES_OF_EMAIL = 10
TRIES_OF_ADDRESS = 50
WINDOW = timedelta(minutes=15)


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


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in. The answer to a wrong password, an unknown address and one tried too often is one and the same."""
    there = following(request, reverse("desk:shops"))
    if request.user.is_authenticated:
        return redirect(there)
    form = SignIn(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = _known(request, form.cleaned_data["email"].strip().lower(), form.cleaned_data["password"])
        if user is not None:
            login(request, user)
            response: HttpResponse = redirect(there)
            keep_language(response, user.language)
            return response
        form.add_error(
            None,
            _("E-mail and password do not match, or were tried too often. Check both, or wait 15 minutes."),
        )
    status = 422 if form.errors else 200
    return render(request, "desk/sign_in.html", {"form": form, "next": there}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, here and in every tab."""
    logout(request)
    return redirect("desk:sign-in")


def start(_request: HttpRequest) -> HttpResponse:
    """The product's first page: the desk."""
    return redirect("desk:shops")


@login_required(login_url="desk:sign-in")
def shops(request: HttpRequest) -> HttpResponse:
    """The shops one works in; with only one, that one at once."""
    places = list(memberships(request.user))
    places.sort(key=lambda place: normal.sort_key(place.shop.name, place.user.language))
    if len(places) == 1:
        return redirect("desk:home", places[0].shop.slug)
    if isinstance(request.user, User):
        translation.activate(request.user.language)
    return render(request, "desk/shops.html", {"places": places})


@staff()
def home(request: StaffRequest) -> HttpResponseBase:
    """A shop's first page: its orders."""
    return redirect("desk:orders", request.shop.slug)


def _known(request: HttpRequest, email: str, password: str) -> User | None:
    """The person, if the password is theirs and neither the address nor the e-mail was tried too often lately."""
    now = timezone.now()
    address = request.META.get("REMOTE_ADDR", "")
    calm = within_limit("sign-in address", [address], most=TRIES_OF_ADDRESS, window=WINDOW, now=now)
    calm &= within_limit("sign-in email", [email], most=TRIES_OF_EMAIL, window=WINDOW, now=now)
    user = authenticate(request, username=email, password=password) if calm else None
    return user if isinstance(user, User) else None
