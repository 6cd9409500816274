"""Kavenegar (Iran): texts by HTTPS form, receipts at an address entered there, questions by its own numbers.

https://kavenegar.com/rest.html: sms/send, sms/status, account/info, the codes of answers and of statuses. `localid` is
our number of a text: the same again is answered with the message of the first time and sends nothing. It is a whole
number of 63 bits. A receipt is a form with `messageid` and `status` and has no signature: the secret is in the address
it is sent to. Prices are in rials.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

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

API = "https://api.kavenegar.com/v1"
IRAN = "+98"
RIAL = "IRR"

_TROUBLES = {
    401: Trouble.CLOSED, 403: Trouble.KEY, 407: Trouble.CLOSED, 412: Trouble.SENDER, 416: Trouble.CLOSED,
    418: Trouble.CREDIT, 426: Trouble.CLOSED, 427: Trouble.CLOSED,
}  # fmt: skip
_LATER = frozenset({402, 409})
"""The operation failed, the server is busy: it says nothing of this text or this account."""
_NUMBER = 411
_ON_ITS_WAY = frozenset({1, 2, 4, 5})
_FAILED = frozenset({6, 11, 13, 14})
_DELIVERED = 10


class Kavenegar(SmsProvider):
    """Kavenegar's REST interface."""

    code = "kavenegar"
    name = "Kavenegar"
    about = _("SMS in Iran and from Iran to the world.")
    settings = (
        Setting(
            "key", _("API key"), _("In Kavenegar’s panel: the account’s settings."), secret=True,
            form=r"[0-9A-Za-z]{16,200}", wrong=_("This is not an API key. Copy it again, without blanks."),
        ),
        Setting(
            "sender", _("Sender"), _("One of your lines, such as 10004346. Empty: the account’s usual one."),
            required=False, form=r"\+?[0-9]{4,20}", wrong=_("Write the number of the line, in digits alone."),
        ),
    )  # fmt: skip

    def send(self, account: SmsAccount, text: Text) -> Sent:
        """One text to one number, under its `localid`."""
        given = {"receptor": dialled(text.to), "message": text.text, "localid": str(local_id(text))}
        if sender := account.settings.get("sender"):
            given["sender"] = sender
        entries = _call(account, "sms/send", given)
        try:
            entry = entries[0]
            return Sent(str(entry["messageid"]), price=amount(entry.get("cost")), currency=RIAL)
        except (LookupError, TypeError):
            raise Unreachable("it took the text without a name for it") from None

    def statuses(self, account: SmsAccount, references: Sequence[str]) -> Iterable[Receipt]:
        """How texts stand of the last two days."""
        entries = _call(account, "sms/status", {"messageid": ",".join(references)})
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and (receipt := _receipt(entry)):
                yield receipt

    def read_receipts(
        self, account: SmsAccount, url: str, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> list[Receipt]:
        """One text's new status."""
        try:
            given = {name: values[-1] for name, values in parse_qs(body.decode("ascii")).items()}
        except ValueError as error:
            raise Forged from error
        if not given.get("messageid", "").isdecimal() or not given.get("status", "").isdecimal():
            raise Forged
        receipt = _receipt(given)
        return [receipt] if receipt else []

    def credit(self, account: SmsAccount) -> Credit | None:
        """What is left, in rials."""
        said = _call(account, "account/info", {})
        left = amount(said.get("remaincredit")) if isinstance(said, dict) else None
        return Credit(left, RIAL) if left is not None else None


def dialled(number: str) -> str:
    """A number as it is dialled in Iran."""
    return f"0{number.removeprefix(IRAN)}" if number.startswith(IRAN) else f"00{number.removeprefix('+')}"


def local_id(text: Text) -> int:
    """A text's key as a whole number that Kavenegar can hold."""
    return text.key.int & (2**63 - 1)


def _call(account: SmsAccount, what: str, given: Mapping[str, str]) -> Any:
    reply = http.call("POST", f"{API}/{account.settings['key']}/{what}.json", form=given)
    said = reply.json()
    try:
        status, words = int(said["return"]["status"]), str(said["return"].get("message") or "")
        entries = said.get("entries")
    except (LookupError, TypeError, ValueError, AttributeError):
        raise Unreachable("the answer says nothing") from None
    if status == 200:
        return entries
    words = f"{status} {words}".strip()
    if status in _TROUBLES:
        raise Waiting(words, _TROUBLES[status])
    if status in _LATER or status >= 500:
        raise Unreachable(words)
    raise Refused(words, number=status == _NUMBER)


def _receipt(entry: Mapping[str, Any]) -> Receipt | None:
    """What an entry says; None for a status that nobody knows, or of a message it does not know."""
    try:
        reference, status = str(entry["messageid"]), int(entry["status"])
    except (LookupError, TypeError, ValueError):
        return None
    said = f"{status} {entry.get('statustext') or ''}".strip()
    if status == _DELIVERED:
        return Receipt(reference, Fate.DELIVERED, said)
    if status in _FAILED:
        return Receipt(reference, Fate.FAILED, said)
    return Receipt(reference, Fate.SENT, said) if status in _ON_ITS_WAY else None


PROVIDER = Kavenegar()
