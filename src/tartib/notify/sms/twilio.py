"""Twilio (the world): texts, signed receipts at the address given with each of them, questions.

https://www.twilio.com/docs/messaging/api/message-resource, /docs/messaging/guides/track-outbound-message-status,
/docs/usage/security (the signature: HMAC-SHA1 by the auth token of the address with each field of the form and its
value, in the order of their names), /docs/api/errors. Twilio knows no keys of texts, so that one whose answer was lost
is looked for among those it has before it is sent again; receipts carry our key in their address.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from django.utils.translation import gettext_lazy as _

from tartib.notify.sms import http
from tartib.notify.sms.protocol import (
    Credit,
    Fate,
    Forged,
    Receipt,
    Refused,
    Sent,
    Setting,
    SmsProvider,
    Text,
    Waiting,
    amount,
)
from tartib.notify.trouble import Trouble
from tartib.shops.providers import Unreachable

if TYPE_CHECKING:
    from tartib.notify.models import SmsAccount

API = "https://api.twilio.com/2010-04-01/Accounts"
MOST_ASKED = 20
"""How many texts are asked about in one go: each takes a question of its own."""
CLOCKS_DIFFER = timedelta(minutes=2)

_OWN_NAME = re.compile(r"MG[0-9a-f]{32}")
_NUMBER = frozenset({21211, 21214, 21217, 21219, 21266, 21408, 21608, 21610, 21612, 21614, 21635, 21654, 21655, 60410})
"""Of the number: not one, not a mobile one, not reached, asked not to be written to."""
_SENDER = frozenset({
    21212, 21213, 21603, 21606, 21611, 21618, 21656, 21657, 21658, 21659, 21660, 21661, 21703, 21704, 21705, 21910,
})  # fmt: skip
_CREDIT = frozenset({20403, 30002, 90010})
_TOO_FAST = frozenset({14107, 20429, 30022, 63038, 88202})
_FATES = {
    "accepted": Fate.SENT, "scheduled": Fate.SENT, "queued": Fate.SENT, "sending": Fate.SENT, "sent": Fate.SENT,
    "delivered": Fate.DELIVERED, "read": Fate.DELIVERED,
    "undelivered": Fate.FAILED, "failed": Fate.FAILED, "canceled": Fate.FAILED,
}  # fmt: skip


class Twilio(SmsProvider):
    """Twilio's Messages resource."""

    code = "twilio"
    name = "Twilio"
    about = _("SMS to nearly every country.")
    settings = (
        Setting(
            "account", _("Account SID"), _("It begins with AC."), form=r"AC[0-9a-fA-F]{32}",
            wrong=_("An Account SID is AC and 32 letters and digits."),
        ),
        Setting(
            "token", _("Auth token"), _("On the first page of Twilio’s console."), secret=True,
            form=r"[0-9A-Za-z]{16,64}", wrong=_("This is not an auth token. Copy it again, without blanks."),
        ),
        Setting(
            "sender", _("Sender"),
            _("Your number there with its country code, a name of up to 11 Latin letters, or a service: MG…"),
            form=r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}",
            wrong=_("This cannot be a sender: write a number such as +14155550100, a name such as MyShop, or MG…"),
        ),
    )  # fmt: skip
    once = False
    entered = False

    def send(self, account: SmsAccount, text: Text) -> Sent:
        """One text to one number."""
        sender = account.settings["sender"]
        by = "MessagingServiceSid" if _OWN_NAME.fullmatch(sender) else "From"
        given = {"To": text.to, by: sender, "Body": text.text}
        if text.receipts:
            given["StatusCallback"] = f"{text.receipts}?key={text.key}"
        said = _call(account, "POST", "Messages.json", form=given)
        if _FATES.get(str(said.get("status"))) == Fate.FAILED:
            raise _problem(400, said.get("error_code"), said.get("error_message"))
        return _sent(said)

    def find(self, account: SmsAccount, text: Text) -> Iterable[Sent]:
        """Texts to the number that say the same and were made since this one was written."""
        since = text.written - CLOCKS_DIFFER
        asked = {"To": text.to, "DateSent>": since.astimezone(UTC).strftime("%Y-%m-%d"), "PageSize": "50"}
        said = _call(account, "GET", "Messages.json", query=asked)
        known = said.get("messages")
        if not isinstance(known, list):
            raise Unreachable("the list of texts cannot be read")
        return [
            _sent(one)
            for one in known
            if isinstance(one, dict) and one.get("body") == text.text and _made(one) >= since
        ]

    def statuses(self, account: SmsAccount, references: Sequence[str]) -> Iterable[Receipt]:
        """How texts stand, one question each."""
        for reference in references[:MOST_ASKED]:
            said = _call(account, "GET", f"Messages/{quote(reference, safe='')}.json")
            if receipt := _receipt(reference, str(said.get("status")), said.get("error_code"), ""):
                yield receipt

    def read_receipts(
        self, account: SmsAccount, url: str, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> list[Receipt]:
        """One text's new status, believed by its signature."""
        try:
            fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True)
        except ValueError as error:
            raise Forged from error
        right = signature(account.settings.get("token", ""), url, fields)
        given = headers.get("X-Twilio-Signature", "")
        if not account.settings.get("token") or not hmac.compare_digest(right.encode(), given.encode()):
            raise Forged
        told = dict(fields)
        reference = told.get("MessageSid") or told.get("SmsSid") or ""
        receipt = _receipt(reference, told.get("MessageStatus", ""), told.get("ErrorCode"), query.get("key", ""))
        return [receipt] if receipt and reference else []

    def credit(self, account: SmsAccount) -> Credit | None:
        """What is left, in the account's currency."""
        said = _call(account, "GET", "Balance.json")
        left = amount(said.get("balance"))
        return Credit(left, str(said.get("currency") or "")[:3].upper()) if left is not None else None


def signature(token: str, url: str, fields: Sequence[tuple[str, str]]) -> str:
    """The signature of a form that was posted to an address."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), hashlib.sha1)).decode()


def _call(
    account: SmsAccount,
    method: str,
    what: str,
    *,
    form: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    keys = account.settings
    url = f"{API}/{keys['account']}/{what}"
    reply = http.call(method, url, form=form, query=query, auth=(keys["account"], keys["token"]))
    said = reply.json()
    if not isinstance(said, dict):
        raise Unreachable("the answer says nothing")
    if reply.status >= 300:
        raise _problem(reply.status, said.get("code"), said.get("message"))
    return said


def _problem(status: int, code: object, words: object) -> Refused | Waiting:
    """What a refusal means. Codes come and go at Twilio: of an unknown one its HTTP status decides."""
    number = int(str(code)) if str(code or "").isdecimal() else 0
    said = f"{number or status} {words or ''}".strip()
    if number in _TOO_FAST:
        return Waiting(said)
    if number in _NUMBER:
        return Refused(said, number=True)
    if number in _SENDER:
        return Waiting(said, Trouble.SENDER)
    if number in _CREDIT or status == 402:
        return Waiting(said, Trouble.CREDIT)
    if status in (401, 404):
        return Waiting(said, Trouble.KEY)
    return Waiting(said, Trouble.CLOSED) if status == 403 else Refused(said)


def _sent(said: Mapping[str, Any]) -> Sent:
    reference = str(said.get("sid") or "")
    if not reference:
        raise Unreachable("it took the text without a name for it")
    parts = str(said.get("num_segments") or "")
    # Twilio writes what it took with a minus.
    price = abs(taken) if (taken := amount(said.get("price"))) is not None else None
    currency = str(said.get("price_unit") or "")[:3].upper()
    counted = int(parts) if parts.isdecimal() and 0 < int(parts) < 100 else None
    return Sent(reference, counted, price if currency else None, currency if price is not None else "")


def _made(said: Mapping[str, Any]) -> datetime:
    """When a text was made; long ago where that cannot be read."""
    try:
        return parsedate_to_datetime(str(said.get("date_created"))).astimezone(UTC)
    except (TypeError, ValueError):
        return datetime.min.replace(tzinfo=UTC)


def _receipt(reference: str, status: str, code: object, key: str) -> Receipt | None:
    fate = _FATES.get(status)
    return Receipt(reference, fate, f"{code or ''} {status}".strip(), key) if fate else None


PROVIDER = Twilio()
