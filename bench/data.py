"""A shop with any number of orders, written in SQL so that a million take minutes, shaped as placing would."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection, transaction

from tartib.cases.models import WorkflowVersion
from tartib.cases.workflows import publish
from tartib.catalog.operations import add_product, receive
from tartib.flow.presets import preset
from tartib.journal.operations import SYSTEM
from tartib.l10n.normal import sort_key
from tartib.shops.models import Shop, User
from tartib.shops.operations import open_shop

PRODUCTS = 200
# Two hundred given names and five hundred family names, each syllables that a reader of its script would accept.
GIVEN = [
    first + last
    for first in ("Ol", "Ta", "Ma", "Ka", "Sa", "Re", "Mei", "Win", "Em", "No",
                  "سا", "رض", "مر", "أح", "لي", "Ок", "Бо", "陳", "李", "黃")
    for last in ("ena", "ras", "riam", "rim", "ra", "za", "den", "gs", "ma", "ah")
]  # fmt: skip
FAMILY = [
    first + middle + last
    for first in ("Shev", "Kov", "Had", "Nas", "Ah", "Kar", "Chan", "Won", "Smi", "Jon")
    for middle in ("chen", "alen", "da", "se", "ma")
    for last in ("ko", "ov", "dad", "er", "di", "mi", "son", "ta", "th", "es")
]
GOODS = [
    f"{kind} {thing}"
    for kind in ("Blue", "Red", "Green", "Linen", "Cotton", "Wool", "Silk", "Steel", "Glass", "Oak")
    for thing in ("shirt", "scarf", "jacket", "lamp", "kettle", "bag", "chair", "clock", "mirror", "bottle")
]


def make_shop(slug: str, code: str, *, pieces: int = 100_000_000) -> Shop:
    """A shop with the essential workflow and products that do not run out."""
    now = datetime.now(UTC)
    owner = User.objects.create_user(f"{slug}@example.com", "bench-password", name="Bench Owner")
    shop = open_shop(slug=slug, code=code, name=f"Bench {slug}", owner=owner, currency="UAH", hold_back_seconds=3600)
    publish(shop, preset("essential"), now)
    branch = shop.branches.get()
    for number in range(PRODUCTS):
        product = add_product(
            shop,
            sku=f"{code}-{number:04d}",
            name=f"{GOODS[number % len(GOODS)]} {number:03d}",
            price=_price(number),
            now=now,
        )
        receive(product, branch, pieces // PRODUCTS, SYSTEM, now=now)
    return shop


def _price(number: int) -> Decimal:
    return Decimal(100 + number)


def add_orders(shop: Shop, count: int, *, status: str | None = None) -> None:
    """Add `count` orders spread over three years; in `status`, or most completed as in a shop open for long."""
    version = WorkflowVersion.objects.get(shop=shop)
    flow = preset("essential")
    phases = {code: s.phase for code, s in flow.statuses.items()}
    spread = (
        [status] * 100
        if status
        else (
            ["completed"] * 88
            + ["cancelled"] * 4
            + ["refunded"] * 2
            + ["processing"] * 3
            + ["pending"] * 2
            + ["on-hold"]
        )
    )
    # The key of a whole name is those of its parts with a space between.
    sort_keys = [[sort_key(name, "uk") for name in names] for names in (GIVEN, FAMILY)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(number), 0) FROM journal_chain WHERE shop_id = %s", [shop.pk])
        (offset,) = cursor.fetchone()
        cursor.execute(
            """
            CREATE TEMP TABLE fresh ON COMMIT PRESERVE ROWS AS
            SELECT nextval(pg_get_serial_sequence('cases_case', 'id')) AS id,
                nextval(pg_get_serial_sequence('customers_customer', 'id')) AS customer, %s::bigint + n AS n,
                (%s::text[])[1 + (n * 7919) %% 100] AS status,
                now() - make_interval(secs => 94608000.0 * (%s - n) / %s) AS placed_at,
                (%s::text[])[1 + (n * 7927) %% 200] AS given, (%s::text[])[1 + (n * 6151) %% 500] AS family,
                (%s::text[])[1 + (n * 7927) %% 200] || ' ' || (%s::text[])[1 + (n * 6151) %% 500] AS sort,
                %s::bigint + n || '@example.com' AS mailbox,
                '+38050' || lpad(((%s::bigint + n) * 7919 %% 10000000)::text, 7, '0') AS phone,
                ((n * 31) %% %s)::int AS product
            FROM generate_series(1::bigint, %s) AS n
            """,
            [offset, spread, count, count, GIVEN, FAMILY, *sort_keys, offset, offset, PRODUCTS, count],
        )
        given = {
            "shop": shop.pk, "branch": shop.branches.get().pk, "workflow": version.pk, "owner": shop.default_owner_id,
            "code": shop.code, "statuses": list(phases), "phases": list(phases.values()), "count": count,
        }  # fmt: skip
        for statement in _STATEMENTS:
            cursor.execute(statement, given)
        cursor.execute("DROP TABLE fresh")


_STATEMENTS = (
    """
    INSERT INTO customers_customer
        (id, shop_id, name, email, phone, language, country, wants_email, wants_sms, created_at, sort)
    SELECT customer, %(shop)s, given || ' ' || family, lower(family) || mailbox, phone, 'uk', 'UA', true,
        false, placed_at, sort FROM fresh
    """,
    """
    INSERT INTO cases_case (id, shop_id, branch_id, kind, code, token, workflow_id, status, phase, since, customer_id,
        owner_id, language, title, amount, currency, payment, channel, priority, placed_at, updated_at, due_at,
        timer_at, closed_at, search, version)
    SELECT f.id, %(shop)s, %(branch)s, 'order', %(code)s || '-1-' || lpad(f.n::text, 9, '0'),
        substr(md5(f.id::text), 1, 22), %(workflow)s, f.status, s.phase, f.placed_at, f.customer, %(owner)s, 'uk',
        p.name, 100 + f.product, 'UAH', 'unpaid',
        CASE WHEN f.n %% 3 = 0 THEN 'shopify' ELSE 'web' END, 0, f.placed_at, f.placed_at,
        CASE WHEN s.phase IN ('done', 'ended') THEN NULL ELSE f.placed_at + interval '1 day' END, NULL,
        CASE WHEN s.phase IN ('done', 'ended') THEN f.placed_at END,
        concat_ws(' ', '', lower(%(code)s) || '1' || lpad(f.n::text, 9, '0'), lower(%(code)s), lpad(f.n::text, 9, '0'),
            lower(f.given), lower(f.family), lower(f.family) || f.n, 'example', 'com', ltrim(f.phone, '+'),
            right(f.phone, 10), right(f.phone, 9), right(f.phone, 8), right(f.phone, 7), right(f.phone, 6),
            right(f.phone, 5), right(f.phone, 4), lower(p.name), lower(p.sku), ''), 1
    FROM fresh AS f
    JOIN unnest(%(statuses)s::text[], %(phases)s::text[]) AS s (status, phase) ON s.status = f.status
    JOIN catalog_product AS p ON p.shop_id = %(shop)s AND p.sku = %(code)s || '-' || lpad(f.product::text, 4, '0')
    """,
    """
    INSERT INTO orders_order (case_id, shop_id, number, source, external_id, content, subtotal, shipping, discount, tax,
        tax_included, discount_code, payment_method, payment_method_name, shipping_method, delivery, shipping_address,
        billing_address, customer_note, ip_country, points, points_approved, points_spent, points_value, points_tax,
        points_off, carrier, tracking_number, tracking_url)
    SELECT id, %(shop)s, '#' || n, '', '', '', 100 + product, 0, 0, 0, false, '', 'on-receipt', '', 'Courier', '', '{}',
        '{}', '', '', 0, false, 0, 0, 0, false, '', '', '' FROM fresh
    """,
    """
    INSERT INTO orders_line (shop_id, case_id, position, product_id, sku, name, variant, quantity, price, discount,
        total, reserved, taken, back, lost)
    SELECT %(shop)s, f.id, 1, p.id, p.sku, p.name, '', 1, p.price, 0, p.price, 0, 0, 0, 0
    FROM fresh AS f
    JOIN catalog_product AS p ON p.shop_id = %(shop)s AND p.sku = %(code)s || '-' || lpad(f.product::text, 4, '0')
    """,
    """
    INSERT INTO journal_chain (case_id, shop_id, number, length, head)
    SELECT id, %(shop)s, n, 1, sha256(id::text::bytea) FROM fresh
    """,
    """
    INSERT INTO journal_entry (shop_id, case_id, seq, at, kind, actor_kind, actor_name, shown, facts, hash)
    SELECT %(shop)s, id, 1, placed_at, 'created', 'staff', 'Bench Owner', true, '{"status": "pending"}',
        sha256(id::text::bytea) FROM fresh
    """,
    """
    INSERT INTO journal_register AS r (shop_id, last) VALUES (%(shop)s, %(count)s)
    ON CONFLICT (shop_id) DO UPDATE SET last = r.last + excluded.last
    """,
)
