"""What a shop does with its accounts at gateways: add one, change what was entered, try it, switch it off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tartib.flow.words import LANGUAGES
from tartib.payments.gateways import offered
from tartib.payments.gateways.protocol import Gateway
from tartib.payments.models import Account
from tartib.shops import security
from tartib.shops.models import SecurityEvent, Shop
from tartib.shops.security import TARTIB, Origin

NAME_LENGTH, INSTRUCTIONS_LENGTH = 80, 1_000


class NotForThisShop(Exception):
    """A gateway that the shop cannot use: not known, for practice only, or not for its currency."""


@transaction.atomic
def add(
    shop: Shop,
    code: str,
    entered: Mapping[str, str],
    *,
    now: datetime,
    names: Mapping[str, str] | None = None,
    instructions: Mapping[str, str] | None = None,
    live: bool = False,
    by: Origin = TARTIB,
) -> Account:
    """Give a shop an account at a gateway. Raises `NotForThisShop`, and `ValidationError` by setting's name."""
    gateway = _gateway(shop, code)
    account = Account(shop=shop, gateway=code, live=live, created_at=now)
    account.names, account.instructions = _named(names or {}), _instructed(gateway, instructions or {})
    account.settings = _complete(gateway, {}, entered)
    account.position = Account.objects.filter(shop=shop).count()
    account.save(force_insert=True)
    security.record(
        shop, SecurityEvent.MONEY, by, account=account.label, of_gateway=code, changed=sorted(account.settings)
    )
    return account


@transaction.atomic
def change(
    account: Account,
    entered: Mapping[str, str],
    *,
    names: Mapping[str, str],
    instructions: Mapping[str, str] | None = None,
    live: bool,
    active: bool,
    by: Origin = TARTIB,
) -> None:
    """Change an account; a secret left empty stays as it was. Raises `ValidationError` by setting's name."""
    gateway, before = _gateway(account.shop, account.gateway), _kept(account)
    account.settings = _complete(gateway, account.settings, entered)
    account.names, account.instructions = _named(names), _instructed(gateway, instructions or {})
    account.live, account.active = live, active
    account.save(update_fields=["keys", "names", "instructions", "live", "active"])
    after = _kept(account)
    # Which settings, never what they say: among them are keys.
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if changed:
        facts = {"account": account.label, "of_gateway": account.gateway, "changed": changed}
        security.record(account.shop, SecurityEvent.MONEY, by, **facts)


def _gateway(shop: Shop, code: str) -> Gateway:
    for gateway in offered(shop):
        if gateway.code == code:
            return gateway
    raise NotForThisShop(code)


def _kept(account: Account) -> dict[str, Any]:
    """All that a shop says of an account, by the names that the security log has for it."""
    return {
        **account.settings, "name": account.names, "instructions": account.instructions, "live": account.live,
        "active": account.active,
    }  # fmt: skip


def _named(names: Mapping[str, str]) -> dict[str, str]:
    """The names as they will be kept, by language; none for a language in which nothing is said."""
    named = {language: " ".join(names.get(language, "").split()) for language in LANGUAGES}
    if any(len(name) > NAME_LENGTH for name in named.values()):
        raise ValidationError({"name": _("A name has %(most)d characters at most.") % {"most": NAME_LENGTH}})
    return {language: name for language, name in named.items() if name}


def _instructed(gateway: Gateway, texts: Mapping[str, str]) -> dict[str, str]:
    """What customers are told of paying so, as it will be kept, by language; nothing where the gateway has no field."""
    if gateway.instructions is None:
        return {}
    said = {language: "\n".join(texts.get(language, "").strip().splitlines()) for language in LANGUAGES}
    if any(len(text) > INSTRUCTIONS_LENGTH for text in said.values()):
        problem = _("It has %(most)d characters at most.") % {"most": INSTRUCTIONS_LENGTH}
        raise ValidationError({"instructions": problem})
    return {language: text for language, text in said.items() if text}


def _complete(gateway: Gateway, before: Mapping[str, str], entered: Mapping[str, str]) -> dict[str, str]:
    """The settings as they will be kept: only those the gateway knows, and all that it needs."""
    kept, missing = {}, {}
    for setting in gateway.settings:
        value = entered.get(setting.name, "").strip()
        kept[setting.name] = before.get(setting.name, "") if setting.secret and not value else value
        if setting.required and not kept[setting.name]:
            missing[setting.name] = _("This is needed.")
    if missing:
        raise ValidationError(missing)
    return kept
