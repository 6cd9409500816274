"""Coming in to an account: by a one-time code or a password; passkeys are in `passkeys`. And going out again.

Nothing here tells whether somebody is known: who is not gets an account when their code is right. What is tried too
often is counted in the database (`shops.operations.within_limit`), by address, by visitor and by shop, so that no
visitor shuts another out and no stranger a customer.
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

from tartib.customers import devices, hooks, queries
from tartib.customers.addresses import EMAIL, SMS, ContactPoint
from tartib.customers.identity import Account, Code, Session
from tartib.customers.models import Customer
from tartib.l10n import digits
from tartib.shops import naming
from tartib.shops.models import Shop
from tartib.shops.operations import give_back, used_up, within_limit, within_limits

GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5
DIGITS = 6
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Of an hour, in one shop. Who has a code sent and does not use it is counted apart from whoever comes in by theirs.
CODES_TO_ADDRESS, CODES_TO_ADDRESS_BY_VISITOR = {"email": 15, "sms": 8}, 5
CODES_UNUSED = {"email": 100, "sms": 20}
CODES_UNUSED_OF_BROWSER = 5
CODES_FOR_VISITOR = 300
# Past those unused, one more each so often: who is new behind the same address waits for that, and not for the hour.
ONE_MORE_EACH = {"email": timedelta(minutes=1), "sms": timedelta(minutes=10)}
# SMS cost money, and a shop is not a cannon. Strangers have a part of their own: whatever they ask for, the shop's
# customers are sent their codes.
CODES_OF_SHOP = {"email": 2_000, "sms": 300}
CODES_TO_STRANGERS = {"email": 2_000, "sms": 100}
CODES_TO_STRANGERS_A_DAY = {"email": 20_000, "sms": 400}
WRONG_OF_BROWSER = 10
WRONG_OF_ADDRESS = 20
WRONG_OF_VISITOR = 60
WRONG_OF_SHOP = 3_000
SEEN_AGAIN = timedelta(minutes=10)


def new_code(pick: Callable[[int], int] = secrets.randbelow) -> str:
    """Six random digits."""
    return f"{pick(10**DIGITS):0{DIGITS}d}"


def ask_code(
    shop: Shop,
    reach: ContactPoint,
    language: str,
    visitor: str,
    *,
    now: datetime,
    code: str = "",
    browser: str = "",
) -> str:
    """Have a code sent, unless too many were asked for; returns the token with which the browser may try it.

    The answer is the same whether a code was sent or not, and whether somebody with that address is known or not.
    `visitor` is the IP address, or the network, and `browser` by what the browser is known behind it
    (`web.headers`): it is counted for first. `code` is for tests; else it is random.
    """
    code = code or new_code()
    with transaction.atomic():
        asked = Code.objects.create(
            shop=shop, address=reach.address, language=language,
            digest=_digest(shop, reach.address, code), expires_at=now + GOOD_FOR,
        )  # fmt: skip
        if _may_send(shop, reach, visitor, browser, now):
            send = hooks.connected.send_code
            send(shop, reach.channel, reach.address, language, code, good_until=asked.expires_at, now=now)
    return asked.token


def redeem(shop: Shop, token: str, code: str, visitor: str, *, now: datetime, browser: str = "") -> Code | None:
    """The proof that `code` was right: good once. None when it is wrong, too old, used, or tried too often.

    Where many wrong codes came lately, in this shop, for this address, from this visitor or browser, each code can be
    tried once instead of five times: who guesses gains nothing, and who has theirs comes in all the same.
    """
    open_ = Code.objects.filter(shop=shop, token=token, expires_at__gt=now)
    address = open_.values_list("address", flat=True).first()
    if address is None:
        return None
    wrong = _wrong(shop, address, visitor)
    own = _wrong_here(shop, browser)
    guessed = any(used_up(what, subjects, most=most, window=HOUR, now=now) for what, subjects, most in [own, *wrong])
    if not open_.filter(tries__lt=1 if guessed else MOST_TRIES).update(tries=F("tries") + 1):
        return None
    asked = Code.objects.filter(token=token).first()
    if asked is None:
        # The right code came twice at once, and this is the second.
        return None
    given = "".join(char for char in digits.latin(code) if char.isdigit())
    if not hmac.compare_digest(bytes(asked.digest), _digest(shop, asked.address, given)):
        if within_limits([own], window=HOUR, now=now):
            within_limits(wrong, window=HOUR, now=now)
        return None
    deleted, _each = Code.objects.filter(pk=asked.pk).delete()
    if not deleted:
        return None
    reach = ContactPoint(EMAIL if "@" in asked.address else SMS, asked.address)
    give_back(_unused(reach, known=_known(shop, reach)), _of(shop, visitor))
    give_back(_UNUSED_OF_BROWSER, _of(shop, browser))
    return asked


def account_of(shop: Shop, reach: ContactPoint, language: str, *, now: datetime) -> Account:
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


def by_password(
    shop: Shop, reach: ContactPoint, password: str, visitor: str, *, now: datetime, browser: str = ""
) -> Account | None:
    """The account that has this address and password; None for whatever else, after the same time."""
    own, wrong = _wrong_here(shop, browser, "password"), _wrong(shop, reach.address, visitor, "password")
    # Counted before it is looked at, so that many at once are many; what was right is taken back.
    if not within_limits([own], window=HOUR, now=now) or not within_limits(wrong, window=HOUR, now=now):
        return None
    account = Account.objects.filter(shop=shop, **{reach.field: reach.address}).select_related("customer").first()
    if account is None or not account.password:
        make_password(password)
        return None
    if not check_password(password, account.password):
        return None
    for what, subjects, _most in [own, *wrong]:
        give_back(what, subjects)
    return account


def set_password(account: Account, password: str, *, but: Session | None = None) -> None:
    """Have an account opened by another password, or by none where it is empty; other sessions than `but` end.

    Raises `ValidationError` for a password that is too short or common.
    """
    if password:
        validate_password(password)
    account.password = make_password(password) if password else ""
    account.save(update_fields=["password"])
    sign_out_everywhere(account, but=but)


def open_session(account: Account, user_agent: str, address: str, *, now: datetime) -> str:
    """Open an account on a device; returns the token for its cookie."""
    token = secrets.token_urlsafe(32)
    Session.objects.create(
        shop_id=account.shop_id, account=account, digest=queries.digest(token), device=devices.device(user_agent),
        ip=address or None, created_at=now, seen_at=now,
    )  # fmt: skip
    return token


def seen(session: Session, address: str, *, now: datetime) -> None:
    """Keep when and from where a session was last used, to ten minutes."""
    if now - session.seen_at >= SEEN_AGAIN:
        Session.objects.filter(pk=session.pk).update(seen_at=now, ip=address or None)


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
    return hooks.connected.can_send(shop, SMS)


def _new_account(shop: Shop, reach: ContactPoint, language: str, now: datetime) -> Account:
    """An account for the customer who ordered with that address last, or for a new one."""
    free = Customer.objects.filter(shop=shop, account=None, **{reach.field: reach.address})
    customer = free.order_by("-pk").first()
    if customer is None:
        customer = Customer.objects.create(
            shop=shop, language=language, created_at=now, sort=naming.key(shop, ""), **{reach.field: reach.address}
        )
    return Account.objects.create(shop=shop, customer=customer, created_at=now, **{reach.field: reach.address})


def _may_send(shop: Shop, reach: ContactPoint, visitor: str, browser: str, now: datetime) -> bool:
    """Whether a code is sent, counted for the browser, the address, the visitor and the shop.

    Whoever is stopped by a narrower limit does not use up a wider one: one browser cannot spend what all behind its
    address may leave unused, one visitor not what the shop may send nor what an address may be sent, and strangers not
    what is meant for those the shop knows.
    """
    if not within_limit(
        _UNUSED_OF_BROWSER, _of(shop, browser), most=CODES_UNUSED_OF_BROWSER, window=HOUR, now=now
    ):  # fmt: skip
        return False
    channel, known, here = reach.channel, _known(shop, reach), _of(shop, visitor)
    whose = "known" if known else "stranger"
    to, of_shop = [f"{shop.pk} {reach.address}"], [str(shop.pk)]
    pair = [f"{shop.pk} {reach.address} {visitor}"] if visitor else []
    limits = [
        ("account code pair", pair, CODES_TO_ADDRESS_BY_VISITOR, HOUR),
        (f"account codes {whose}", here, CODES_FOR_VISITOR, HOUR),
        ("account code address", to, CODES_TO_ADDRESS[channel], HOUR),
    ]
    if known:
        limits.append((f"account codes by {channel}", of_shop, CODES_OF_SHOP[channel], HOUR))
    else:
        limits.append((f"account codes to strangers by {channel}", of_shop, CODES_TO_STRANGERS[channel], HOUR))
        limits.append((f"account codes of a day by {channel}", of_shop, CODES_TO_STRANGERS_A_DAY[channel], DAY))
    return _may_leave_unused(reach, here, known=known, now=now) and all(
        within_limit(purpose, subjects, most=most, window=window, now=now) for purpose, subjects, most, window in limits
    )


def _may_leave_unused(reach: ContactPoint, here: list[str], *, known: bool, now: datetime) -> bool:
    """Whether a visitor who left so many codes unused is sent another: past the limit slowly, but never not at all."""
    purpose = _unused(reach, known=known)
    if within_limit(purpose, here, most=CODES_UNUSED[reach.channel], window=HOUR, now=now):
        return True
    # It does not count as one more that was left: whoever uses theirs makes room for another.
    give_back(purpose, here)
    return within_limit(f"{purpose} more", here, most=1, window=ONE_MORE_EACH[reach.channel], now=now)


def _known(shop: Shop, reach: ContactPoint) -> bool:
    """Whether the shop has a customer with that address."""
    return Customer.objects.filter(shop=shop, **{reach.field: reach.address}).exists()


def _unused(reach: ContactPoint, *, known: bool) -> str:
    """For what codes are counted that were sent and not used."""
    return f"account code unused by {reach.channel} {'known' if known else 'stranger'}"


_UNUSED_OF_BROWSER = "account code unused by browser"


def _wrong_here(shop: Shop, browser: str, what: str = "code") -> tuple[str, list[str], int]:
    """What is counted of wrong codes or passwords for the browser first; past it, they count for nobody else."""
    return f"account wrong {what} browser", _of(shop, browser), WRONG_OF_BROWSER


def _wrong(shop: Shop, address: str, visitor: str, what: str = "code") -> list[tuple[str, list[str], int]]:
    """For what wrong codes or passwords are counted: purpose, subjects, and how many are let pass in an hour."""
    counts = [
        (f"account wrong {what} visitor", _of(shop, visitor), WRONG_OF_VISITOR),
        (f"account wrong {what} address", [f"{shop.pk} {address}"], WRONG_OF_ADDRESS),
    ]
    if what == "code":
        counts.append((f"account wrong {what} shop", [str(shop.pk)], WRONG_OF_SHOP))
    return counts


def _of(shop: Shop, visitor: str) -> list[str]:
    return [f"{shop.pk} {visitor}"] if visitor else []


def _digest(shop: Shop, address: str, code: str) -> bytes:
    """Without the key of this installation a million codes would be tried in a second."""
    said = f"{shop.pk}\0{address}\0{code}".encode()
    return hmac.new(b"tartib.customers.code" + settings.SECRET_KEY.encode(), said, hashlib.sha256).digest()
