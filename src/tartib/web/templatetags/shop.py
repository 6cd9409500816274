"""Tags for a shop's own texts, in the reader's language, and its pictures, in the size the screen needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tartib.files.models import Upload
from tartib.shops.texts import Worded, text_of
from tartib.web import audience

register = template.Library()


class _Named(Protocol):
    def name(self, language: str) -> str: ...


class _Told(Protocol):
    def told(self, language: str) -> str: ...


class _Paid(Protocol):
    def paid_by(self, language: str) -> str: ...


@register.filter
def text(thing: Worded, name: str) -> str:
    """`{{ listing|text:"title" }}`: a text of the shop's in the reader's language, or else in the shop's own."""
    return text_of(thing, name, audience.current().language)


@register.simple_tag
def picture(upload: Upload, sizes: str, alt: str = "", css: str = "", first: bool = False) -> SafeString:
    """`{% picture photo.upload "(min-width: 60rem) 25vw, 50vw" alt=… %}`: a photo in the width the screen needs.

    Its place is kept free while it comes, so that nothing jumps. `first`: it is seen at once, and loaded before others.
    """
    sources = ", ".join(f"{_address(upload, width)} {width}w" for width in upload.widths)
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}" class="{}" decoding="async" {}>',
        _address(upload, upload.widths[len(upload.widths) // 2]), sources, sizes, upload.width, upload.height, alt, css,
        SafeString('fetchpriority="high"' if first else 'loading="lazy"'),
    )  # fmt: skip


@register.filter
def alt(photo: Worded, title: str) -> str:
    """`{{ photo|alt:title }}`: what a photo shows, in the reader's language; else what it is a photo of."""
    return text_of(photo, "alt", audience.current().language) or title


@register.filter
def option(word: str, words: Mapping[str, Any]) -> str:
    """`{{ name|option:window.words }}`: a word of an option in the reader's language, as far as the shop has it."""
    known = words.get(audience.current().language)
    return str(known.get(word) or word) if isinstance(known, dict) else word


@register.filter
def named(way: _Named) -> str:
    """`{{ method|named }}`: what a way of delivery or of payment is called in the reader's language."""
    return way.name(audience.current().language)


@register.filter
def told(account: _Told) -> str:
    """`{{ account|told }}`: what the shop tells of paying so, in the reader's language or another one of its."""
    return account.told(audience.current().language)


@register.filter
def paid_by(payment: _Paid) -> str:
    """`{{ payment|paid_by }}`: the way it was paid, in the reader's language."""
    return payment.paid_by(audience.current().language)


def _address(upload: Upload, width: int) -> str:
    return reverse("web:picture", args=[upload.token, width])
