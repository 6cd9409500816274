"""Reads: a shop's rules, what was found about an order, the request for proof that is open."""

from __future__ import annotations

from tartib.cases.models import Case
from tartib.risk.models import OPEN, Check, Proof, Rules
from tartib.shops.models import Shop


def rules(shop: Shop) -> Rules:
    """What the shop looks at."""
    return Rules.objects.filter(shop=shop).first() or Rules(shop=shop)


def checks(case: Case) -> list[Check]:
    """What was found about an order, what nobody has looked at first."""
    return sorted(Check.objects.filter(case=case).order_by("pk"), key=lambda check: check.cleared_at is not None)


def proofs(case: Case) -> list[Proof]:
    """The requests for proof of identity, newest first."""
    return list(Proof.objects.filter(case=case).select_related("upload").order_by("-pk"))


def open_proof(case: Case) -> Proof | None:
    """The request that waits for the customer or the shop, if there is one."""
    return Proof.objects.filter(case=case, state__in=OPEN).select_related("upload").first()
