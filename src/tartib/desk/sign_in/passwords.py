"""A forgotten password: asking for a link, and choosing another password with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tartib.desk.access import origin
from tartib.desk.sign_in import enqueue, recovery
from tartib.desk.sign_in.views import come_in
from tartib.shops.operations import recover, within_limit
from tartib.web.forms import Dressed, PasswordForm
from tartib.web.headers import visitor

ASKED_FOR_EMAIL = 3
ASKED_FROM_ADDRESS = 20
WINDOW = timedelta(hours=1)


class Forgotten(Dressed):
    """Whose password it is."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True, "dir": "ltr"}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer, and the time it takes, are the same for every address, known or not."""
    form = Forgotten(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask(form.cleaned_data["email"].lower(), visitor(request), now=timezone.now())
        return redirect(f"{reverse('desk:forgotten')}?sent=1")
    status = 422 if form.errors else 200
    return render(request, "desk/sign_in/forgotten.html", {"form": form, "sent": "sent" in request.GET}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Choose another password with the link from the letter, and come in. All other sessions end with the old one."""
    user = recovery.holder(uid, token)
    if user is None:
        return render(request, "desk/sign_in/new_password.html", {"gone": True}, status=404)
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        recover(user, form.cleaned_data["password"], origin(request, user), now=timezone.now())
        return come_in(request, user, redirect("desk:shops"))
    status = 422 if form.errors else 200
    return render(request, "desk/sign_in/new_password.html", {"form": form, "person": user}, status=status)


def ask(email: str, address: str, *, now: datetime) -> None:
    """Have the link sent, if it was not asked for too often lately: for that e-mail address or, where that is nobody's,
    from the visitor's. So whoever asks for made-up ones leaves their neighbours theirs."""
    user_id = recovery.account_id(email)
    calm = within_limit("password email", [email], most=ASKED_FOR_EMAIL, window=WINDOW, now=now)
    if not user_id:
        calm &= within_limit("password address", [address], most=ASKED_FROM_ADDRESS, window=WINDOW, now=now)
    if calm:
        enqueue.send_link(user_id)
