"""The one statement that finds the orders whose customers are to be asked, and notes that they are."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from tartib.feedback.models import FeedbackSettings
from tartib.orders import ORDER
from tartib.shops.models import Shop

STILL = timedelta(days=7)
"""So long after its time an order is still asked about; later, as when a shop turns this on, it is not."""


def ask_due(now: datetime, shop: Shop | None, most: int) -> list[tuple[int, int]]:
    """Note for up to `most` orders, of `shop` or of all, that their customers are asked now: (shop, case) of each.

    Asked are those who can and want to be reached, once an order is done for as many days as the shop says, and only
    if it was done here: the last move of an order that came in as done from elsewhere is part of its opening act.
    """
    only = shop.pk if shop else None
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH due AS (
                SELECT c.id, c.shop_id
                FROM shops_shop AS s
                LEFT JOIN feedback_feedbacksettings AS own ON own.shop_id = s.id
                CROSS JOIN LATERAL (SELECT COALESCE(own.feedback_days, %s) AS days) AS wait
                JOIN cases_case AS c ON c.shop_id = s.id AND c.kind = %s AND c.phase = 'done'
                    AND c.closed_at <= %s - make_interval(days => wait.days)
                    AND c.closed_at > %s - make_interval(days => wait.days)
                JOIN customers_customer AS p ON p.id = c.customer_id
                WHERE wait.days > 0 AND (%s::bigint IS NULL OR s.id = %s)
                    AND ((p.wants_email AND p.asked_by_email AND p.email <> '')
                        OR (p.wants_sms AND p.asked_by_sms AND p.phone <> '' AND (s.practice OR EXISTS (
                            SELECT FROM notify_smsaccount AS m WHERE m.shop_id = s.id)))
                        OR (p.asked_by_push AND EXISTS (SELECT FROM notify_subscription AS d WHERE d.case_id = c.id))
                        OR (p.wants_push AND p.asked_by_push AND EXISTS (
                            SELECT FROM customers_account AS a
                            JOIN customers_session AS n ON n.account_id = a.id
                            JOIN notify_subscription AS d ON d.session_id = n.id
                            WHERE a.customer_id = p.id)))
                    AND NOT EXISTS (SELECT FROM feedback_feedback AS f WHERE f.case_id = c.id)
                    AND EXISTS (
                        SELECT FROM journal_entry AS first
                        JOIN journal_entry AS last ON last.case_id = c.id AND last.kind = 'moved'
                            AND last.at = c.closed_at AND last.act_id <> first.act_id
                        WHERE first.case_id = c.id AND first.seq = 1)
                ORDER BY c.closed_at LIMIT %s)
            INSERT INTO feedback_feedback (case_id, shop_id, token, asked_at, words)
            SELECT id, shop_id, replace(gen_random_uuid()::text, '-', ''), %s, '' FROM due
            ON CONFLICT (case_id) DO NOTHING RETURNING shop_id, case_id
            """,
            [FeedbackSettings().feedback_days, ORDER, now, now - STILL, only, only, most, now],
        )
        return sorted(cursor.fetchall())
