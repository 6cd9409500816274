"""Sending one e-mail at once, outside the ledger of messages: a test, a link for one of the staff."""

from __future__ import annotations

from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.notify import channels
from tartib.notify.channels.letter import Answer, Letter
from tartib.notify.defaults import Wording
from tartib.notify.models import Channel, Reason, State
from tartib.notify.rendering import render
from tartib.shops.models import Membership, Shop


def test_message(shop: Shop, recipient: str, language: str) -> Answer:
    """Send a test; says what the mail server answered."""
    with override(language):
        draft = Wording(
            _("A test from Tartib"),
            _("This is a test. Messages of {shop_name} reach you here.") + "\n\n{shop_name}",
        )
    return _post(shop, recipient, language, draft)


def invite(member: Membership, link: str) -> Answer:
    """Send the link with which a new member of staff chooses a password."""
    language = member.user.language
    with override(language):
        # Braces in a link would be read as words; addresses of this kind have none.
        draft = Wording(
            _("Welcome to {shop_name}"),
            _("You can work in {shop_name} now. Choose your password here: %(link)s") % {"link": link}
            + "\n\n"
            + _("The link is for you alone and works for three days."),
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


def explain(answer: Answer) -> str:
    """What became of it, in one sentence for the person who tried."""
    if answer.state == State.SENT:
        return _("Sent.")
    said = str(Reason(answer.reason).label) if answer.reason else answer.said
    return _("It was not sent: %(reason)s") % {"reason": said or _("the service gave no reason.")}


def _post(shop: Shop, recipient: str, language: str, draft: Wording) -> Answer:
    shown = render(draft, {"shop_name": shop.name}, channel=Channel.EMAIL, language=language, shop=shop)
    with channels.sender(Channel.EMAIL) as sender:
        return sender.send(Letter(uuid4(), shop, recipient, language, shown.subject, shown.text, shown.html))
