"""Sending one e-mail at once, outside the ledger of messages: a test, a link for one of the staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.desk.access import StaffRequest
from tartib.l10n import dates
from tartib.notify import channels
from tartib.notify.channels.letter import Answer, Letter
from tartib.notify.defaults import Wording
from tartib.notify.models import Channel, Reason, State
from tartib.notify.rendering import render
from tartib.shops.models import ApiKey, Invitation, Membership, Shop
from tartib.shops.operations import within_limit
from tartib.web.toasts import toast

TESTS = 10
TESTS_WITHIN = timedelta(minutes=10)


def may_test(request: StaffRequest) -> bool:
    """Whether the shop has not sent too many tests lately; says so where it has."""
    now = timezone.now()
    if within_limit("test message", [request.shop.slug], most=TESTS, window=TESTS_WITHIN, now=now):
        return True
    toast(request, _("Too many tests. Please wait ten minutes."), level="warning")
    return False


def test_message(shop: Shop, recipient: str, language: str) -> Answer:
    """Send a test; says what the mail server answered."""
    with override(language):
        draft = Wording(
            _("A test from Tartib"),
            _("This is a test. Messages of {shop_name} reach you here.") + "\n\n{shop_name}",
        )
    return _post(shop, recipient, language, draft)


def invite(invitation: Invitation, link: str, language: str) -> Answer:
    """Send the link by which somebody accepts a place in a shop."""
    with override(language):
        words = {"by": invitation.invited_by, "role": str(invitation.get_role_display())}
        # Braces in a link would be read as words; addresses of this kind have none.
        draft = Wording(
            _("{shop_name} would like you to work there"),
            _("{by} invites you to work in {shop_name}. Your role: {role}.")
            + "\n\n"
            + _("Look at it, and say yes or no, here: %(link)s") % {"link": link}
            + "\n\n"
            + _("The link is for you alone and works for seven days. Without a yes from you nothing happens."),
        )
    return _post(invitation.shop, invitation.email, language, draft, words)


def send_code(member: Membership, code: str) -> Answer:
    """Send the code with which somebody proves that they read this mailbox."""
    language = member.user.language
    with override(language):
        draft = Wording(
            _("Your sign-in code for Tartib"),
            _("Somebody wants to sign in with this address; the password was tried too often. The code is: %(code)s")
            % {"code": f"{code[:4]}-{code[4:]}"}
            + "\n\n"
            + _("If it was you, write it where you sign in. It is good for half an hour. Give it to nobody.")
            + "\n\n"
            + _("If it was not you, there is nothing to do: without the code nobody can go on trying."),
        )
    return _post(member.shop, member.user.email, language, draft)


def remind(member: Membership, link: str) -> Answer:
    """Send the link with which somebody who forgot their password chooses another."""
    language = member.user.language
    with override(language):
        draft = Wording(
            _("A new password for Tartib"),
            _("Somebody asked for a new password for your account. Choose it here: %(link)s") % {"link": link}
            + "\n\n"
            + _("The link is for you alone and works for three days.")
            + "\n\n"
            + _("If it was not you, there is nothing to do: your password stays as it is."),
        )
    return _post(member.shop, member.user.email, language, draft)


def warn_of_key(owner: Membership, key: ApiKey) -> Answer:
    """Tell an owner when an API key ends by itself, and what to do before."""
    shop, language = owner.shop, owner.user.language
    assert key.expires_at is not None
    day = dates.show_date(key.expires_at, shop.tag(language), shop.calendar, ZoneInfo(shop.timezone))
    with override(language):
        draft = Wording(
            _("An API key of {shop_name} ends soon"),
            _("The API key “{key}” works until {day}. Then programs that use it are refused.")
            + "\n\n"
            + _("Give out another key in the settings of {shop_name}, enter it in the program, and end this one."),
        )
    return _post(shop, owner.user.email, language, draft, {"key": key.name, "day": day})


def explain(answer: Answer) -> str:
    """What became of it, in one sentence for the person who tried."""
    if answer.state == State.SENT:
        return _("Sent.")
    said = str(Reason(answer.reason).label) if answer.reason else answer.said
    return _("It was not sent: %(reason)s") % {"reason": said or _("the service gave no reason.")}


def _post(
    shop: Shop, recipient: str, language: str, draft: Wording, words: Mapping[str, str] = MappingProxyType({})
) -> Answer:
    known = {"shop_name": shop.name, **words}
    shown = render(draft, known, channel=Channel.EMAIL, language=language, shop=shop)
    with channels.sender(Channel.EMAIL) as sender:
        return sender.send(Letter(uuid4(), shop, recipient, language, shown.subject, shown.text, shown.html))
