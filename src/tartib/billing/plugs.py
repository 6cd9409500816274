"""What papers register: an invoice follows the payment in full, a credit note the refund."""

from __future__ import annotations

from tartib.billing.operations import heard
from tartib.payments import plugs


def register() -> None:
    """Called once, when Django is ready."""
    plugs.listeners.append(heard)
