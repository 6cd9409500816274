"""Components of pages: markup that is the same wherever it stands, its templates in `web/parts`.

Those with a body are block tags, `{% pairs %}…{% endpairs %}`. Texts are given marked, `_("Phone")`, or as a variable
made by `{% translate … as title %}`. What is no component is plain HTML.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tartib.web import icons

register = template.Library()


def _part(context: Context, name: str, given: dict[str, object]) -> SafeString:
    """The part `name` with what it is given alone; of the page it knows the request's token."""
    engine = context.template.engine if context.template else template.Engine.get_default()
    inside = context.new(given)
    inside["csrf_token"] = context.get("csrf_token")
    return engine.get_template(f"web/parts/{name}.html").render(inside)


@register.simple_block_tag(takes_context=True)
def card(context: Context, content: str, title: str, css: str = "", id: str = "") -> SafeString:
    """`{% card _("Earning") "card-body" %}…{% endcard %}`: a card with its heading.

    With an `id` the heading carries it and names the card.
    """
    return _part(context, "card", {"content": content, "title": title, "css": css, "id": id})


@register.simple_block_tag(takes_context=True)
def fold(
    context: Context, content: str, icon: str, title: str, gist: object = "", open: object = True, asks: bool = False
) -> SafeString:
    """`{% fold "truck" _("Delivery") order.carrier %}…{% endfold %}`: a card at the side of a case that can be folded.

    `gist` is what it comes to, seen when it is folded too; `asks` keeps it open on a phone, where the others fold.
    """
    text = not isinstance(gist, SafeString)
    shown = {"icon": icon, "title": title, "gist": gist, "gist_is_text": text, "open": open, "asks": asks}
    return _part(context, "fold", shown | {"content": content})


@register.simple_block_tag
def pairs(content: str) -> SafeString:
    """`{% pairs %}{% pair _("Phone") %}…{% endpair %}{% endpairs %}`: names and values, one under the other."""
    return SafeString(f'<dl class="pairs">{content}</dl>')


@register.simple_block_tag(takes_context=True)
def pair(context: Context, content: str, name: str, css: str = "") -> SafeString:
    """One name with its value, among `pairs`."""
    return _part(context, "pair", {"content": content, "name": name, "css": css})


@register.simple_block_tag
def sums(content: str) -> SafeString:
    """`{% sums %}{% sum _("Total") "sum-main" %}…{% endsum %}{% endsums %}`: amounts that add up."""
    return SafeString(f'<dl class="sums">{content}</dl>')


@register.simple_block_tag(takes_context=True)
def sum(context: Context, content: str, name: str, css: str = "") -> SafeString:
    """One amount with its name, among `sums`; `sum-main` is what they come to."""
    return _part(context, "sum", {"content": content, "name": name, "css": css})


@register.simple_block_tag
def markup(content: str) -> str:
    """`{% markup as gist %}<bdi>…</bdi>{% endmarkup %}`: a piece of markup to be given to a component."""
    return content


@register.inclusion_tag("web/parts/field.html")
def field(field: BoundField, css: str = "", group: str = "") -> dict[str, object]:
    """`{% field form.phone %}`: a field of a form with its label, help and errors; a hidden one with its errors alone.

    `css` sets its place: `field-tight` without space below, `field-half` beside another. `group` names the fields that
    a script shows together.
    """
    return {"field": field, "css": css, "group": group}


@register.inclusion_tag("web/parts/post_button.html", takes_context=True)
def post_button(
    context: Context, url: str, label: str, icon: str = "", css: str = "", form_css: str = "", **more: Any
) -> dict[str, object]:
    """`{% post_button url _("Send now") "send" "btn-sm" %}`: a button that does something, in a form of its own.

    `css` follows `btn`. `name` and `value` are what the button sends; `query` follows the address, so that the page
    comes back as it was. `confirm` is asked before, and `act` is then written on the button that goes on.
    """
    unknown = more.keys() - {"name", "value", "confirm", "act", "query"}
    if unknown:
        raise template.TemplateSyntaxError(f"post_button knows no {', '.join(sorted(unknown))}")
    return {
        "csrf_token": context.get("csrf_token"),
        "url": url, "label": label, "icon": icon, "css": css, "form_css": form_css, **more,
    }  # fmt: skip


@register.simple_tag
def chip(text: str, colour: str, icon: str = "") -> SafeString:
    """`{% chip _("done") "green" "check" %}`: a short word on a colour; of a case's status it is `status_chip`."""
    sign = icons.svg(icon) if icon else ""
    return format_html('<span class="chip c-{}">{}<span class="chip-word">{}</span></span>', colour, sign, text)


@register.inclusion_tag("web/parts/empty.html")
def empty_state(icon: str, title: str, text: str = "", url: str = "", act: str = "") -> dict[str, object]:
    """`{% empty_state "mail" title help url act %}`: what stands where nothing is yet, with the one act that helps."""
    return {"icon": icon, "title": title, "text": text, "url": url, "act": act}
