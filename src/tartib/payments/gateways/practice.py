"""The gateway of practice shops: it behaves like a real one, over real HTTP, and moves no money.

Its pages, books and notices are the practice face's; the two share nothing but the account's secret. Addresses are
signed with it (HMAC-SHA-256 over what is sent), and so are notices, in the header `Practice-Signature`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tartib.payments.gateways import units
from tartib.payments.gateways.protocol import (  # fmt: skip
    About,
    Answer,
    Ask,
    Claim,
    Contest,
    Fate,
    Forged,
    Gateway,
    GatewayNotice,
    Movement,
    Refused,
    Setting,
    Started,
)
from tartib.payments.gateways.records import Account, Attempt, Refund
from tartib.shops import providers

SIGNATURE = "Practice-Signature"


def sign(secret: str, said: bytes) -> str:
    """The signature of what is said, in hexadecimal."""
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


def genuine(secret: str, said: bytes, signature: str) -> bool:
    """Whether the signature is that of what is said. Without a secret nothing is."""
    return bool(secret) and hmac.compare_digest(sign(secret, said).encode(), signature.encode())


class Practice(Gateway):
    """The practice gateway."""

    code = "practice"
    name = _("Practice payment")
    about = _("No money moves: its page asks what is to happen, so that every case can be tried.")
    settings = (Setting("secret", _("Secret"), _("Any long word; both sides sign with it."), secret=True),)
    practice = True

    def start(self, account: Account, ask: Ask) -> Started:
        """The page where one chooses what happens; what it has to know is in its address, signed."""
        asked = {
            "merchant": account.token, "order": ask.key, "amount": str(units.minor(ask.amount, ask.currency)),
            "currency": ask.currency, "title": ask.title[:120], "language": ask.language, "back": ask.return_url,
        }  # fmt: skip
        query = urlencode(asked)
        return Started(f"{_address('pay')}?{query}&sig={sign(account.settings['secret'], query.encode())}")

    def read_notice(
        self, account: Account, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> GatewayNotice | None:
        """A notice as the practice face sends it."""
        if not genuine(account.settings.get("secret", ""), body, headers.get(SIGNATURE, "")):
            raise Forged
        try:
            return _notice(json.loads(body))
        except (ValueError, KeyError, TypeError) as error:
            raise Forged from error

    def answer_notice(self, notice: GatewayNotice | None) -> Answer:
        """It wants to read OK, and tries again until it does."""
        return Answer("OK")

    def query(self, account: Account, attempt: Attempt) -> GatewayNotice:
        """What is in its books of that attempt."""
        return _notice(self._call(account, "GET", f"payments/{attempt.key}"))

    def refund(self, account: Account, attempt: Attempt, amount: Decimal, key: str) -> GatewayNotice:
        """Send money back; the key makes a repeated request harmless."""
        asked = {
            "order": attempt.key, "reference": attempt.reference, "key": key,
            "amount": str(units.minor(amount, attempt.currency)),
        }  # fmt: skip
        return _notice(self._call(account, "POST", "refunds", asked))

    def query_refund(self, account: Account, refund: Refund) -> GatewayNotice:
        """What became of a refund."""
        return _notice(self._call(account, "GET", f"refunds/{refund.key}"))

    def movements(self, account: Account, since: datetime, until: datetime) -> Iterable[Movement]:
        """Its books."""
        asked = {"since": since.isoformat(), "until": until.isoformat()}
        for row in self._call(account, "POST", "movements", asked)["movements"]:
            yield Movement(
                row["reference"], units.major(row["amount"], row["currency"]), row["currency"],
                datetime.fromisoformat(row["at"]), About(row["about"]), row["order"], row["refund"],
            )  # fmt: skip

    def disputes(self, account: Account, since: datetime, until: datetime) -> Iterable[GatewayNotice]:
        """The disputes in its books."""
        asked = {"since": since.isoformat(), "until": until.isoformat()}
        return [_notice(row) for row in self._call(account, "POST", "disputes", asked)["disputes"]]

    def query_dispute(self, account: Account, reference: str) -> GatewayNotice:
        """How a dispute stands."""
        return _notice(self._call(account, "GET", f"disputes/{reference}"))

    def page(self, account: Account, reference: str) -> str | None:
        """The practice face's page, where it can be disputed, and its refunds can fail."""
        query = urlencode({"merchant": account.token, "reference": reference})
        return f"{_address('look')}?{query}&sig={sign(account.settings.get('secret', ''), query.encode())}"

    def check(self, account: Account) -> None:
        """Whether it knows the account."""
        self._call(account, "GET", "account")

    def _call(self, account: Account, method: str, what: str, asked: Mapping[str, str] | None = None) -> Any:
        said = f"{method} {account.token}/{what} {urlencode(asked or {})}"
        signature = sign(account.settings.get("secret", ""), said.encode())
        reply = providers.call(
            method, _address(f"{account.token}/{what}"), form=asked, headers={SIGNATURE: signature}, inside=True
        )
        answer = reply.json()
        if not reply.fine:
            raise Refused(str(answer.get("error", reply.status)))
        return answer


def _address(what: str) -> str:
    return f"{settings.TARTIB_URL}/practice/gateway/{what}/"


def _notice(said: Mapping[str, Any]) -> GatewayNotice:
    """What the practice face says, in the protocol's words."""
    currency, claim, at = str(said["currency"]), said["claim"], str(said["at"])
    return GatewayNotice(
        event=str(said["event"]), fate=Fate(said["fate"]), about=About(said["about"]), attempt=str(said["order"]),
        reference=str(said["reference"]), amount=units.major(said["amount"], currency), currency=currency,
        refund=str(said["refund"]), reason=str(said["reason"])[:200], card_country=str(said["card_country"])[:2],
        risk=said["risk"], at=datetime.fromisoformat(at) if at else None,
        claim=Claim(
            str(claim["payment"]), Contest(claim["contest"]), datetime.fromisoformat(claim["until"]),
            units.major(claim["taken"], currency), units.major(claim["returned"], currency),
        ) if claim else None,
        untouched=str(said["event"]).startswith("none:"),
    )  # fmt: skip


GATEWAY = Practice()
