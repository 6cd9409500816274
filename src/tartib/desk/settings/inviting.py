"""Invitations: sending them from the desk, again if need be, taking them back; and the page where they are answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tartib.desk.access import StaffRequest, origin, staff
from tartib.desk.messages import trial
from tartib.desk.sign_in import come_in
from tartib.l10n import names
from tartib.notify.models import State
from tartib.notify.template_variables import address
from tartib.shops import invitations
from tartib.shops.access import May
from tartib.shops.models import Invitation, User
from tartib.shops.operations import within_limit
from tartib.web import audience
from tartib.web.forms import PasswordForm
from tartib.web.toasts import toast

LETTERS_TO_ONE, LETTERS, LETTERS_WITHIN = 5, 60, timedelta(days=1)
"""How many invitations a shop may send to one mailbox, and to all, in that time."""


class NewcomerForm(PasswordForm):
    """Who has no account yet: how they are called, and the password they choose."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"}),
    )
    field_order = ("name", "password")


@staff(May.SETTINGS)
@require_POST
def again(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Send an invitation again, with a new link."""
    invitation = _of_shop(request, pk)
    try:
        if may_write(request, invitation.email):
            token = invitations.invite_again(invitation, by=request.origin, now=timezone.now())
            send(request, invitation, token)
    except invitations.Gone:
        toast(request, _("This invitation has ended."), level="error")
    return redirect("desk:settings-staff", request.shop.slug)


@staff(May.SETTINGS)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take an invitation back."""
    invitation = _of_shop(request, pk)
    try:
        invitations.withdraw(invitation, by=request.origin, now=timezone.now())
    except invitations.Gone:
        toast(request, _("This invitation has ended."), level="error")
    else:
        toast(
            request,
            _("The invitation to %(email)s is withdrawn; its link works no more.") % {"email": invitation.email},
        )
    return redirect("desk:settings-staff", request.shop.slug)


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponseBase:
    """What somebody is invited to; by POST their answer. Mail programs that follow the link answer nothing."""
    try:
        invitation = invitations.by_token(token, now=timezone.now())
        audience.enter(invitation.shop, names.language(get_language() or "en"))
        if request.POST.get("answer") == "no":
            invitations.decline(invitation, by=origin(request), now=timezone.now())
            return render(request, "desk/settings/invitation.html", {"declined": True, "shop": invitation.shop})
        account = invitations.account_of(invitation)
        return _newcomer(request, invitation) if account is None else _known(request, invitation, account)
    except (invitations.Gone, invitations.NotTheirs):
        return render(request, "desk/settings/invitation.html", {"gone": True}, status=404)


def may_write(request: StaffRequest, email: str) -> bool:
    """Whether the shop may send another invitation to that mailbox; says it where not."""
    now, shop = timezone.now(), str(request.shop.pk)
    calm = within_limit("invitation", [f"{shop} {email}"], most=LETTERS_TO_ONE, window=LETTERS_WITHIN, now=now)
    if calm and within_limit("invitations", [shop], most=LETTERS, window=LETTERS_WITHIN, now=now):
        return True
    toast(request, _("Too many invitations were sent today. Send this one tomorrow."), level="error")
    return False


def send(request: StaffRequest, invitation: Invitation, token: str) -> None:
    """Send the letter, in the language of who gets it, and say whether it went. The link is for its reader alone."""
    account = invitations.account_of(invitation)
    language = account.language if account else request.shop.language
    said = trial.invite(invitation, f"{address()}{reverse('desk:invitation', args=[token])}", language)
    if said.state == State.SENT:
        toast(request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email})
    else:
        why = {"email": invitation.email, "why": trial.explain(said)}
        toast(request, _("The invitation to %(email)s is kept, but: %(why)s Send it again later.") % why, level="error")


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
    return render(request, "desk/settings/invitation.html", context, status=status)


def _of_shop(request: StaffRequest, pk: int) -> Invitation:
    return get_object_or_404(Invitation.objects.select_related("shop"), shop=request.shop, pk=pk)
