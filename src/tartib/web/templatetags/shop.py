"""Tags of customers' pages: the way from page to page of a shop, and a shop's own texts in the reader's language."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from tartib.catalog.texts import Worded, text_of
from tartib.web import audience
from tartib.web.visits import Visit

register = template.Library()


@register.simple_tag(takes_context=True)
def shop_url(context: Context, name: str, **things: Any) -> str:
    """`{% shop_url 'storefront:listing' listing=one.slug %}`: a page of this shop, in this language, at this host."""
    visit: Visit = context["request"].visit
    return visit.path(name, **things)


@register.filter
def text(thing: Worded, name: str) -> str:
    """`{{ listing|text:"title" }}`: a text of the shop's in the reader's language, or else in the shop's own."""
    return text_of(thing, name, audience.current().language)
