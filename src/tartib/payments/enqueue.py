"""Putting work off to the worker, in the caller's transaction: gone if that is, and done soon after it commits."""

from __future__ import annotations

from procrastinate.contrib.django import app


def asking() -> None:
    """Have the gateways asked about what is due."""
    app.configure_task("payments.ask").defer()


def refunding(refund_id: int) -> None:
    """Have a refund sent to its gateway."""
    app.configure_task("payments.send_refund").defer(refund_id=refund_id)
