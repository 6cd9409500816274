"""The fields of an address in forms of every face: those of its country, in its order, under its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from tartib.web import places

PARTS = ("line1", "line2", "city", "region", "postcode")
AGAIN = "again"
"""The name of the button that asks for the fields of another country; everything written is kept."""


class Places(forms.Form):
    """A form with addresses: of each, `country` and the parts of `Address`, under a prefix such as "ship_"."""

    def settle(self, prefix: str, country: str, language: str) -> list[BoundField]:
        """Give the fields the words of the country; the ones it asks for, in its order, for the page to show.

        What it does not ask for stands after them where something is written in it, so that nothing is kept or left
        out unseen; else it is hidden.
        """
        asked = places.form(country, language)
        wanted = []
        for one in asked:
            field = self.fields[f"{prefix}{one.name}"]
            field.label = one.label
            if one.known:
                field.widget.attrs["list"] = f"{prefix}areas"
                self.areas = {**getattr(self, "areas", {}), f"{prefix}areas": one.known}
            wanted.append(f"{prefix}{one.name}")
        for part in PARTS:
            name = f"{prefix}{part}"
            if name not in wanted:
                if not self[name].value():
                    self.fields[name].widget = forms.HiddenInput()
                wanted.append(name)
        return [self[name] for name in wanted]

    def settled(self, prefix: str, given: Mapping[str, Any]) -> dict[str, str]:
        """The parts of the address as its country writes them, and whatever else was written."""
        parts = {part: str(given.get(f"{prefix}{part}") or "") for part in PARTS}
        return places.tidy(parts, str(given.get(f"{prefix}country", "")))

    def check(self, prefix: str, given: Mapping[str, Any], *, needed: bool = True) -> None:
        """Say beside each field what is wrong for an address in its country, and with `needed` what is missing."""
        parts = {part: str(given.get(f"{prefix}{part}") or "") for part in PARTS}
        for part, problem in places.problems(parts, str(given.get(f"{prefix}country", ""))).items():
            if f"{prefix}{part}" not in self.errors and (needed or parts[part]):
                self.add_error(f"{prefix}{part}", problem)
