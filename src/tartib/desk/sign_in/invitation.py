"""The page where an invitation to work in a shop is answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tartib.desk.access import origin
from tartib.desk.sign_in.views import come_in
from tartib.l10n import names
from tartib.shops import invitations
from tartib.shops.models import Invitation, User
from tartib.web import audience
from tartib.web.forms import PasswordForm
from tartib.web.toasts import toast


class NewcomerForm(PasswordForm):
    """Who has no account yet: how they are called, and the password they choose."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"}),
    )
    field_order = ("name", "password")


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponseBase:
    """What somebody is invited to; by POST their answer. Mail programs that follow the link answer nothing."""
    try:
        invitation = invitations.by_token(token, now=timezone.now())
        audience.enter(invitation.shop, names.language(get_language() or "en"))
        if request.POST.get("answer") == "no":
            invitations.decline(invitation, by=origin(request), now=timezone.now())
            return render(request, "desk/sign_in/invitation.html", {"declined": True, "shop": invitation.shop})
        account = invitations.account_of(invitation)
        return _newcomer(request, invitation) if account is None else _known(request, invitation, account)
    except (invitations.Gone, invitations.NotTheirs):
        return render(request, "desk/sign_in/invitation.html", {"gone": True}, status=404)


def _newcomer(request: HttpRequest, invitation: Invitation) -> HttpResponseBase:
    """Who has no account, or one whose mailbox was never proved, chooses a name and a password."""
    person = User(email=invitation.email, name=invitation.name)
    form = NewcomerForm(person, request.POST or None, initial={"name": invitation.name})
    if request.method == "POST" and form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data["password"]
        language = names.language(get_language() or "en")
        member = invitations.accept_as_new(invitation, name, password, language, by=origin(request), now=timezone.now())
        return come_in(request, member.user, redirect("desk:home", invitation.shop.slug))
    return _page(request, invitation, {"form": form})


def _known(request: HttpRequest, invitation: Invitation, account: User) -> HttpResponseBase:
    """Who has an account signs in with it, and says yes or no."""
    mine = request.user.pk == account.pk
    if request.method == "POST" and mine:
        by = origin(request, account)
        invitations.accept(invitation, account, by=by, now=timezone.now())
        toast(request, _("You work in %(shop)s now.") % {"shop": invitation.shop.name})
        return redirect("desk:home", invitation.shop.slug)
    return _page(request, invitation, {"mine": mine, "other": request.user.is_authenticated and not mine})


def _page(request: HttpRequest, invitation: Invitation, more: dict[str, Any]) -> HttpResponse:
    form = more.get("form")
    context = {"invitation": invitation, "shop": invitation.shop, "here": request.path, **more}
    status = 422 if form is not None and form.errors else 200
    return render(request, "desk/sign_in/invitation.html", context, status=status)
