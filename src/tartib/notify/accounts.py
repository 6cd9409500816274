"""What a shop does with its account at a provider of SMS: choose it, change it, try it, forget it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tartib.notify import enqueue, service
from tartib.notify.models import WAITING, Channel, Message, Reason, SmsAccount
from tartib.notify.sms import offered, providers
from tartib.notify.sms.protocol import Credit, SmsProvider, Waiting
from tartib.notify.trouble import Trouble
from tartib.shops import security
from tartib.shops.models import SecurityEvent, Shop
from tartib.shops.security import TARTIB, Origin


@transaction.atomic
def choose(
    shop: Shop,
    code: str,
    entered: Mapping[str, str],
    *,
    part_price: Decimal | None,
    now: datetime,
    by: Origin = TARTIB,
) -> SmsAccount:
    """Have a shop send by that provider; a secret left empty stays as it was. Whatever waited is tried at once.

    Raises `ValidationError` by setting's name, and `KeyError` for a provider that is not offered.
    """
    provider = {one.code: one for one in offered()}[code]
    account = SmsAccount.objects.filter(shop=shop).first() or SmsAccount(shop=shop)
    before = account.settings if account.provider == code else {}
    account.settings = _complete(provider, before, entered)
    if account.provider != code:
        account.credit, account.credit_currency, account.credit_at, account.receipt_at = None, "", None, None
    account.provider, account.part_price = code, part_price
    account.trouble, account.said, account.trouble_at = Trouble.NONE, "", None
    account.save()
    # Which settings, never what they say: among them are keys.
    changed = sorted(name for name, value in account.settings.items() if before.get(name, "") != value)
    security.record(shop, SecurityEvent.SERVICE, by, account=str(provider.name), of_provider=code, changed=changed)
    resume(shop, now=now)
    return account


@transaction.atomic
def forget(shop: Shop, *, by: Origin = TARTIB) -> None:
    """Have a shop send no SMS any more; what waits is not sent until it chooses a service again."""
    removed, _each = SmsAccount.objects.filter(shop=shop).delete()
    if removed:
        security.record(shop, SecurityEvent.SERVICE, by, account="—")


def ask_credit(account: SmsAccount, *, now: datetime) -> Credit | None:
    """Ask the provider what is left, which also tries the key, and keep the answer. Raises `Waiting`, `Unreachable`.

    Speaks to the provider, so it is called outside of transactions.
    """
    provider = providers()[account.provider]
    try:
        provider.require(account)
        left = provider.credit(account)
    except Waiting as problem:
        service.troubled(account, problem, now=now)
        raise
    kept = {
        "credit": left.amount if left else None, "credit_currency": left.currency if left else "", "credit_at": now,
    }  # fmt: skip
    SmsAccount.objects.filter(pk=account.pk).update(**kept)
    if account.trouble in (Trouble.KEY, Trouble.CLOSED):
        service.works(account)
        resume(account.shop, now=now)
    return left


def resume(shop: Shop, *, now: datetime) -> None:
    """Try at once whatever waits for the provider."""
    waiting = Message.objects.filter(shop=shop, channel=Channel.SMS, state__in=WAITING, reason=Reason.WAITS)
    if waiting.update(next_at=now):
        enqueue.send_at(now, now)


def _complete(provider: SmsProvider, before: Mapping[str, str], entered: Mapping[str, str]) -> dict[str, str]:
    """The settings as they will be kept: only those the provider knows, and all that it needs."""
    kept, wrong = {}, {}
    for setting in provider.settings:
        value = entered.get(setting.name, "").strip()
        kept[setting.name] = before.get(setting.name, "") if setting.secret and not value else value
        if setting.required and not kept[setting.name]:
            wrong[setting.name] = _("This is needed.")
        elif not setting.fits(kept[setting.name]):
            wrong[setting.name] = str(setting.wrong)
    if wrong:
        raise ValidationError(wrong)
    return kept
