"""What Stripe says of who paid: the card of a charge, its checks and 3-D Secure, and what Stripe thinks of the risk.

https://docs.stripe.com/api/charges/object: `payment_method_details.card` and `outcome`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tartib.payments import risk

_SECURE = {
    "authenticated": "passed", "attempt_acknowledged": "attempted", "exempted": "none", "failed": "failed",
    "not_supported": "none", "processing_error": "failed",
}  # fmt: skip


def card(charge: Mapping[str, Any]) -> Mapping[str, Any]:
    """The card that paid; nothing for other ways to pay."""
    return (charge.get("payment_method_details") or {}).get("card") or {}


def found_out(charge: Mapping[str, Any]) -> dict[str, str]:
    """What Stripe found out about who pays by card."""
    paid_by = card(charge)
    checks, secure = paid_by.get("checks") or {}, paid_by.get("three_d_secure")
    found = risk.known("risk_level", str((charge.get("outcome") or {}).get("risk_level") or ""))
    found |= risk.known("card_country", str(paid_by.get("country") or ""))
    for ours, theirs in (
        ("address_check", "address_line1_check"), ("postcode_check", "address_postal_code_check"),
        ("cvc_check", "cvc_check"),
    ):  # fmt: skip
        found |= risk.known(ours, str(checks.get(theirs) or ""))
    if paid_by:
        said = str(secure.get("result") or "") if isinstance(secure, dict) else ""
        found |= risk.known("three_d_secure", _SECURE.get(said, "none" if secure is None else ""))
    return found
