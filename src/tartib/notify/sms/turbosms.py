"""TurboSMS (Ukraine): texts by SMS, or by Viber first and by SMS where Viber does not reach; signed receipts.

https://turbosms.ua/ua/api.html: message/send, message/status, user/balance, the codes of answers; and
https://turbosms.ua/ua/callback.html: the address and the secret key of receipts. `sequence_id` is our key of a request:
the same again is answered with the result of the first time and sends nothing. A receipt is signed by the SHA-1 of its
`id` and the secret key; in which order is not said there, so that either is right: both take the key to make.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

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

API = "https://api.turbosms.ua"
HRYVNIA = "UAH"
LONGEST_VIBER = 1000
VIBER_FOR = 3600
"""Seconds in which Viber has to deliver before the SMS goes."""

_DONE = frozenset({0, 507, 800, 801, 802, 803})
_TROUBLES = {
    103: Trouble.KEY, 105: Trouble.KEY, 106: Trouble.KEY, 301: Trouble.KEY, 203: Trouble.CREDIT,
    200: Trouble.SENDER, 302: Trouble.SENDER, 400: Trouble.SENDER, 401: Trouble.SENDER, 415: Trouble.SENDER,
    421: Trouble.SENDER, 425: Trouble.SENDER, 426: Trouble.SENDER,
}  # fmt: skip
_LATER = frozenset({427, 500, 501, 502, 503, 504, 999})
"""Their own trouble; and a text that says the same as one of the last ninety seconds."""
_NUMBER = frozenset({305, 404, 406})
_FATES = {
    "in queue": Fate.SENT, "in process": Fate.SENT, "accepted": Fate.SENT, "accptd": Fate.SENT, "sent": Fate.SENT,
    "enroute": Fate.SENT, "delivered": Fate.DELIVERED, "delivrd": Fate.DELIVERED, "read": Fate.DELIVERED,
    "undelivered": Fate.FAILED, "undeliv": Fate.FAILED, "rejected": Fate.FAILED, "rejectd": Fate.FAILED,
    "expired": Fate.FAILED, "failed": Fate.FAILED, "cancelled": Fate.FAILED, "deleted": Fate.FAILED,
}  # fmt: skip


class TurboSms(SmsProvider):
    """TurboSMS's HTTP interface."""

    code = "turbosms"
    name = "TurboSMS"
    about = _("SMS in Ukraine; where you like, Viber first and SMS to whom Viber does not reach.")
    settings = (
        Setting(
            "token", _("Authentication key"), _("In TurboSMS: API settings, with “HTTP API” switched on."), secret=True,
            form=r"[0-9A-Za-z]{16,200}", wrong=_("This is not a key. Copy it again, without blanks."),
        ),
        Setting(
            "sender", _("Sender"), _("The name that TurboSMS has registered for you, up to 11 Latin letters."),
            form=r"[A-Za-z0-9 .,_!&'*+/-]{1,11}", wrong=_("A sender has up to 11 Latin letters and digits."),
        ),
        Setting(
            "viber", _("Viber sender"), _("Where you have one there. Empty: everything goes by SMS."), required=False,
            form=r".{1,50}", wrong=_("The name is too long."),
        ),
        Setting(
            "secret", _("Secret key of receipts"),
            _("Entered in TurboSMS beside the address for receipts. Without it receipts are not believed."),
            secret=True, required=False, form=r"\S{1,200}", wrong=_("Copy it again, without blanks."),
        ),
    )  # fmt: skip

    def send(self, account: SmsAccount, text: Text) -> Sent:
        """One text to one number; by Viber first where the shop has a sender there."""
        keys = account.settings
        asked: dict[str, Any] = {
            "recipients": [text.to.removeprefix("+")], "sequence_id": text.key.hex,
            "sms": {"sender": keys["sender"], "text": text.text},
        }  # fmt: skip
        if keys.get("viber") and len(text.text) <= LONGEST_VIBER:
            asked["viber"] = {"sender": keys["viber"], "text": text.text, "ttl": VIBER_FOR}
        results = _call(account, "message/send", asked)
        try:
            result = results[0]
            code, words = int(result["response_code"]), str(result.get("response_status") or "")
        except (LookupError, TypeError, ValueError):
            raise Unreachable("it took the text without a name for it") from None
        if not result.get("message_id"):
            raise _problem(code, words)
        return Sent(str(result["message_id"]))

    def statuses(self, account: SmsAccount, references: Sequence[str]) -> Iterable[Receipt]:
        """How texts stand."""
        results = _call(account, "message/status", {"messages": list(references)})
        for result in results if isinstance(results, list) else ():
            if isinstance(result, dict) and (receipt := _receipt(result)):
                yield receipt

    def read_receipts(
        self, account: SmsAccount, url: str, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> list[Receipt]:
        """One text's new status, believed by its signature."""
        try:
            said = json.loads(body)
            number, given = str(said["id"]), str(said["signature"]).lower()
            about = said.get("data")
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise Forged from error
        secret = account.settings.get("secret", "")
        right = [_sha1(secret, number), _sha1(number, secret)]
        if not secret or not any(hmac.compare_digest(one.encode(), given.encode()) for one in right):
            raise Forged
        receipt = _receipt(about) if isinstance(about, dict) else None
        return [receipt] if receipt else []

    def credit(self, account: SmsAccount) -> Credit | None:
        """What is left, in hryvnias."""
        said = _call(account, "user/balance", {})
        left = amount(said.get("balance")) if isinstance(said, dict) else None
        return Credit(left, HRYVNIA) if left is not None else None


def _sha1(*parts: str) -> str:
    return hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()


def _call(account: SmsAccount, what: str, asked: Mapping[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {account.settings['token']}"}
    reply = http.call("POST", f"{API}/{what}.json", json=asked, headers=headers)
    if reply.status in (401, 403):
        raise Waiting(f"HTTP {reply.status}", Trouble.KEY)
    said = reply.json()
    try:
        code, words, result = (
            int(said["response_code"]),
            str(said.get("response_status") or ""),
            said["response_result"],
        )
    except (LookupError, TypeError, ValueError, AttributeError):
        raise Unreachable("the answer says nothing") from None
    # Where a request for one number failed for its number, the number's own code says more.
    if code in _DONE or (isinstance(result, list) and result):
        return result
    raise _problem(code, words)


def _problem(code: int, words: str) -> Refused | Waiting | Unreachable:
    said = f"{code} {words}".strip()
    if code in _TROUBLES:
        return Waiting(said, _TROUBLES[code])
    if code in _LATER:
        return Unreachable(said)
    return Refused(said, number=code in _NUMBER)


def _receipt(said: Mapping[str, Any]) -> Receipt | None:
    reference, status = str(said.get("message_id") or ""), str(said.get("status") or "")
    fate = _FATES.get(status.lower())
    rejected = said.get("rejected_status")
    return Receipt(reference, fate, f"{status} {rejected or ''}".strip()) if fate and reference else None


PROVIDER = TurboSms()
