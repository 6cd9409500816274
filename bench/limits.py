"""The limit: the same rows written and read by prepared statements, with nothing of Tartib in between.

Each script does what one act of Tartib leaves behind: the case and its stock, the movement, the line's mark, the
timeline and its chain, the act, the message and the worker's job. What Tartib reads to decide, it reads as well.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from tartib.project.database import Role, Server

MOVE = """
SELECT nextval('bench_next') AS n \\gset
SELECT case_id, stock_id, line_id, shop_id FROM bench_ids WHERE n = :n \\gset
BEGIN;
SELECT id, branch_id, workflow_id, code, status, since, placed_at, due_at, customer_id, language, version
    FROM cases_case WHERE shop_id = :shop_id AND id = :case_id FOR NO KEY UPDATE;
SELECT payment_method, tracking_number FROM orders_order WHERE case_id = :case_id;
SELECT direction, sum(amount) FROM payments_payment WHERE case_id = :case_id AND state = 'confirmed' GROUP BY direction;
SELECT id, product_id, quantity, reserved, taken FROM orders_line WHERE case_id = :case_id;
SELECT on_hand, reserved FROM catalog_stock WHERE id = :stock_id FOR NO KEY UPDATE;
UPDATE catalog_stock SET on_hand = on_hand - 1 WHERE id = :stock_id;
INSERT INTO catalog_movement
    (shop_id, stock_id, kind, on_hand, reserved, case_id, line_id, act_id, actor_name, note, at)
    VALUES (:shop_id, :stock_id, 'taken', -1, 0, :case_id, :line_id, gen_random_uuid(), 'Limit', '', now());
UPDATE orders_line SET taken = 1 WHERE id = :line_id;
UPDATE cases_case SET status = 'processing', phase = 'working', since = now(), due_at = now() + interval '2 days',
    updated_at = now(), version = version + 1 WHERE id = :case_id;
SELECT length, head FROM journal_chain WHERE case_id = :case_id FOR UPDATE;
INSERT INTO journal_entry (shop_id, case_id, seq, at, kind, actor_kind, actor_name, shown, act_id, facts, hash)
    VALUES (:shop_id, :case_id, 2, now(), 'moved', 'api', 'Limit', true, gen_random_uuid(),
    '{"from": "pending", "to": "processing", "by": "hand"}', sha256(:case_id::text::bytea));
UPDATE journal_chain SET length = 2, head = sha256(:case_id::text::bytea) WHERE case_id = :case_id;
SELECT name, email, phone, language, wants_email, wants_sms FROM customers_customer
    WHERE id = (SELECT customer_id FROM cases_case WHERE id = :case_id);
INSERT INTO notify_message (shop_id, case_id, act_id, kind, status, channel, recipient, language, note, keep_copy,
    state, reason, hold_until, next_at, attempts, subject, text, html, answer, reference, price_currency, secret, key,
    created_at)
    VALUES (:shop_id, :case_id, gen_random_uuid(), 'status', 'processing', 'email', 'x@example.com', 'uk', '', true,
    'held', '', now() + interval '1 hour', now() + interval '1 hour', 0, '', '', '', '', '', '', '', gen_random_uuid(),
    now());
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status, scheduled_at, attempts)
    VALUES ('default', 'limit', 0, '{}', 'todo', now() + interval '1 hour', 0);
INSERT INTO cases_act (id, shop_id, actor_name, trigger, at, answer)
    VALUES (gen_random_uuid(), :shop_id, 'Limit', 'hand', now(), '{"moved": [{"case": 1, "from": "pending"}]}');
SELECT pg_notify('tartib', '{"shop": 1, "cases": [1]}');
COMMIT;
"""

TRACKING = """
\\set n random(1, :most)
SELECT c.id AS case_id, c.*, s.name, s.colour, u.name FROM bench_tokens AS b JOIN cases_case AS c ON c.token = b.token
    JOIN shops_shop AS s ON s.id = c.shop_id LEFT JOIN customers_customer AS u ON u.id = c.customer_id WHERE b.n = :n;
SELECT case_id FROM bench_tokens WHERE n = :n \\gset
SELECT * FROM orders_order WHERE case_id = :case_id;
SELECT * FROM orders_line WHERE case_id = :case_id ORDER BY position;
SELECT * FROM journal_entry WHERE case_id = :case_id AND shown ORDER BY seq;
"""

# The same for a thousand cases at once; `%(ids)s` are the cases, `%(shop)s` their shop.
BULK = (
    """
    SELECT id, status, version FROM cases_case WHERE shop_id = %(shop)s AND id = ANY(%(ids)s) ORDER BY id
    FOR NO KEY UPDATE
    """,
    "SELECT case_id, payment_method, tracking_number FROM orders_order WHERE case_id = ANY(%(ids)s)",
    "SELECT id, case_id, product_id, quantity, reserved, taken FROM orders_line WHERE case_id = ANY(%(ids)s)",
    """
    UPDATE catalog_stock AS s SET on_hand = on_hand - n.pieces FROM (
        SELECT product_id, count(*) AS pieces FROM orders_line WHERE case_id = ANY(%(ids)s) GROUP BY product_id
    ) AS n WHERE s.product_id = n.product_id
    """,
    """
    INSERT INTO catalog_movement
        (shop_id, stock_id, kind, on_hand, reserved, case_id, line_id, act_id, actor_name, note, at)
    SELECT %(shop)s, s.id, 'taken', -1, 0, l.case_id, l.id, %(act)s, 'Limit', '', now()
    FROM orders_line AS l JOIN catalog_stock AS s USING (product_id) WHERE l.case_id = ANY(%(ids)s)
    """,
    "UPDATE orders_line SET taken = 1 WHERE case_id = ANY(%(ids)s)",
    """
    UPDATE cases_case SET status = 'processing', phase = 'working', since = now(), due_at = now() + interval '2 days',
        updated_at = now(), version = version + 1 WHERE id = ANY(%(ids)s)
    """,
    """
    INSERT INTO journal_entry (shop_id, case_id, seq, at, kind, actor_kind, actor_name, shown, act_id, facts, hash)
    SELECT %(shop)s, case_id, length + 1, now(), 'moved', 'staff', 'Limit', true, %(act)s,
        '{"from": "pending", "to": "processing", "by": "hand"}', sha256(head)
    FROM journal_chain WHERE case_id = ANY(%(ids)s)
    """,
    "UPDATE journal_chain SET length = length + 1, head = sha256(head) WHERE case_id = ANY(%(ids)s)",
    """
    INSERT INTO notify_message (shop_id, case_id, act_id, kind, status, channel, recipient, language, note, keep_copy,
        state, reason, hold_until, next_at, attempts, subject, text, html, answer, reference, price_currency, secret,
        key, created_at)
    SELECT %(shop)s, c.id, %(act)s, 'status', 'processing', 'email', u.email, 'uk', '', true, 'held', '',
        now() + interval '1 hour', now() + interval '1 hour', 0, '', '', '', '', '', '', '', gen_random_uuid(), now()
    FROM cases_case AS c JOIN customers_customer AS u ON u.id = c.customer_id WHERE c.id = ANY(%(ids)s)
    """,
    """
    INSERT INTO cases_act (id, shop_id, actor_name, trigger, at, answer)
    SELECT %(act)s, %(shop)s, 'Limit', 'hand', now(), jsonb_build_object('moved', jsonb_agg(jsonb_build_object(
        'case', c, 'from', 'pending', 'to', 'processing', 'version', 2, 'move', 1, 'since', now(), 'due', now())))
    FROM unnest(%(ids)s) AS c
    """,
    "SELECT pg_notify('tartib', '{}')",
)


def rate(server: Server, database: str, script: str, *, clients: int, seconds: int, most: int = 1) -> float:
    """Transactions a second of a script under pgbench with prepared statements; `most` is its variable of that name."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script)
        Path(folder).chmod(0o755)
        done = server.call(
            "pgbench", "-n", "-M", "prepared", "-c", str(clients),
            "-j", str(min(clients, 2)), "-T", str(seconds), "-D", f"most={most}", "-f", str(file),
            server.url(database, Role.OWNER),
        )  # fmt: skip
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None or done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return float(found[1])
