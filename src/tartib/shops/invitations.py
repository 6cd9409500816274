"""Invitations: nobody becomes staff of a shop unasked.

Whoever is invited gets a letter with a link, and nobody else does: not the shop, not whoever else knows the address.
The place begins when the link is followed and accepted. An account is made only then, so that nobody can prepare one
for somebody else; one whose mailbox was never proved has its password chosen anew, whoever had chosen it before.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from tartib.shops import scope, security, sessions
from tartib.shops.models import Branch, Invitation, InvitationState, Membership, SecurityEvent, Shop, User
from tartib.shops.operations import choose_password, employ
from tartib.shops.security import TARTIB, Origin

GOOD_FOR = timedelta(days=7)
SHOWN = timedelta(days=30)
"""How long a shop sees what became of an invitation that led to nothing; then it is forgotten."""

RESERVED = ("example.com", "example.net", "example.org", "example", "test", "invalid", "localhost")
"""Domains that are nobody's (RFC 2606)."""


class WorksHere(Exception):
    """Who is to be invited has a place in the shop: `member`."""

    def __init__(self, member: Membership) -> None:
        super().__init__(str(member.pk))
        self.member = member


class Gone(Exception):
    """An invitation that was accepted, declined, withdrawn, replaced by another link, or is too old."""


class NotTheirs(Exception):
    """An invitation is accepted by the account it was sent to, and by no other."""


class SomebodysAddress(Exception):
    """A practice shop's letters can be read by everybody in it, so that they prove nothing of a real mailbox."""


def invite(
    shop: Shop, email: str, name: str, role: str, branch: Branch | None, *, by: Origin, now: datetime
) -> tuple[Invitation, str]:
    """Invite somebody; returns the invitation and the token for the link in its letter.

    An open invitation to the same address gives way to this one. Raises `WorksHere`, and `SomebodysAddress` for a
    practice shop. Whether there is an account with that address makes no difference here.
    """
    email = email.strip().lower()
    if shop.practice and not _nobodys(email):
        raise SomebodysAddress
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        # Two who invite the same person at once do so one after the other.
        Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
        member = Membership.objects.filter(shop=shop, active=True, user__email=email).select_related("user").first()
        if member is not None:
            raise WorksHere(member)
        before = Invitation.objects.filter(shop=shop, email=email, state=InvitationState.INVITED).first()
        invitation = before or Invitation(shop=shop, email=email)
        invitation.name, invitation.role, invitation.branch = name, role, branch
        _send_anew(invitation, token, by, now)
        event = SecurityEvent.INVITED_AGAIN if before else SecurityEvent.INVITED
        security.record(shop, event, by, email=security.hidden(email), role=role)
    return invitation, token


def invite_again(invitation: Invitation, *, by: Origin, now: datetime) -> str:
    """A new link for an open invitation; the former works no more. Raises `Gone`."""
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        invitation = _open(invitation.pk)
        _send_anew(invitation, token, by, now)
        facts = {"email": security.hidden(invitation.email), "role": invitation.role}
        security.record(invitation.shop, SecurityEvent.INVITED_AGAIN, by, **facts)
    return token


def withdraw(invitation: Invitation, *, by: Origin, now: datetime) -> None:
    """Take an invitation back. Raises `Gone`."""
    with transaction.atomic():
        _end(_open(invitation.pk), InvitationState.WITHDRAWN, SecurityEvent.WITHDRAWN, by, now)


def shop_of_link(token: str) -> int | None:
    """The shop to which a link invites, or invited."""
    return scope.shop_of("invitation", _digest(token))


def by_token(token: str, *, now: datetime) -> Invitation:
    """The invitation whose link that is. Raises `Gone`."""
    found = Invitation.objects.filter(
        digest=_digest(token), state=InvitationState.INVITED, expires_at__gt=now
    ).select_related("shop", "branch").first()  # fmt: skip
    if found is None:
        raise Gone
    return found


def account_of(invitation: Invitation) -> User | None:
    """The account that is to accept it: one that proved the address. Who has none chooses a password."""
    return User.objects.filter(email=invitation.email, proved_at__isnull=False).first()


def accept(invitation: Invitation, user: User, *, by: Origin, now: datetime) -> Membership:
    """Begin the place, for the account that was invited and has signed in. Raises `Gone`, `NotTheirs`."""
    with transaction.atomic():
        invitation = _by_link(invitation, now)
        if user.email != invitation.email or user.proved_at is None:
            raise NotTheirs
        return _begin(invitation, user, by, now)


def accept_as_new(
    invitation: Invitation, name: str, password: str, language: str, *, by: Origin, now: datetime
) -> Membership:
    """Begin the place with an account of that name and password, which the link proves to be the mailbox's.

    A password that was chosen before the mailbox was proved is void, and so is whatever it opened. Raises `Gone`, and
    `NotTheirs` where an account has proved the address: it accepts by signing in; `ValidationError` for a password that
    is too short or common.
    """
    with transaction.atomic():
        invitation = _by_link(invitation, now)
        if account_of(invitation) is not None:
            raise NotTheirs
        user, _made = User.objects.get_or_create(email=invitation.email)
        user.name, user.language, user.proved_at = name, language, now
        choose_password(user, password)
        user.save()
        sessions.end_all(user.pk)
        as_themselves = Origin(user.name, user.pk, by.address, by.device)
        return _begin(invitation, user, as_themselves, now)


def decline(invitation: Invitation, *, by: Origin, now: datetime) -> None:
    """Say no, by the link alone. Raises `Gone`."""
    with transaction.atomic():
        themselves = Origin(invitation.name, None, by.address, by.device)
        _end(_by_link(invitation, now), InvitationState.DECLINED, SecurityEvent.DECLINED, themselves, now)


def shown(shop: Shop, *, now: datetime) -> QuerySet[Invitation]:
    """What the shop sees of its invitations, newest first: the open ones, and those that came to nothing lately."""
    lately = Q(ended_at__gt=now - SHOWN) & ~Q(state__in=(InvitationState.ACCEPTED, InvitationState.WITHDRAWN))
    return Invitation.objects.filter(Q(state=InvitationState.INVITED) | lately, shop=shop).order_by("-invited_at")


def expire(now: datetime) -> int:
    """End the invitations whose time is over, and forget those that ended long ago; returns how many ended."""
    over = Invitation.objects.filter(state=InvitationState.INVITED, expires_at__lte=now).values_list("pk", flat=True)
    ended = 0
    for pk in over.order_by("pk"):
        with transaction.atomic():
            try:
                _end(_open(pk), InvitationState.EXPIRED, SecurityEvent.EXPIRED, TARTIB, now)
            except Gone:
                continue
            ended += 1
    Invitation.objects.filter(ended_at__lt=now - SHOWN).delete()
    return ended


def _send_anew(invitation: Invitation, token: str, by: Origin, now: datetime) -> None:
    invitation.invited_by, invitation.digest = by.name, _digest(token)
    invitation.invited_at, invitation.expires_at = now, now + GOOD_FOR
    invitation.save()


def _begin(invitation: Invitation, user: User, by: Origin, now: datetime) -> Membership:
    member = employ(invitation.shop, user, invitation.role, invitation.branch, by=by)
    _end(invitation, InvitationState.ACCEPTED, None, by, now)
    return member


def _end(
    invitation: Invitation, state: InvitationState, event: SecurityEvent | None, by: Origin, now: datetime
) -> None:
    invitation.state, invitation.ended_at = state, now
    invitation.save(update_fields=["state", "ended_at"])
    if event is not None:
        facts = {"email": security.hidden(invitation.email), "role": invitation.role}
        security.record(invitation.shop, event, by, **facts)


def _open(pk: int) -> Invitation:
    """The invitation, locked, so that one thing becomes of it. Raises `Gone`."""
    open_ = Invitation.objects.filter(pk=pk, state=InvitationState.INVITED).select_for_update(of=("self",))
    found = open_.select_related("shop", "branch").first()
    if found is None:
        raise Gone
    return found


def _by_link(invitation: Invitation, now: datetime) -> Invitation:
    """The same, if the link with which it was found is still the one that works. Raises `Gone`."""
    found = _open(invitation.pk)
    if bytes(found.digest) != bytes(invitation.digest) or found.expires_at <= now:
        raise Gone
    return found


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _nobodys(email: str) -> bool:
    host = email.rpartition("@")[2]
    return any(host == name or host.endswith(f".{name}") for name in RESERVED)
