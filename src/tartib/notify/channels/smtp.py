"""Django's SMTP backend, which writes to addresses of any alphabet besides (RFC 6531, RFC 6532).

Django encodes what stands before the @ as if it were somebody's name: no mail server knows such a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import SMTPUTF8

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.message import sanitize_address

ENCODING = "utf-8"


class EmailBackend(smtp.EmailBackend):
    """Sends as Django does, and letters to one address that is not written in Latin letters as such a letter."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send each; returns how many went. Raises what `smtplib` does."""
        sent = 0
        for one in email_messages:
            if _in_another_alphabet(one):
                sent += self._send_in_its_alphabet(one)
            else:
                sent += super().send_messages([one]) or 0
        return sent

    def _send_in_its_alphabet(self, message: EmailMessage) -> int:
        opened = self.open()
        try:
            assert self.connection is not None
            # A server that does not know such addresses is not asked: smtplib raises SMTPNotSupportedError.
            self.connection.sendmail(
                sanitize_address(message.from_email, ENCODING), message.recipients(), _whole(message),
                mail_options=["SMTPUTF8", "BODY=8BITMIME"],
            )  # fmt: skip
        finally:
            if opened:
                self.close()
        return 1


def _in_another_alphabet(message: EmailMessage) -> bool:
    return (
        len(message.to) == 1 and message.recipients() == message.to and not message.to[0].rpartition("@")[0].isascii()
    )


def _whole(message: EmailMessage) -> bytes:
    """The letter with its reader's address in the head as it is written."""
    letter = message_from_bytes(message.message().as_bytes(), policy=SMTPUTF8)
    del letter["To"]
    name, _at, domain = message.to[0].rpartition("@")
    letter["To"] = Address(username=name, domain=domain)
    return letter.as_bytes(policy=SMTPUTF8)
