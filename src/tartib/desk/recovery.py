"""The link with which somebody who forgot their password chooses another."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from tartib.desk.shopkeeping import trial
from tartib.notify.channels.letter import Answer
from tartib.notify.words import address
from tartib.shops.access import memberships
from tartib.shops.models import User


class Tokens(PasswordResetTokenGenerator):
    """Good for one change of the password, and for as long as Django lets them live; not those of invitations."""

    key_salt = "tartib.desk.recovery"


tokens = Tokens()


def send_link(email: str) -> Answer | None:
    """Send the link to whoever works anywhere under that address; None where nobody does."""
    user = User.objects.filter(email=email, is_active=True).first()
    place = memberships(user).first() if user is not None else None
    if user is None or place is None:
        return None
    uid = urlsafe_base64_encode(str(user.pk).encode())
    path = reverse("desk:new-password", args=[uid, tokens.make_token(user)])
    return trial.remind(place, f"{address()}{path}")


def holder(uid: str, token: str) -> User | None:
    """Whose link it is; None for one that was used, is too old, or never was one."""
    try:
        pk = int(urlsafe_base64_decode(uid))
    except ValueError:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first() if 0 < pk < 2**63 else None
    return user if user is not None and tokens.check_token(user, token) else None
