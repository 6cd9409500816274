"""Putting work off to the worker, in the caller's transaction: gone if that is, and done soon after it commits."""

from __future__ import annotations

from procrastinate.contrib.django import app


def asking() -> None:
    """Have the gateways asked about what is due."""
    app.configure_task("payments.ask").defer()


def refunding(shop_id: int, refund_id: int) -> None:
    """Have a refund of a shop sent to its gateway."""
    app.configure_task("payments.send_refund").defer(shop_id=shop_id, refund_id=refund_id)
