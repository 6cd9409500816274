"""Letters about somebody's own account: the link to choose another password, the code that proves the mailbox."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from tartib.desk import letters
from tartib.notify.channels.letter import Answer
from tartib.notify.template_variables import address
from tartib.shops import security, signing_in
from tartib.shops.access import memberships
from tartib.shops.models import Membership, SecurityEvent, User
from tartib.shops.scope import scope
from tartib.shops.security import Origin


class Tokens(PasswordResetTokenGenerator):
    """Good for one change of the password, and for as long as Django lets them live; not those of invitations."""

    key_salt = "tartib.desk.recovery"


tokens = Tokens()


def account_id(email: str) -> int:
    """Whose address it is; 0 where it is nobody's. Jobs are given this, and hold no address."""
    return User.objects.filter(email=email).values_list("pk", flat=True).first() or 0


def send_link(user_id: int) -> Answer | None:
    """Send the link to whoever that is; None where they work nowhere."""
    place = _place(user_id)
    if place is None:
        return None
    uid = urlsafe_base64_encode(str(place.user_id).encode())
    path = reverse("desk:new-password", args=[uid, tokens.make_token(place.user)])
    with scope(place.shop_id):
        return letters.remind(place, f"{address()}{path}")


def send_code(user_id: int, by: Origin, *, now: datetime) -> Answer | None:
    """Send the code that lets a browser try the password; None where they work nowhere."""
    place = _place(user_id)
    if place is None:
        return None
    origin = Origin(place.user.name, place.user_id, by.address, by.device)
    security.record_of_person(origin, SecurityEvent.CODE_SENT)
    with scope(place.shop_id):
        return letters.send_code(place, signing_in.code(place.user.email, now=now))


def _place(user_id: int) -> Membership | None:
    """Where somebody works, in whose name they are written to: never a practice shop's, if they have another."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    places = memberships(user) if user is not None else []
    return min(places, key=lambda place: place.shop.practice, default=None)


def holder(uid: str, token: str) -> User | None:
    """Whose link it is; None for one that was used, is too old, or never was one."""
    try:
        pk = int(urlsafe_base64_decode(uid))
    except ValueError:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first() if 0 < pk < 2**63 else None
    return user if user is not None and tokens.check_token(user, token) else None
