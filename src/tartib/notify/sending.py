"""Sending: takes messages whose time has come, hands them to their channel, and records what became of each.

A message is claimed in a short transaction, sent outside any, and its fate is recorded with the timeline's entry in
another. Each fate is committed on its own: a worker that is killed leaves at most one message of which it is not known
whether it went out. That one is taken again after its lease, with the same key, which a provider that honours keys
recognises. The lease is short, and renewed for as long as the sender lives.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import F

from tartib.cases.engine import announce
from tartib.cases.models import Phase
from tartib.journal.operations import SYSTEM, NewEntry, write
from tartib.notify import channels, sql
from tartib.notify.attaching import attachments
from tartib.notify.channels import Sender
from tartib.notify.channels.letter import BY_ANSWERING_PROGRAM, BY_PERSON, BY_PROGRAM, Answer, Letter
from tartib.notify.models import TO_SHOP, Message, MessageKind, Reason, State
from tartib.notify.rendering import Rendered, render_all
from tartib.notify.standing_in import stand_in
from tartib.notify.template_variables import unsubscribing
from tartib.notify.threads import threads
from tartib.notify.timeline import MESSAGE

logger = logging.getLogger(__name__)

BATCH = 50
LEASE = timedelta(seconds=30)
RENEWED = 10.0
"""Every how many seconds the sender of a batch shows that it lives."""
LAST_START = timedelta(minutes=2)
"""After so long no further message of a batch is started: it goes back for the next worker."""
SLOW = timedelta(seconds=5)
"""Who takes longer for one message of a shop has the rest of that shop's taken up after those of others."""
LONGEST = timedelta(minutes=10)
"""For how long a sender that lives may hold a batch: one that hangs does not do so for ever."""

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
_WRITTEN_BY: dict[str, str] = {MessageKind.REPLY: BY_PERSON, MessageKind.LEFT: BY_ANSWERING_PROGRAM}
WAITED, MOST_WAITED = timedelta(minutes=10), timedelta(days=3)
"""How long a message that waits for its service is left alone, and how long in all before it is of no use any more."""
_AWAY = frozenset({Reason.AWAY, Reason.MAIL_AWAY})


def send_due(clock: Callable[[], datetime], chance: Callable[[], float], *, urgent: bool = False) -> Mapping[str, int]:
    """Send every message that is due, until none is left; returns how many came to each state.

    `clock` gives the time, `chance` a number from 0 to 1 by which the waiting times are spread. With `urgent` only what
    is of use for a short time is sent. Any number of workers may do this at once: none takes what another has.
    """
    done: Counter[str] = Counter()
    while (sent := send_batch(clock, chance, urgent=urgent)) is not None:
        done.update(sent)
    return done


def send_batch(
    clock: Callable[[], datetime], chance: Callable[[], float], *, urgent: bool = False
) -> Mapping[str, int] | None:
    """Send the `BATCH` messages that have been due for longest; None where none is, or others have them all."""
    claimed = clock()
    taken = sql.claim(BATCH, LEASE, claimed, urgent=urgent)
    if not taken:
        return None
    messages = list(
        Message.objects.filter(pk__in=taken).select_related("shop", "case", "customer").order_by("next_at", "pk")
    )
    rendered, conversations = render_all(messages), threads(messages)
    done: Counter[str] = Counter()
    with _renewed(taken, claimed, clock), ExitStack() as stack:
        senders: dict[str, Sender] = {}
        slow: set[tuple[int, str]] = set()
        left: list[Message] = []
        for message in messages:
            began = clock()
            if began >= claimed + LAST_START or (message.shop_id, message.channel) in slow:
                left.append(message)
                continue
            if message.channel not in senders:
                senders[message.channel] = stack.enter_context(channels.sender(message.channel))
            below = conversations.get(message.pk, ())
            answer = _send(message, rendered[message.pk], below, senders[message.channel], began)
            ended = clock()
            if record(message, rendered[message.pk], answer, ended, chance()):
                done[message.state] += 1
            if ended - began > SLOW:
                slow.add((message.shop_id, message.channel))
        if left:
            _give_back(left, clock())
    return done


def record(message: Message, rendered: Rendered, answer: Answer, now: datetime, chance: float) -> bool:
    """Write what became of an attempt, and the timeline's entry when it is final.

    False, and nothing is written, when the message is no longer this attempt's: its case was deleted, or the lease ran
    out and another worker took it.
    """
    attempt = message.attempts
    message.state, message.reason, message.answer = answer.state, answer.reason, answer.said
    waits = answer.state == State.QUEUED and answer.reason == Reason.WAITS
    if waits:
        # That its service takes nothing for now says nothing of the message: it has not been tried.
        message.attempts = attempt - 1
    away = answer.state == State.QUEUED and answer.reason in _AWAY
    if away:
        # Nor does that nobody answered: it is tried ever less often, and for as long as a mail server would.
        message.attempts = min(attempt, MOST_ATTEMPTS - 1)
    over = now >= message.hold_until + MOST_WAITED if waits or away else attempt >= MOST_ATTEMPTS
    if answer.state == State.QUEUED and over:
        message.state, message.reason = State.FAILED, Reason.GIVEN_UP
    final = message.state != State.QUEUED
    message.next_at = now if final else now + (WAITED * (0.8 + 0.4 * chance) if waits else wait(attempt, chance))
    message.reference, message.parts = answer.reference, answer.parts
    message.price, message.price_currency = answer.price, answer.currency if answer.price is not None else ""
    message.sent_at = now if message.state == State.SENT else None
    message.subject = rendered.subject
    if message.keep_copy:
        message.text, message.html = rendered.text, rendered.html
    if final and message.secret:
        # Some services repeat what they were given.
        message.answer = message.answer.replace(message.secret, "•••")
        message.secret = ""
    fields = (
        "state", "reason", "answer", "next_at", "attempts", "sent_at", "subject", "text", "html", "secret", "reference",
        "parts", "price", "price_currency",
    )  # fmt: skip
    with transaction.atomic():
        # The timeline first: moves lock it before they look at messages, and so no two wait for each other.
        if final and message.case_id:
            write(message.shop_id, [NewEntry(message.case_id, MESSAGE, entry(message))], SYSTEM, now, message.act_id)
        mine = Message.objects.filter(pk=message.pk, state=State.SENDING, attempts=attempt)
        if not mine.update(**{name: getattr(message, name) for name in fields}):
            transaction.set_rollback(True)
            return False
        if message.case_id:
            stand_in(message, now=now)
            announce(message.shop, [message.case_id])
    return True


def entry(message: Message) -> dict[str, object]:
    """What the timeline keeps of a message's fate."""
    return {
        "message": message.pk,
        "kind": message.kind,
        "status": message.status,
        "channel": message.channel,
        "recipient": message.recipient,
        "subject": message.subject,
        "state": message.state,
        "reason": message.reason,
        "answer": message.answer,
    }


def wait(attempt: int, chance: float) -> timedelta:
    """How long to wait after that attempt: 30 s, 2 min, 8 min … up to 6 h, a fifth more or less by `chance`."""
    base: timedelta = min(FIRST_WAIT * 4 ** (attempt - 1), LONGEST_WAIT)
    return base * (0.8 + 0.4 * chance)


def _send(message: Message, rendered: Rendered, below: tuple[str, ...], sender: Sender, now: datetime) -> Answer:
    if message.good_until and message.good_until <= now:
        return Answer(State.FAILED, message.answer, Reason.TOO_LATE)
    if message.attempts > MOST_ATTEMPTS:
        # It was claimed over and over without an answer ever being recorded.
        return Answer(State.FAILED, message.answer, Reason.INTERRUPTED)
    letter = Letter(
        message.key, message.shop, message.recipient, message.language, rendered.subject, rendered.text, rendered.html,
        attachments(message),
        unsubscribing(message),
        message.case is not None and message.kind not in TO_SHOP,
        rendered.link,
        f"{message.case.token} {message.kind}" if message.case else "",
        message.case is not None and message.case.phase in (Phase.READY, Phase.PROBLEM),
        now,
        below,
        _WRITTEN_BY.get(message.kind, BY_PROGRAM),
        message.created_at,
        message.attempts > 1,
    )  # fmt: skip
    return sender.send(letter)


@contextmanager
def _renewed(taken: Sequence[int], claimed: datetime, clock: Callable[[], datetime]) -> Iterator[None]:
    """Renew the lease of messages meanwhile, beside what sends them: a slow mail server may take its time."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(RENEWED) and clock() < claimed + LONGEST:
            try:
                sql.renew(taken, claimed, clock() + LEASE)
            except DatabaseError as problem:
                logger.warning("the lease of messages could not be renewed: %s", problem)
            finally:
                connection.close()

    # In the same scope.
    thread = threading.Thread(target=copy_context().run, args=(renew,), name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _give_back(messages: Sequence[Message], now: datetime) -> None:
    """Return what was claimed and not begun, for any worker to take at once."""
    mine = Message.objects.filter(
        pk__in=[message.pk for message in messages], state=State.SENDING, claimed_at=messages[0].claimed_at
    )
    mine.update(state=State.QUEUED, attempts=F("attempts") - 1, next_at=now)
