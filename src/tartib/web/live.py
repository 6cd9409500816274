"""What lets a page listen to changes: a signed token that names a shop, or one case of it, and soon expires.

A page of the desk listens as long as its reader works in the shop and has not signed out: its token names both.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

_SALT = "tartib.live"
LASTS = 15 * 60


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the bearer of a token may hear of, all cases of a shop or one; of staff, by which membership and session."""

    shop_id: int
    case_id: int | None
    member_id: int | None = None
    user_id: int | None = None
    session: str = ""


def token(
    shop_id: int,
    case_id: int | None = None,
    *,
    member_id: int | None = None,
    user_id: int | None = None,
    session: str = "",
) -> str:
    """A token for opening a stream within `LASTS` seconds. The stream itself may last longer."""
    return signing.dumps([shop_id, case_id, member_id, user_id, session], salt=_SALT)


def read_ticket(text: str) -> Hearing | None:
    """What a token allows; None when it was not made here or is too old."""
    try:
        return Hearing(*signing.loads(text, salt=_SALT, max_age=LASTS))
    except (signing.BadSignature, TypeError):
        return None
