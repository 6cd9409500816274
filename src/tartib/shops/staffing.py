"""Who comes to work in a shop, and by what: roles, invitations, open sessions, and the security log of it all."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a member of staff is in a shop; each role may do all that the ones before it may.

    The first is called a technician where things are repaired; a shop that sells has assistants.
    """

    TECHNICIAN = "technician", _("Assistant")
    EXPERT = "expert", _("Expert")
    MANAGER = "manager", _("Manager")
    OWNER = "owner", _("Owner")


class InvitationState(models.TextChoices):
    """What became of an invitation."""

    INVITED = "invited", _("invited")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")


class Invitation(models.Model):
    """That a shop would like somebody to work in it. Nothing begins before it is accepted by the link in its letter.

    The link is sent to `email` alone and works once; of its token only the SHA-256 is kept. Whether an account with
    that address exists stands nowhere here: the shop does not learn it.
    """

    shop = models.ForeignKey("shops.Shop", on_delete=models.CASCADE, related_name="invitations", db_index=False)
    email = models.EmailField(_("e-mail"))
    name = models.CharField(pgettext_lazy("a person", "name"), max_length=150)
    role = models.CharField(_("role"), max_length=12, choices=Role)
    branch = models.ForeignKey("shops.Branch", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    invited_by = models.CharField(max_length=150)
    state = models.CharField(max_length=10, choices=InvitationState, default=InvitationState.INVITED)
    digest = models.BinaryField(max_length=32, unique=True)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "email"], name="invitation_open_once", condition=Q(state=InvitationState.INVITED)
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_lower"),
            models.CheckConstraint(
                condition=Q(state=InvitationState.INVITED, ended_at=None)
                | (~Q(state=InvitationState.INVITED) & Q(ended_at__isnull=False)),
                name="invitation_open_or_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], name="invitation_to_expire", condition=Q(state=InvitationState.INVITED)
            ),
            models.Index(fields=["ended_at"], name="invitation_to_forget"),
            models.Index(fields=["shop", "-invited_at"], name="invitation_by_shop"),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.state}"


class Session(AbstractBaseSession):
    """A browser in which somebody has signed in to the desk (or is about to); kept by `shops.sessions.SessionStore`.

    `ref` names it where its key must not be told: in the token of a live stream.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions", editable=False
    )
    ref = models.CharField(max_length=32, unique=True)

    @staticmethod
    def ref_of(session_key: str) -> str:
        """What names the session of that key to others."""
        return hashlib.sha256(b"tartib.session" + session_key.encode()).hexdigest()[:32]


class SecurityEvent(models.TextChoices):
    """What the security log records."""

    SIGNED_IN = "signed-in", _("Signed in")
    SIGN_IN_FAILED = "sign-in-failed", _("Sign-in failed")
    CODE_SENT = "code-sent", _("Sign-in code sent")
    PASSWORD = "password", _("Password changed")
    INVITED = "invited", _("Invited")
    INVITED_AGAIN = "invited-again", _("Invited again")
    WITHDRAWN = "withdrawn", _("Invitation withdrawn")
    DECLINED = "declined", _("Invitation declined")
    EXPIRED = "expired", _("Invitation expired")
    JOINED = "joined", _("Works here")
    ROLE = "role", _("Role changed")
    LEFT = "left", _("Works here no more")
    KEY_MADE = "key-made", _("API key given out")
    KEY_ENDED = "key-ended", _("API key ended")
    KEY_EXPIRED = "key-expired", _("API key expired")
    MONEY = "money", _("Payment settings changed")
    SERVICE = "service", _("SMS service changed")
    EXPORT = "export", _("Data exported")


class SecurityEntry(models.Model):
    """One line of a shop's security log. Only `shops.security` writes it; the database lets nobody alter it.

    It tells who did it, and from where: the address as visitors are counted (of IPv6 the network), and the device in
    words. Whom it is about stands in `facts`, e-mail addresses half hidden. It goes when `KEPT` is over.
    """

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    event = models.CharField(max_length=16, choices=SecurityEvent)
    user_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=150)
    address = models.CharField(max_length=64, blank=True)
    device = models.CharField(max_length=80, blank=True)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["shop", "-id"], name="security_by_shop"),
            models.Index(fields=["shop", "event", "-id"], name="security_by_event"),
            models.Index(fields=["at"], name="security_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.name}"
