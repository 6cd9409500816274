"""Coming in to an account: by a one-time code or a password; passkeys are in `passkeys`. And going out again.

Nothing here tells whether somebody is known: who is not gets an account when their code is right. What is tried too
often is counted in the database (`shops.operations.within_limit`), by address, by visitor and by shop.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.db.models import F

from tartib.customers import devices, plugs, queries
from tartib.customers.addresses import SMS, Reach
from tartib.customers.identity import Account, Code, Session
from tartib.customers.models import Customer
from tartib.shops import naming
from tartib.shops.models import Shop
from tartib.shops.operations import within_limit
from tartib.speech import digits

GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5
DIGITS = 6
HOUR = timedelta(hours=1)
CODES_TO_ADDRESS = 5
CODES_FOR_VISITOR = 20
# An hour's codes of a whole shop: SMS cost money, and a shop is not a cannon.
CODES_OF_SHOP = {"email": 2_000, "sms": 300}
GUESSES_OF_ADDRESS = 20
GUESSES_OF_VISITOR = 60
GUESSES_OF_SHOP = 3_000
SEEN_AGAIN = timedelta(minutes=10)


def new_code(pick: Callable[[int], int] = secrets.randbelow) -> str:
    """Six random digits."""
    return f"{pick(10**DIGITS):0{DIGITS}d}"


def ask_code(
    shop: Shop,
    reach: Reach,
    language: str,
    visitor: str,
    *,
    now: datetime,
    code: str = "",
) -> str:
    """Have a code sent, unless too many were asked for; returns the token with which the browser may try it.

    The answer is the same whether a code was sent or not, and whether somebody with that address is known or not.
    `visitor` is the IP address. `code` is for tests; else it is random.
    """
    code = code or new_code()
    calm = _within("code visitor", [visitor], CODES_FOR_VISITOR, now)
    calm &= _within(f"code {shop.pk}", [reach.address], CODES_TO_ADDRESS, now)
    # A visitor who is stopped does not use up what the shop may send.
    calm = calm and _within(f"codes by {reach.channel}", [str(shop.pk)], CODES_OF_SHOP[reach.channel], now)
    with transaction.atomic():
        asked = Code.objects.create(
            shop=shop, address=reach.address, language=language,
            digest=_digest(shop, reach.address, code), expires_at=now + GOOD_FOR,
        )  # fmt: skip
        if calm:
            send = plugs.connected.send_code
            send(shop, reach.channel, reach.address, language, code, good_until=asked.expires_at, now=now)
    return asked.token


def redeem(shop: Shop, token: str, code: str, visitor: str, *, now: datetime) -> Code | None:
    """The proof that `code` was right: good once. None when it is wrong, too old, used, or tried too often."""
    calm = _within("guess visitor", [visitor], GUESSES_OF_VISITOR, now)
    calm &= _within("guesses", [str(shop.pk)], GUESSES_OF_SHOP, now)
    open_ = Code.objects.filter(shop=shop, token=token, expires_at__gt=now, tries__lt=MOST_TRIES)
    if not calm or not open_.update(tries=F("tries") + 1):
        return None
    asked = Code.objects.get(token=token)
    if not _within(f"guess {shop.pk}", [asked.address], GUESSES_OF_ADDRESS, now):
        return None
    given = "".join(char for char in digits.latin(code) if char.isdigit())
    if not hmac.compare_digest(bytes(asked.digest), _digest(shop, asked.address, given)):
        return None
    # Of two that come at once with the right code one is the first.
    deleted, _each = Code.objects.filter(pk=asked.pk).delete()
    return asked if deleted else None


def account_of(shop: Shop, reach: Reach, language: str, *, now: datetime) -> Account:
    """The account of whoever proved that an address is theirs; a new one where there was none."""
    known = Account.objects.filter(shop=shop, **{reach.field: reach.address}).select_related("customer").first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _new_account(shop, reach, language, now)
    except IntegrityError:
        # Somebody came first, in the same moment.
        return account_of(shop, reach, language, now=now)


def by_password(shop: Shop, reach: Reach, password: str, visitor: str, *, now: datetime) -> Account | None:
    """The account that has this address and password; None for whatever else, after the same time."""
    calm = _within("password visitor", [visitor], GUESSES_OF_VISITOR, now)
    calm &= _within(f"password {shop.pk}", [reach.address], GUESSES_OF_ADDRESS, now)
    account = Account.objects.filter(shop=shop, **{reach.field: reach.address}).select_related("customer").first()
    if account is None or not account.password:
        make_password(password)
        return None
    right = check_password(password, account.password)
    return account if right and calm else None


def set_password(account: Account, password: str, *, but: Session | None = None) -> None:
    """Have an account opened by another password, or by none where it is empty; other sessions than `but` end.

    Raises `ValidationError` for a password that is too short or common.
    """
    if password:
        validate_password(password)
    account.password = make_password(password) if password else ""
    account.save(update_fields=["password"])
    sign_out_everywhere(account, but=but)


def open_session(account: Account, user_agent: str, visitor: str, *, now: datetime) -> str:
    """Open an account on a device; returns the token for its cookie."""
    token = secrets.token_urlsafe(32)
    Session.objects.create(
        account=account, digest=queries.digest(token), device=devices.device(user_agent), ip=visitor or None,
        created_at=now, seen_at=now,
    )  # fmt: skip
    return token


def seen(session: Session, visitor: str, *, now: datetime) -> None:
    """Keep when and from where a session was last used, to ten minutes."""
    if now - session.seen_at >= SEEN_AGAIN:
        Session.objects.filter(pk=session.pk).update(seen_at=now, ip=visitor or None)


def end_session(account: Account, session_id: int) -> bool:
    """Sign a device out; false for a session the account does not have."""
    deleted, _each = Session.objects.filter(account=account, pk=session_id).delete()
    return bool(deleted)


def sign_out_everywhere(account: Account, *, but: Session | None = None) -> int:
    """Sign all devices out, or all `but` one; returns how many."""
    sessions = Session.objects.filter(account=account)
    deleted, _each = (sessions.exclude(pk=but.pk) if but else sessions).delete()
    return deleted


def can_text(shop: Shop) -> bool:
    """Whether a phone is of use for signing in to that shop."""
    return plugs.connected.can_send(shop, SMS)


def _new_account(shop: Shop, reach: Reach, language: str, now: datetime) -> Account:
    """An account for the customer who ordered with that address last, or for a new one."""
    free = Customer.objects.filter(shop=shop, account=None, **{reach.field: reach.address})
    customer = free.order_by("-pk").first()
    if customer is None:
        customer = Customer.objects.create(
            shop=shop, language=language, created_at=now, sort=naming.key(shop, ""), **{reach.field: reach.address}
        )
    return Account.objects.create(shop=shop, customer=customer, created_at=now, **{reach.field: reach.address})


def _within(purpose: str, subjects: list[str], most: int, now: datetime) -> bool:
    return within_limit(f"account {purpose}", subjects, most=most, window=HOUR, now=now)


def _digest(shop: Shop, address: str, code: str) -> bytes:
    """Without the key of this installation a million codes would be tried in a second."""
    said = f"{shop.pk}\0{address}\0{code}".encode()
    return hmac.new(b"tartib.customers.code" + settings.SECRET_KEY.encode(), said, hashlib.sha256).digest()
