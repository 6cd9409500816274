"""The SMS service of a shop, as those who send by it see it: whether there is one, what it costs, its troubles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.utils.translation import override

from tartib.l10n.names import language as nearest
from tartib.l10n.sms import Size, size
from tartib.notify.models import Channel, Message, MessageKind, SmsAccount, State
from tartib.notify.sms import providers
from tartib.notify.sms.protocol import Waiting
from tartib.notify.template_variables import address
from tartib.notify.trouble import Trouble
from tartib.shops.models import Role, Shop, User
from tartib.shops.operations import within_limit

PRACTICE = "practice"
LONGEST_SAID = 200
TOLD_AGAIN = timedelta(days=1)
"""How long owners are not told once more of the same trouble that comes and goes."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an SMS will take and cost; no price where the shop has not said what one costs it."""

    size: Size
    price: Decimal | None
    currency: str


def of(shop: Shop) -> SmsAccount | None:
    """The account by which a shop sends SMS; a practice shop always has the one that delivers to nobody."""
    if shop.practice:
        return SmsAccount(shop=shop, provider=PRACTICE)
    account = SmsAccount.objects.filter(shop=shop, provider__in=providers()).first()
    if account is not None:
        account.shop = shop
    return account


def by_token(token: str) -> SmsAccount | None:
    """The account whose receipts come to the address with that secret."""
    real = SmsAccount.objects.filter(provider__in=providers(), shop__practice=False)
    return real.select_related("shop").filter(token=token).first()


def receipts_address(account: SmsAccount) -> str:
    """Where the provider tells what became of texts; "" where it could not: providers call over TLS alone."""
    here = address()
    return f"{here}/sms/{account.token}/" if here.startswith("https://") and account.provider != PRACTICE else ""


def estimate(account: SmsAccount | None, text: str) -> Estimate:
    """How many SMS a text takes, and what it costs by what the shop says one costs."""
    counted = size(text)
    each = account.part_price if account else None
    price = each * counted.parts if each is not None else None
    return Estimate(counted, price, account.shop.currency if account and price is not None else "")


def works(account: SmsAccount) -> None:
    """Note that the provider takes texts from the account."""
    if account.trouble:
        account.trouble, account.said, account.trouble_at = Trouble.NONE, "", None
        account.save(update_fields=["trouble", "said", "trouble_at"])


def troubled(account: SmsAccount, problem: Waiting, *, now: datetime) -> None:
    """Note that the provider takes nothing from the account; its owners are told once of each trouble."""
    if not problem.trouble:
        return
    fresh = SmsAccount.objects.filter(pk=account.pk).exclude(trouble=problem.trouble)
    said = problem.said[:LONGEST_SAID]
    if fresh.update(trouble=problem.trouble, said=said, trouble_at=now) and within_limit(
        "sms.trouble", [f"{account.shop_id} {problem.trouble}"], most=1, window=TOLD_AGAIN, now=now
    ):
        _tell_owners(account.shop, problem.trouble, now=now)
    account.trouble, account.said, account.trouble_at = problem.trouble, said, now


def _tell_owners(shop: Shop, trouble: Trouble, *, now: datetime) -> None:
    # Whoever met with the trouble sends what is due, and if not, the sweep of the next minute does.
    owners = User.objects.filter(
        is_active=True, memberships__shop=shop, memberships__active=True, memberships__role=Role.OWNER
    )
    for owner in owners.order_by("pk"):
        language = nearest(owner.language)
        with override(language):
            words = str(trouble.label)
        Message.objects.create(
            shop=shop, act_id=uuid4(), kind=MessageKind.SERVICE, status="", channel=Channel.EMAIL,
            recipient=owner.email, language=language, note=words, state=State.QUEUED, hold_until=now, next_at=now,
            created_at=now,
        )  # fmt: skip
