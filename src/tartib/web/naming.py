"""Fields for what a shop says in each of its languages: what it calls something, what it tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tartib.flow.words import LANGUAGES
from tartib.shops.models import LANGUAGE_NAMES, Shop


def name_fields(shop: Shop, most: int, *, needed: bool) -> dict[str, forms.CharField]:
    """The fields of a name, `name_en` and so on; where it is `needed`, that in the shop's own language is."""
    return text_fields(shop, "name", pgettext("a thing", "Name"), most, needed=needed)


def text_fields(
    shop: Shop, text: str, label: str, most: int, *, needed: bool = False, lines: int = 1, help_text: str = ""
) -> dict[str, forms.CharField]:
    """A field for that text in each of the shop's languages, of `most` characters each; the first has its help."""
    fields: dict[str, forms.CharField] = {}
    for code in [code for code in LANGUAGES if code in shop.languages]:
        attrs: dict[str, Any] = {"dir": "auto", "autocomplete": "off", "lang": shop.tag(code), "class": "form-control"}
        fields[f"{text}_{code}"] = forms.CharField(
            label=_("%(what)s, %(language)s") % {"what": label, "language": LANGUAGE_NAMES[code]}, max_length=most,
            required=needed and code == shop.language, help_text="" if fields else help_text,
            widget=forms.Textarea(attrs=attrs | {"rows": lines}) if lines > 1 else forms.TextInput(attrs=attrs),
        )  # fmt: skip
    return fields


def initial_texts(text: str, said: Mapping[str, str]) -> dict[str, str]:
    """What the fields of a text begin with."""
    return {f"{text}_{code}": words for code, words in said.items()}


def texts_given(text: str, cleaned: Mapping[str, Any], before: Mapping[str, str]) -> dict[str, str]:
    """The text by language. Of a language that the shop does not speak just now, what it said `before` stays."""
    said = dict(before) | {code: cleaned[f"{text}_{code}"] for code in LANGUAGES if f"{text}_{code}" in cleaned}
    return {code: words for code, words in said.items() if words}
