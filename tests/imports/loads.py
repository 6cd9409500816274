"""Files written and brought in by the import tests."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from itertools import count
from typing import Any

from tartib.cases.models import Case
from tartib.imports import operations, queries
from tartib.imports.models import Import, State
from tartib.imports.operations import Choices
from tartib.imports.records import RowError
from tartib.shops.models import Shop
from tests.factories import NOW

COLUMNS = (
    "Order number", "Date", "Status", "Total", "Currency", "Customer name", "Email", "SKU", "Product", "Quantity",
    "Price",
)  # fmt: skip


def now() -> Any:
    """The clock of these tests."""
    return NOW


def row(number: str, **changes: str) -> dict[str, str]:
    """A row of a table of orders: one shirt, paid."""
    return {
        "Order number": number,
        "Date": "2026-11-01 10:00",
        "Status": "processing",
        "Total": "100.00",
        "Currency": "UAH",
        "Customer name": f"Customer {number}",
        "Email": f"{number.lower()}@example.com",
        "SKU": "",
        "Product": "Shirt",
        "Quantity": "1",
        "Price": "100.00",
    } | changes


def table(rows: Iterable[dict[str, str]], columns: Iterable[str] = COLUMNS) -> bytes:
    """A CSV file of those rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def many(how_many: int, first: int = 1) -> bytes:
    """A CSV file of so many orders."""
    return table(row(f"N{number}") for number in range(first, first + how_many))


def uploaded(shop: Shop, content: bytes, platform: str = "csv", name: str = "orders.csv", **choices: Any) -> Import:
    """A file that the shop's owner uploaded, with choices."""
    member = shop.default_owner
    assert member is not None
    batch = operations.keep(member, io.BytesIO(content), name, platform, now=NOW)
    if choices:
        operations.choose(batch, Choices(platform, **choices))
    batch.refresh_from_db()
    return batch


def checked(batch: Import) -> Import:
    """The import after its dry run."""
    operations.start_check(batch)
    for _portion in operations.work(batch, None, clock=now):
        pass
    return batch


def brought(shop: Shop, content: bytes, platform: str = "csv", **choices: Any) -> Import:
    """The import of a file, to its end."""
    batch = uploaded(shop, content, platform, **choices)
    operations.start(batch, now=NOW)
    for _portion in operations.work(batch, None, clock=now):
        pass
    assert batch.state == State.FINISHED
    return batch


def found(batch: Import) -> list[tuple[int, str]]:
    """Row and code of each problem."""
    return [(problem.row, problem.code) for problem in problems(batch)]


def problems(batch: Import) -> list[RowError]:
    """What was wrong with the file."""
    return list(queries.problems(batch))


def case(shop: Shop, number: str) -> Case:
    """The order of that number."""
    return Case.objects.select_related("order", "customer").get(shop=shop, order__number=number)


_ids = count(7001)


def woocommerce(**changes: Any) -> bytes:
    """One order as WooCommerce's REST API gives it."""
    number = next(_ids)
    order = {
        "id": number, "number": str(number), "status": "completed", "currency": "UAH", "total": "250.00",
        "date_created_gmt": "2026-10-01T08:00:00", "date_paid_gmt": "2026-10-01T09:00:00",
        "date_completed_gmt": "2026-10-04T09:00:00", "payment_method": "liqpay", "payment_method_title": "LiqPay",
        "billing": {"first_name": "Олена", "last_name": "Коваль", "email": "olena@example.com", "phone": "0671234567",
                    "country": "UA"},
        "line_items": [{"id": 1, "name": "Сукня", "sku": "", "quantity": 1, "subtotal": "250.00", "total": "250.00"}],
    }  # fmt: skip
    return json.dumps([order | changes]).encode()
