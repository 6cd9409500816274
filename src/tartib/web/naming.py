"""Fields for what a shop calls something, one for each of its languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from tartib.flow.words import LANGUAGES
from tartib.shops.models import LANGUAGE_NAMES, Shop


def name_fields(shop: Shop, most: int, *, needed: bool) -> dict[str, forms.CharField]:
    """The fields, of `most` characters each; where a name is `needed`, that in the shop's own language is."""
    fields = {}
    for code in [code for code in LANGUAGES if code in shop.languages]:
        attrs = {"dir": "auto", "autocomplete": "off", "lang": code, "class": "form-control"}
        fields[f"name_{code}"] = forms.CharField(
            label=_("Name, %(language)s") % {"language": LANGUAGE_NAMES[code]}, max_length=most,
            required=needed and code == shop.language, widget=forms.TextInput(attrs=attrs),
        )  # fmt: skip
    return fields


def initial_names(names: Mapping[str, str]) -> dict[str, str]:
    """What the fields begin with."""
    return {f"name_{code}": name for code, name in names.items()}


def names_given(cleaned: Mapping[str, Any], before: Mapping[str, str]) -> dict[str, str]:
    """The names by language. Of a language that the shop does not speak just now, the name it had `before` stays."""
    names = dict(before) | {code: cleaned[f"name_{code}"] for code in LANGUAGES if f"name_{code}" in cleaned}
    return {code: name for code, name in names.items() if name}
