"""SMS by the provider that a shop has chosen: the one door through which every SMS leaves."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Self

from django.utils import timezone

from tartib.l10n import phones
from tartib.l10n.sms import size
from tartib.notify import service
from tartib.notify.channels.letter import LONGEST_ANSWER, Answer, Letter
from tartib.notify.models import Message, Reason, SmsAccount, State
from tartib.notify.sms import providers
from tartib.notify.sms.protocol import Refused, Sent, SmsProvider, Text, Waiting
from tartib.notify.template_syntax import one_line
from tartib.shops.models import Shop
from tartib.shops.providers import Unreachable

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
"""With its country code (ITU-T E.164): of any other a provider in another country would have to guess."""


def unready(shop: Shop) -> str:
    """Why `shop` cannot send SMS: it has not chosen a service."""
    return "" if service.of(shop) else Reason.NO_SERVICE


class SmsSender:
    """Sends each letter by its shop's provider.

    A provider that takes nothing from an account, or does not answer, is not asked again for the rest of the batch.
    """

    def __init__(self) -> None:
        self._accounts: dict[int, SmsAccount | None] = {}
        self._down: dict[int, Answer] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        pass

    def send(self, letter: Letter) -> Answer:
        """Hand one letter to the shop's provider. That it took the letter does not say that it arrived."""
        shop = letter.shop
        if shop.pk not in self._accounts:
            self._accounts[shop.pk] = service.of(shop)
        account = self._accounts[shop.pk]
        if account is None:
            return Answer(State.WITHHELD, reason=Reason.NO_SERVICE)
        if not _NUMBER.fullmatch(letter.recipient):
            return Answer(State.BOUNCED, reason=Reason.BAD_NUMBER)
        if not phones.textable(letter.recipient):
            return Answer(State.BOUNCED, reason=Reason.NO_SMS)
        if shop.pk in self._down:
            return self._down[shop.pk]
        return self._handed(account, letter)

    def _handed(self, account: SmsAccount, letter: Letter) -> Answer:
        now = letter.at or timezone.now()
        written = letter.written or now
        text = Text(letter.key, letter.recipient, letter.text, written, service.receipts_address(account))
        provider = providers()[account.provider]
        try:
            provider.require(account)
            sent = (_found(provider, account, text) if letter.again else None) or provider.send(account, text)
        except Refused as problem:
            service.works(account)
            state, reason = (State.BOUNCED, Reason.BAD_ADDRESS) if problem.number else (State.FAILED, Reason.REFUSED)
            return Answer(state, one_line(problem.said, LONGEST_ANSWER), reason)
        except Waiting as problem:
            service.troubled(account, problem, now=now)
            answer = Answer(State.QUEUED, one_line(problem.said, LONGEST_ANSWER), Reason.WAITS)
            self._down[letter.shop.pk] = answer
            return answer
        except Unreachable as problem:
            answer = Answer(State.QUEUED, one_line(str(problem), LONGEST_ANSWER), Reason.AWAY)
            self._down[letter.shop.pk] = answer
            return answer
        service.works(account)
        return _answer(account, sent, letter.text)


def _found(provider: SmsProvider, account: SmsAccount, text: Text) -> Sent | None:
    """What an earlier attempt sent whose answer was lost, with a provider that would send it once more."""
    if provider.once:
        return None
    found = {one.reference: one for one in provider.find(account, text)}
    of_others = Message.objects.filter(shop=account.shop, reference__in=list(found)).exclude(key=text.key)
    for reference in of_others.values_list("reference", flat=True):
        del found[reference]
    return next(iter(found.values()), None)


def _answer(account: SmsAccount, sent: Sent, words: str) -> Answer:
    parts = sent.parts or size(words).parts
    price, currency = sent.price, sent.currency
    if price is None and account.part_price is not None:
        price, currency = account.part_price * parts, account.shop.currency
    return Answer(State.SENT, sent.reference[:LONGEST_ANSWER], "", sent.reference[:80], parts, price, currency)
