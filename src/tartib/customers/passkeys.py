"""Passkeys (WebAuthn): adding one to an account, and coming in by one without saying who one is.

The parts that must be right are py_webauthn's. Each challenge is kept as a row until it is answered, once.

py_webauthn is imported where it is used: with the libraries it needs, it takes a sixth of the time in which a process
starts, and most processes never see a passkey.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tartib.customers.identity import Account, Challenge, Passkey
from tartib.shops.models import Shop

GOOD_FOR = timedelta(minutes=5)
MOST = 20


class Refused(Exception):
    """The device's answer is not one to the question that was put to it."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the browser is: a passkey is good at one host only."""

    host: str
    origin: str


def ask_to_add(account: Account, site: Site, *, now: datetime) -> str:
    """What the browser needs to make a passkey for this account, as JSON."""
    import webauthn
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    known = account.passkeys.values_list("credential", flat=True)
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name=account.shop.name,
            user_id=hashlib.sha256(f"tartib account {account.pk}".encode()).digest(),
            user_name=str(account),
            user_display_name=account.customer.name or str(account),
            challenge=_challenge(account.shop, account, now),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=bytes(one)) for one in known],
        )
    )


@transaction.atomic
def add(account: Account, site: Site, answer: str, name: str, *, now: datetime) -> Passkey:
    """Add the passkey that the browser made. Raises `Refused`."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _answered(account.shop, answer, account, now)
    if account.passkeys.count() >= MOST:
        raise Refused
    try:
        verified = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as problem:
        raise Refused from problem
    passkey, _new = Passkey.objects.get_or_create(
        account=account,
        credential=verified.credential_id,
        defaults={
            "shop_id": account.shop_id, "public_key": verified.credential_public_key, "used": verified.sign_count,
            "name": name[:80], "created_at": now,
        },
    )  # fmt: skip
    return passkey


def ask_to_enter(shop: Shop, site: Site, *, now: datetime) -> str:
    """What the browser needs to let somebody choose one of their passkeys of this shop, as JSON."""
    import webauthn

    options = webauthn.generate_authentication_options(rp_id=site.host, challenge=_challenge(shop, None, now))
    return webauthn.options_to_json(options)


@transaction.atomic
def enter(shop: Shop, site: Site, answer: str, *, now: datetime) -> Account:
    """The account whose passkey signed the challenge. Raises `Refused`."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _answered(shop, answer, None, now)
    try:
        credential = webauthn.base64url_to_bytes(json.loads(answer)["rawId"])
    except (ValueError, KeyError, TypeError) as problem:
        raise Refused from problem
    passkey = (
        Passkey.objects.select_for_update(of=("self",))
        .filter(account__shop=shop, credential=credential)
        .select_related("account__customer")
        .first()
    )
    if passkey is None:
        raise Refused
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.used,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as problem:
        raise Refused from problem
    passkey.used, passkey.used_at = verified.new_sign_count, now
    passkey.save(update_fields=["used", "used_at"])
    return passkey.account


def remove(account: Account, passkey_id: int) -> bool:
    """Forget a passkey; false for one the account does not have."""
    deleted, _each = account.passkeys.filter(pk=passkey_id).delete()
    return bool(deleted)


def _challenge(shop: Shop, account: Account | None, now: datetime) -> bytes:
    challenge = secrets.token_bytes(32)
    digest = hashlib.sha256(challenge).digest()
    Challenge.objects.create(digest=digest, shop=shop, account=account, expires_at=now + GOOD_FOR)
    return challenge


def _answered(shop: Shop, answer: str, account: Account | None, now: datetime) -> bytes:
    """The challenge the answer is to, which is used up with it."""
    import webauthn

    try:
        said = json.loads(webauthn.base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
        challenge = webauthn.base64url_to_bytes(said["challenge"])
    except (ValueError, KeyError, TypeError) as problem:
        raise Refused from problem
    digest = hashlib.sha256(challenge).digest()
    asked = Challenge.objects.filter(digest=digest, shop=shop, account=account, expires_at__gt=now)
    deleted, _each = asked.delete()
    if not deleted:
        raise Refused
    return challenge
