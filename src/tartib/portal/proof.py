"""What the page of an order shows of a request for proof of identity."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from tartib.cases.models import Case
from tartib.risk import queries
from tartib.risk.models import ProofState


class Proof(forms.Form):
    """A picture or PDF of a paper with name and photo."""

    paper = forms.FileField(
        label=gettext_lazy("Picture or PDF"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )


def part(case: Case, problem: str = "") -> dict[str, object]:
    """What the page of an order shows of a request for proof; nothing where none is open."""
    proof = queries.open_proof(case)
    if proof is None:
        return {}
    return {"form": Proof(), "given": proof.state == ProofState.GIVEN, "problem": problem}
