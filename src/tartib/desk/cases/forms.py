"""Forms of the pages of all kinds of cases."""

from __future__ import annotations

from typing import Any

from django import forms

from tartib.shops.models import Membership, Shop


class Owner(forms.Form):
    """Who is to be responsible: a member of staff who works in the shop now."""

    owner = forms.ModelChoiceField(Membership.objects.none())

    def __init__(self, data: Any, *, shop: Shop) -> None:
        super().__init__(data)
        self.fields["owner"].queryset = Membership.objects.filter(  # type: ignore[attr-defined]
            shop=shop, active=True
        ).select_related("user", "shop")
