"""Invitations: sending them from the desk, again if need be, and taking them back."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tartib.desk import letters
from tartib.desk.access import StaffRequest, staff
from tartib.notify.models import State
from tartib.notify.template_variables import address
from tartib.shops import invitations
from tartib.shops.access import May
from tartib.shops.models import Invitation
from tartib.shops.operations import within_limit
from tartib.web.toasts import toast

LETTERS_TO_ONE, LETTERS, LETTERS_WITHIN = 5, 60, timedelta(days=1)
"""How many invitations a shop may send to one mailbox, and to all, in that time."""


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
    said = letters.invite(invitation, f"{address()}{reverse('desk:invitation', args=[token])}", language)
    if said.state == State.SENT:
        toast(request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email})
    else:
        why = {"email": invitation.email, "why": letters.explain(said)}
        toast(request, _("The invitation to %(email)s is kept, but: %(why)s Send it again later.") % why, level="error")


def _of_shop(request: StaffRequest, pk: int) -> Invitation:
    return get_object_or_404(Invitation.objects.select_related("shop"), shop=request.shop, pk=pk)
