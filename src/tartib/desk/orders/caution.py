"""What is unusual about an order and what became of it, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from tartib.cases.models import Case
from tartib.risk import queries, reasons
from tartib.risk.models import OPEN, Check, Proof, ProofState
from tartib.web import audience


@dataclass(frozen=True, slots=True)
class Caution:
    """The checks of an order, each with its reason; the newest request for proof, and whether one is open."""

    checks: list[tuple[Check, str]]
    proof: Proof | None

    @property
    def open(self) -> int:
        """How many checks nobody has looked at."""
        return sum(check.cleared_at is None for check, _reason in self.checks)

    @property
    def asked(self) -> bool:
        """Whether the customer has been asked and it is not decided yet."""
        return self.proof is not None and self.proof.state in OPEN

    @property
    def given(self) -> bool:
        """Whether there is a paper to be looked at."""
        return self.proof is not None and self.proof.state == ProofState.GIVEN


def of(case: Case) -> Caution:
    """What the page of an order shows, in two queries."""
    language, shop = audience.current().tag, case.shop
    found = [(check, reasons.say(check, language, shop.currency)) for check in queries.checks(case)]
    return Caution(found, next(iter(queries.proofs(case)), None))
