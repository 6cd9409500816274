"""The hand-written, set-based SQL of messages: a fixed number of statements whatever the number of messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from tartib.notify.models import NEWS, TROUBLED, WAITING, Channel, Reason, State
from tartib.shops.bulk import columns


class NewMessage(NamedTuple):
    """A message to be written, besides what all messages of an act have in common."""

    case_id: int
    kind: str
    status: str
    channel: str
    recipient: str
    language: str
    note: str
    state: str
    reason: str


class Replacement(NamedTuple):
    """What a move does to waiting messages of a kind about a case: those of `channel`, or of all when it is empty."""

    case_id: int
    kind: str
    channel: str
    state: str
    reason: str


class Job(NamedTuple):
    """A job to be deferred: the task with its queue and priority, and when it is due; at once without a time."""

    queue: str
    task: str
    priority: int
    at: datetime | None


class Person(NamedTuple):
    """How a customer can be reached, and wants to be."""

    email: str
    phone: str
    wants_email: bool
    wants_sms: bool
    asked_by_email: bool
    asked_by_sms: bool
    email_refuses: bool = False
    phone_refuses: bool = False

    def at(self, channel: str) -> str:
        """Their address for e-mail or SMS, whatever they want to be told of; "" where there is none."""
        return self.email if channel == Channel.EMAIL else self.phone

    def reached_by(self, channel: str) -> str:
        """Where they are told by e-mail or SMS; "" where they cannot or do not want to be."""
        wants = self.wants_email if channel == Channel.EMAIL else self.wants_sms
        return self.at(channel) if wants else ""

    def refuses(self, channel: str) -> bool:
        """Whether what was last sent there did not arrive for good."""
        return self.email_refuses if channel == Channel.EMAIL else self.phone_refuses

    def asked_by(self, channel: str) -> str:
        """Where they are asked by that channel how an order was: only where they are told of orders as well."""
        asked = self.asked_by_email if channel == Channel.EMAIL else self.asked_by_sms
        return self.reached_by(channel) if asked else ""


def people(customer_ids: Iterable[int]) -> dict[int, Person]:
    """How the customers can be reached, by their ids.

    An address from which a message came back refuses others, until that message is sent after all or the address is
    another one.
    """
    ids = list(customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH bounced AS MATERIALIZED (
                SELECT DISTINCT m.recipient FROM customers_customer c
                JOIN notify_message m ON m.shop_id = c.shop_id AND m.recipient = ANY(ARRAY[c.email, c.phone])
                WHERE c.id = ANY(%s) AND m.state = 'bounced')
            SELECT id, email, phone, wants_email, wants_sms, asked_by_email, asked_by_sms,
                email IN (SELECT recipient FROM bounced), phone IN (SELECT recipient FROM bounced)
            FROM customers_customer WHERE id = ANY(%s)
            """,
            [ids, ids],
        )
        return {row[0]: Person(*row[1:]) for row in cursor.fetchall()}


def devices(shop_id: int, cases: Sequence[tuple[int, int | None]], *, asking: bool = False) -> dict[int, list[str]]:
    """The devices to be told of cases, each given with its customer, by the names the ledger has for them.

    Those of accounts that stand for the customer, as `customers.queries.customers` has it, and those that have the link
    of the case; a browser that is both is told once. With `asking`, none whose customer is not to be asked there how an
    order was.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH told AS MATERIALIZED (
                SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS c (case_id, customer_id)
                WHERE EXISTS (SELECT FROM notify_subscription WHERE shop_id = %s)
                    AND NOT EXISTS (
                        SELECT FROM customers_customer p WHERE p.id = c.customer_id AND %s AND NOT p.asked_by_push)),
            found AS (
                SELECT t.case_id, s.digest, s.name, s.id FROM told t
                JOIN notify_subscription s ON s.case_id = t.case_id
                UNION ALL
                SELECT t.case_id, s.digest, s.name, s.id FROM told t
                JOIN customers_customer p ON p.id = t.customer_id AND p.wants_push
                JOIN customers_account a ON a.shop_id = p.shop_id AND (
                    a.customer_id = p.id OR (p.email <> '' AND a.email = p.email)
                    OR (p.phone <> '' AND a.phone = p.phone AND NOT EXISTS (
                        SELECT FROM customers_account o
                        WHERE p.email <> '' AND o.shop_id = p.shop_id AND o.email = p.email AND o.id <> a.id)))
                JOIN customers_session n ON n.account_id = a.id
                JOIN notify_subscription s ON s.session_id = n.id)
            SELECT DISTINCT ON (case_id, digest) case_id, name FROM found ORDER BY case_id, digest, id
            """,
            [[case_id for case_id, _customer in cases], [customer for _case, customer in cases], shop_id, asking],
        )
        named: dict[int, list[str]] = {}
        for case_id, name in cursor.fetchall():
            named.setdefault(case_id, []).append(name)
        return named


def replace(rows: Sequence[Replacement], act_id: UUID) -> list[tuple[int, str, str, str, str]]:
    """Take waiting messages to customers out of the queue for `act_id`: (case, kind, channel, state, note) of each.

    A message that is being sent at this moment is left alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE notify_message AS m SET state = n.state, reason = n.reason, replaced_by = %s
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
                AS n (case_id, kind, channel, state, reason)
            WHERE m.case_id = n.case_id AND m.kind = n.kind AND m.state IN (%s, %s) AND n.channel IN ('', m.channel)
            RETURNING m.case_id, m.kind, m.channel, m.state, m.note
            """,
            [act_id, *columns(rows), State.HELD, State.QUEUED],
        )
        return list(cursor.fetchall())


def insert(
    shop_id: int,
    rows: Sequence[NewMessage],
    act_id: UUID,
    job: Job,
    *,
    keep_copy: bool,
    hold_until: datetime,
    now: datetime,
) -> None:
    """Write the messages of an act and defer the job that sends them.

    In two statements: where tables of shops are spread over machines, none may mix them with the queue's.
    """
    # Procrastinate's own way takes longer in Python than this one.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO notify_message
                (shop_id, act_id, keep_copy, hold_until, next_at, created_at, key, attempts, subject, text, html,
                 answer, secret, reference, price_currency, case_id, kind, status, channel, recipient, language,
                 note, state, reason)
            SELECT %s, %s::uuid, %s, %s, %s, %s, gen_random_uuid(), 0, '', '', '', '', '', '', '', * FROM unnest(
                %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                %s::text[])
            """,
            [shop_id, act_id, keep_copy, hold_until, hold_until, now, *columns(rows)],
        )
        cursor.execute(
            """
            SELECT procrastinate_defer_jobs_v1(
                ARRAY[ROW(%s, %s, %s, NULL, NULL, '{}', %s)::procrastinate_job_to_defer_v1])
            """,
            [*job],
        )


def withdraw(act_id: UUID, case_ids: Sequence[int]) -> None:
    """Withdraw what an act was to tell these customers and has not, be it waiting or without success."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE notify_message SET state = %s, reason = %s
            WHERE act_id = %s AND case_id = ANY(%s) AND kind = ANY(%s) AND state = ANY(%s)
            """,
            [State.WITHDRAWN, Reason.UNDONE, act_id, list(case_ids), [*NEWS], [*WAITING, *TROUBLED, State.OFF]],
        )


def bring_back(act_id: UUID, case_ids: Sequence[int], hold_until: datetime) -> int:
    """Hold again the messages that an act, now undone, had replaced; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE notify_message SET state = %s, reason = '', replaced_by = NULL, hold_until = %s, next_at = %s
            WHERE id IN (
                SELECT DISTINCT ON (case_id, kind, channel, recipient) id FROM notify_message
                WHERE replaced_by = %s AND case_id = ANY(%s) ORDER BY case_id, kind, channel, recipient, id DESC)
            """,
            [State.HELD, hold_until, hold_until, act_id, list(case_ids)],
        )
        return int(cursor.rowcount)


def claim(most: int, lease: timedelta, now: datetime, *, urgent: bool = False) -> list[int]:
    """Take up to `most` messages whose time has come, for `lease`; no other worker gets them meanwhile.

    Those whose sender has not reported back within its lease have come due as well, and are taken again. With `urgent`
    only those that are of use for a short time, such as codes.
    """
    # Materialized: as a sub-query the limited select could be run anew for each row and take more than the limit. The
    # states are written out so that a prepared statement can use the partial index of what is unsent.
    which = "AND good_until IS NOT NULL" if urgent else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH due AS MATERIALIZED (
                SELECT id FROM notify_message WHERE state IN ('held', 'queued', 'sending') AND next_at <= %s {which}
                ORDER BY next_at, id LIMIT %s FOR UPDATE SKIP LOCKED)
            UPDATE notify_message AS m SET state = %s, claimed_at = %s, next_at = %s, attempts = m.attempts + 1
            FROM due WHERE m.id = due.id RETURNING m.id
            """,
            [now, most, State.SENDING, now, now + lease],
        )
        return [pk for (pk,) in cursor.fetchall()]


def renew(taken: Sequence[int], claimed: datetime, until: datetime) -> None:
    """Keep those of the messages taken at `claimed` that are not done with, for longer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notify_message SET next_at = %s WHERE id = ANY(%s) AND state = %s AND claimed_at = %s",
            [until, list(taken), State.SENDING, claimed],
        )
