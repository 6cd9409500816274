"""E-mail by SMTP, through Django's e-mail backend; practice shops write to the practice catcher only."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from contextlib import suppress
from email.utils import formataddr
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from tartib.customers import contact
from tartib.notify.channels.letter import LONGEST_ANSWER, Answer, Letter
from tartib.notify.models import Reason, State
from tartib.notify.replying import bounce_address, message_id, reply_address, sender_address
from tartib.notify.template_syntax import one_line
from tartib.shops.models import Shop

TIMEOUT = 20
"""Seconds for each step of the conversation with the mail server."""


def unready(shop: Shop) -> str:
    """Only a practice shop without a catcher cannot send: all others use the installation's own mail server."""
    return Reason.NO_CATCHER if shop.practice and not _catcher() else ""


class EmailSender:
    """Keeps one connection for ordinary shops and one for practice shops.

    A server that cannot be reached is not tried again for the rest of the batch: its letters wait for the next one.
    """

    def __init__(self) -> None:
        self._connections: dict[bool, BaseEmailBackend] = {}
        self._down: dict[bool, Answer] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for practice in list(self._connections):
            self._drop(practice)

    def send(self, letter: Letter) -> Answer:
        """Hand one letter to the mail server."""
        if reason := unready(letter.shop):
            return Answer(State.WITHHELD, reason=reason)
        if not contact.is_email(letter.recipient):
            return Answer(State.BOUNCED, reason=Reason.BAD_ADDRESS)
        practice = letter.shop.practice
        if practice not in self._down:
            try:
                return self._hand_over(letter, self._open(practice))
            except (OSError, smtplib.SMTPException) as problem:
                self._down[practice] = _later(problem)
        return self._down[practice]

    def _hand_over(self, letter: Letter, connection: BaseEmailBackend) -> Answer:
        practice = letter.shop.practice
        try:
            connection.send_messages([_message(letter, connection)])
        except smtplib.SMTPRecipientsRefused as problem:
            return _refused(problem)
        except smtplib.SMTPNotSupportedError:
            return Answer(State.BOUNCED, reason=Reason.ALPHABET)
        except smtplib.SMTPResponseException as problem:
            self._drop(practice)
            return _answered(problem.smtp_code, problem.smtp_error, State.FAILED)
        except (OSError, smtplib.SMTPException) as problem:
            self._drop(practice)
            return _later(problem)
        return Answer(State.SENT)

    def _open(self, practice: bool) -> BaseEmailBackend:
        if practice not in self._connections:
            connection = _practice_connection() if practice else get_connection()
            if getattr(connection, "timeout", 0) is None:
                connection.timeout = TIMEOUT  # type: ignore[attr-defined]
            connection.open()
            self._connections[practice] = connection
        return self._connections[practice]

    def _drop(self, practice: bool) -> None:
        connection = self._connections.pop(practice, None)
        if connection is not None:
            with suppress(OSError, smtplib.SMTPException):  # it may be gone already
                connection.close()


def _message(letter: Letter, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    shop = letter.shop
    answers = (reply_address(letter.key) if letter.to_customer else "") or shop.email
    known = formataddr((one_line(shop.name), sender_address()))
    headers = {
        "From": known,
        "Message-ID": message_id(letter.key),
        "Idempotency-Key": str(letter.key),
        "Content-Language": shop.tag(letter.language),
    }
    if letter.written_by:
        headers["Auto-Submitted"] = letter.written_by
    if letter.below:
        headers["In-Reply-To"] = letter.below[-1]
        headers["References"] = " ".join(letter.below)
    if letter.unsubscribe:
        # RFC 8058: a mail program's own button, which asks nothing further.
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        one_line(letter.subject),
        letter.text,
        # The envelope names the message, where news of it can be taken in: a letter that does not arrive says which.
        bounce_address(letter.key) or known,
        [letter.recipient],
        reply_to=[formataddr((one_line(shop.name), answers))] if answers else None,
        headers=headers,
        connection=connection,
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    for file in letter.attachments:
        message.attach(file.name, file.content, file.content_type)
    return message


def _practice_connection() -> BaseEmailBackend:
    host, port = _catcher() or ("localhost", 25)
    return get_connection(
        "tartib.notify.channels.smtp.EmailBackend",
        host=host,
        port=port,
        username="",
        password="",
        use_tls=False,
        use_ssl=False,
        timeout=TIMEOUT,
    )


def _catcher() -> tuple[str, int] | None:
    """Host and port of the practice catcher, where there is one."""
    catcher: tuple[str, int] | None = getattr(settings, "TARTIB_PRACTICE_SMTP", None)
    return catcher or None


def _refused(problem: smtplib.SMTPRecipientsRefused) -> Answer:
    refusals: Mapping[str, Any] = problem.recipients
    code, words = next(iter(refusals.values()), (550, b""))
    return _answered(code, words, State.BOUNCED)


def _answered(code: int, words: bytes | str, for_good: State) -> Answer:
    """4xx means later and 5xx never; but where the server refuses our log-in, the operator will put it right."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    said = one_line(f"{code} {text}", LONGEST_ANSWER)
    never = 500 <= code < 600 and code not in (530, 534, 535, 538)
    return Answer(for_good if never else State.QUEUED, said)


def _later(problem: Exception) -> Answer:
    if isinstance(problem, smtplib.SMTPResponseException):
        return Answer(State.QUEUED, _answered(problem.smtp_code, problem.smtp_error, State.QUEUED).said)
    return Answer(State.QUEUED, one_line(f"{type(problem).__name__}: {problem}", LONGEST_ANSWER), Reason.MAIL_AWAY)
