"""The ledger of stock, which no timeline holds: anchors do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from tartib.catalog import sql
from tartib.catalog.models import Stock
from tartib.journal.witness import Ledger, Span, Unlike


def _fresh(shop_id: int) -> Iterator[Span]:
    for (stock, anchored, on_hand, reserved), rows in groupby(sql.movements_since(shop_id), key=lambda row: row[:4]):
        digest, until = hashlib.sha256(), anchored
        for row in rows:
            digest.update(_line(row[4:]))
            until = row[4]
        yield Span(stock, anchored, until, digest.hexdigest(), _stands(on_hand, reserved))


def _mark(shop_id: int, spans: Sequence[Span]) -> None:
    sql.mark_anchored(shop_id, [(span.subject, span.until) for span in spans])


def _digests(shop_id: int, spans: Sequence[tuple[int, int, int]]) -> list[str]:
    digests = [hashlib.sha256() for _span in spans]
    for place, *facts in sql.movements_within(shop_id, spans):
        digests[place - 1].update(_line(facts))
    return [digest.hexdigest() for digest in digests]


def _unlike(shop_id: int) -> Iterator[Unlike]:
    for stock, on_hand, reserved, told_on_hand, told_reserved in sql.unlike_movements(shop_id):
        yield Unlike(stock, _stands(told_on_hand, told_reserved), _stands(on_hand, reserved))


def _names(shop_id: int, subjects: Sequence[int]) -> Mapping[int, str]:
    stocks = Stock.objects.filter(shop=shop_id, pk__in=subjects).select_related("product", "branch")
    known = {stock.pk: f"{stock.product.sku} {stock.product} ({stock.branch})" for stock in stocks}
    return {subject: known.get(subject, f"#{subject}") for subject in subjects}


def _line(facts: Sequence[Any]) -> bytes:
    """The one form of a movement that is hashed: its id, kind, changes, case, line, act, and the moment in UTC."""
    *known, act, at = facts
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return json.dumps([*known, str(act) if act else None, moment], separators=(",", ":")).encode() + b"\n"


def _stands(on_hand: int, reserved: int) -> Mapping[str, int]:
    return {"on_hand": int(on_hand), "reserved": int(reserved)}


STOCK = Ledger(code="stock", label=_("stock"), fresh=_fresh, mark=_mark, digests=_digests, unlike=_unlike, names=_names)
