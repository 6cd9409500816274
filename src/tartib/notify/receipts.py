"""What providers tell of texts that they took: late, twice, and in any order. A message only ever comes further."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from tartib.cases.engine import announce
from tartib.journal.operations import SYSTEM, NewEntry, write
from tartib.notify.channels.letter import LONGEST_ANSWER
from tartib.notify.models import Channel, Message, Reason, SmsAccount, State
from tartib.notify.sending import entry
from tartib.notify.sms import providers
from tartib.notify.sms.protocol import Fate, Receipt, Waiting
from tartib.notify.standing_in import stand_in
from tartib.notify.template_syntax import one_line
from tartib.notify.timeline import MESSAGE
from tartib.shops.providers import Unreachable

ASKED_AFTER, ASKED_UNTIL = timedelta(minutes=2), timedelta(hours=47)
"""How old texts are about which a provider is asked that did not tell by itself."""
MOST_ASKED = 100
"""About how many of an account it is asked at once, the newest first."""


def apply_receipts(account: SmsAccount, receipts: Iterable[Receipt], *, now: datetime) -> int:
    """Take in what became of texts; returns how many messages that changed. A text nobody knows changes nothing."""
    changed = sum(_take_in(account, receipt, now) for receipt in receipts)
    SmsAccount.objects.filter(pk=account.pk).update(receipt_at=now)
    return changed


def ask_all(now: datetime) -> None:
    """Ask providers what became of the texts of the last two days of which they have not told it."""
    real = SmsAccount.objects.filter(provider__in=providers(), shop__practice=False)
    for account in real.select_related("shop").order_by("pk"):
        ask(account, now=now)


def ask(account: SmsAccount, *, now: datetime) -> int:
    """Ask one provider, outside of transactions; returns how many messages that changed."""
    open_ones = Message.objects.filter(
        shop=account.shop, channel=Channel.SMS, state=State.SENT, delivered_at=None,
        created_at__gte=now - ASKED_UNTIL, sent_at__lte=now - ASKED_AFTER,
    ).exclude(reference="")  # fmt: skip
    references = list(open_ones.order_by("-created_at", "-pk").values_list("reference", flat=True)[:MOST_ASKED])
    if not references:
        return 0
    provider = providers()[account.provider]
    try:
        provider.require(account)
        told = list(provider.statuses(account, references))
    except (Waiting, Unreachable):
        return 0
    return sum(_take_in(account, receipt, now) for receipt in told)


@transaction.atomic
def _take_in(account: SmsAccount, receipt: Receipt, now: datetime) -> bool:
    message = _about(account, receipt)
    if message is None:
        return False
    if not message.reference:
        # The answer that would have named it was lost.
        message.reference = receipt.reference[:80]
        message.save(update_fields=["reference"])
    said = one_line(receipt.said, LONGEST_ANSWER)
    if receipt.fate == Fate.DELIVERED and message.delivered_at is None:
        late = message.state == State.FAILED
        message.state, message.reason, message.delivered_at = State.SENT, Reason.NONE, now
        message.sent_at = message.sent_at or now
        return _keep(message, said, now, told=late)
    if receipt.fate == Fate.FAILED and message.state == State.SENT and message.delivered_at is None:
        message.state, message.reason, message.sent_at = State.FAILED, Reason.NOT_THERE, None
        return _keep(message, said, now, told=True)
    return False


def _about(account: SmsAccount, receipt: Receipt) -> Message | None:
    """The message, locked, that a receipt is about: one that was handed over and has not been tried anew since."""
    handed = Message.objects.select_for_update(of=("self",)).filter(shop=account.shop, channel=Channel.SMS)
    handed = handed.filter(state__in=(State.SENT, State.FAILED)).select_related("shop")
    found = handed.filter(reference=receipt.reference).first() if receipt.reference else None
    if found is None and receipt.key:
        try:
            found = handed.filter(key=UUID(receipt.key), reference="").first()
        except ValueError:
            return None
    return found


def _keep(message: Message, said: str, now: datetime, *, told: bool) -> bool:
    """Write it down; `told`: on the timeline too, where what stands there is not so any more."""
    message.answer = said or message.answer
    if message.case_id:
        if told:
            write(message.shop_id, [NewEntry(message.case_id, MESSAGE, entry(message))], SYSTEM, now)
        announce(message.shop, [message.case_id])
    message.save(update_fields=["state", "reason", "sent_at", "delivered_at", "answer"])
    stand_in(message, now=now)
    return True
