"""Tags and filters of every page: icons, status chips, and dates, money and digits as the reader writes them."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import escape
from typing import Any, Protocol

from django import template
from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tartib.flow.facts import Refusal
from tartib.flow.words import Words
from tartib.flow.workflow import PHASE_COLOURS, Status
from tartib.l10n import dates, digits, money, names, phones
from tartib.shops.models import Session, Shop
from tartib.web import audience, days, icons, live

register = template.Library()

# How `orders` writes what else is in an order.
_MORE = re.compile(r" \+(\d{1,4})$")
_LINK = re.compile(r"https?://[^\s<>\"'\u2066-\u2069]+")


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """`{% icon "truck" %}`: a Tabler icon as inline SVG, of the size of the text around it."""
    return icons.svg(name, css)


@register.simple_tag
def status_chip(status: Status, since: datetime | None = None) -> SafeString:
    """`{% status_chip status since %}`: colour, icon and word of a status, and how long a case has stood in it."""
    reader = audience.current()
    age = ""
    if since is not None:
        shown = escape(_age(reader.now - since, reader.tag))
        age = f'<span class="chip-age" title="{escape(moment(since))}">{shown}</span>'
    colour = escape(status.colour or PHASE_COLOURS[status.phase])
    word = f'<span class="chip-word">{escape(status.name.say(reader.language))}</span>'
    return SafeString(f'<span class="chip c-{colour}">{icons.svg(status.icon)}{word}{age}</span>')


@register.simple_tag(takes_context=True)
def person_menu(context: template.RequestContext) -> SafeString:
    """`{% person_menu %}`: the menu of the person signed in, which a page has twice and makes once."""
    request = context["request"]
    if not hasattr(request, "person_menu"):
        menu = template.Engine.get_default().get_template("web/parts/person.html")
        request.person_menu = menu.render(context)
    return request.person_menu  # type: ignore[no-any-return]


@register.simple_tag
def say(words: Words | str | None) -> str:
    """`{% say words %}`: words in the reader's language."""
    return said(words)


@register.filter
def said(words: Words | Refusal | str | None) -> str:
    """Words, or the reason of a refusal, in the reader's language; amounts and times in it as the shop shows them."""
    if words is None:
        return ""
    if isinstance(words, str):
        return words
    reader = audience.current()
    if isinstance(words, Words):
        return words.say(reader.language)
    shown = {}
    for name, value in words.params.items():
        if isinstance(value, datetime):
            shown[name] = moment(value)
        elif isinstance(value, Decimal):
            shown[name] = money.show(value, reader.shop.currency, reader.tag) if reader.shop else number(value)
        elif isinstance(value, int):
            shown[name] = number(value)
    return words.say(reader.language, shown)


@register.filter(name="money")
def money_(amount: Decimal | None, currency: str = "") -> SafeString:
    """`{{ amount|money:currency }}`: an amount in the reader's digits, kept whole inside a line of either direction."""
    if amount is None:
        return SafeString("")
    reader = audience.current()
    known = currency or (reader.shop.currency if reader.shop else "USD")
    # By itself it would find its direction by its first letter, which may be that of the currency or none.
    way = ' dir="rtl"' if names.direction(reader.language) == "rtl" else ""
    return SafeString(f'<bdi class="money"{way}>{escape(money.show(Decimal(amount), known, reader.tag))}</bdi>')


@register.filter
def with_currency(label: str, currency: str) -> str:
    """`{{ label|with_currency:currency }}`: the label of an amount with what readers call its currency: "Price (₴)"."""
    sign = money.symbol(currency, audience.current().tag)
    return _("%(label)s (%(currency)s)") % {"label": label, "currency": sign}


@register.filter
def money_form(currency: str) -> str:
    """`data-money="{{ currency|money_form }}"`: how scripts write amounts of it (`web/l10n.js`), as JSON."""
    return json.dumps(asdict(money.form(currency, audience.current().tag)), ensure_ascii=False)


@register.simple_tag
def colon() -> str:
    """`{% translate "Code" %}{% colon %}{{ code }}`: what stands between a label and what it labels."""
    return names.colon(audience.current().language)


@register.simple_tag
def day_calendar() -> str:
    """`data-calendar="{% day_calendar %}"`: what the calendar beside fields of days knows, as JSON."""
    return days.picking()


@register.inclusion_tag("web/parts/day_field.html")
def day_field(name: str, label: str, value: date | str | None, css: str = "", problem: str = "") -> dict[str, object]:
    """`{% day_field "from" label period.first %}`: a field of a day with its label; `value` may be what was typed.

    `problem` is the id of the element that says what is wrong with it, if anything is.
    """
    shown = days.typed(value) if isinstance(value, date) else value or ""
    attributes = days.attributes() | ({"aria-invalid": "true", "aria-describedby": problem} if problem else {})
    return {"name": name, "label": label, "value": shown, "css": css, "attributes": attributes}


@register.filter
def gist(title: str) -> str:
    """What a case is about: "Brass pen +4", with how many more in the reader's digits."""
    return _MORE.sub(lambda found: f" {digits.signed(int(found[1]), audience.current().tag)}", title)


class _Postal(Protocol):
    def lines_in(self, language: str) -> list[str]: ...


@register.filter
def lines(address: _Postal) -> list[str]:
    """`{% for line in address|lines %}`: a postal address as the reader reads it, a line each."""
    return address.lines_in(audience.current().language)


@register.filter
def phone(number: str) -> str:
    """A phone as people read it: "+380 50 123 4567"; what is no number that can be dialled as it is."""
    return phones.shown(number)


@register.filter
def country(code: str) -> str:
    """A country by its name."""
    return names.country(code, audience.current().language)


@register.filter
def less(amount: Decimal, currency: str = "") -> SafeString:
    """`{{ amount|less:currency }}`: an amount that is taken off, its minus where the language has it."""
    return money_(-Decimal(amount), currency)


@register.filter
def links_apart(text: str) -> SafeString:
    """`{{ message.text|links_apart }}`: a text, each web address in its own direction, its last slash at its end."""
    parts = re.split(f"({_LINK.pattern})", text or "")
    return SafeString(
        "".join(f'<bdi dir="ltr">{escape(part)}</bdi>' if at % 2 else escape(part) for at, part in enumerate(parts))
    )


@register.filter
def moment(value: datetime | None) -> str:
    """Day and time: "12 Nov 2025, 14:20", in the shop's calendar and zone."""
    if value is None:
        return ""
    reader = audience.current()
    return dates.show_datetime(value, reader.tag, reader.calendar, reader.zone)


@register.filter
def day(value: datetime | date | None, form: dates.Form = "medium") -> str:
    """The day alone; `{{ dt|day:"long" }}` with its weekday, `"short"` without the year, `"compact"` for tables."""
    if value is None:
        return ""
    reader = audience.current()
    return dates.show_date(value, reader.tag, reader.calendar, reader.zone, form)


@register.filter
def near_day(value: datetime | date | None, place: str = "") -> str:
    """The day as people say it today: today, yesterday, tomorrow, "12 Nov", with the year when it is another.

    `{{ dt|near_day:"alone" }}` where it begins the sentence or is a heading: "Today".
    """
    if value is None:
        return ""
    reader = audience.current()
    return dates.show_day(value, reader.now, reader.tag, reader.calendar, reader.zone, alone=place == "alone")


@register.filter
def clock(value: datetime | None) -> str:
    """The time of day in the shop's zone."""
    if value is None:
        return ""
    reader = audience.current()
    return dates.show_time(value, reader.tag, reader.zone)


@register.filter
def ago(value: datetime | None) -> str:
    """How far from now: "3 hours ago", "in 2 days"."""
    if value is None:
        return ""
    reader = audience.current()
    return dates.ago(value, reader.now, reader.tag)


@register.filter
def duration(delta: timedelta | datetime | None) -> str:
    """How long: "3 h 10 m"; of a moment, how long since then."""
    if delta is None:
        return ""
    reader = audience.current()
    return dates.since(reader.now - delta if isinstance(delta, datetime) else delta, reader.tag)


@register.simple_tag
def when(value: datetime | None, form: str = "near") -> SafeString:
    """`{% when dt %}`: a `<time>` that shows the near day, its month shortened, and on pointing the whole moment.

    Forms: "near" (14:20 of today, tomorrow, 12 Nov), "alone" the same in a cell (Tomorrow), "day" (12 Nov 2025),
    "ago" (3 hours ago), "full".
    """
    if value is None:
        return SafeString("")
    reader = audience.current()
    if form == "ago":
        text = ago(value)
    elif form == "full":
        text = moment(value)
    elif form == "day":
        text = day(value, "compact")
    else:
        same_day = value.astimezone(reader.zone).date() == reader.now.astimezone(reader.zone).date()
        text = clock(value) if same_day else _near_in_table(value, alone=form == "alone")
    return SafeString(f'<time datetime="{value.isoformat()}" title="{escape(moment(value))}">{escape(text)}</time>')


def _near_in_table(value: datetime, *, alone: bool) -> str:
    reader = audience.current()
    return dates.show_day(value, reader.now, reader.tag, reader.calendar, reader.zone, alone=alone, table=True)


@register.filter(name="digits")
def digits_(value: Any) -> str:
    """A text or number with the reader's digits, nothing else changed."""
    return digits.local(str(value), audience.current().tag)


@register.filter
def number(value: Decimal | int | None) -> str:
    """A number with the reader's digits, grouping and decimal mark."""
    return "" if value is None else digits.number(value, audience.current().tag)


@register.filter
def signed(value: int) -> str:
    """`{{ movement.points|signed }}`: a change with its sign and the reader's digits."""
    return digits.signed(value, audience.current().tag)


@register.filter
def percent(value: int | Decimal | None) -> str:
    """A whole percentage."""
    return "" if value is None else digits.percent(value, audience.current().tag)


@register.filter
def own_name(code: str) -> str:
    """A language in its own words: "Українська"."""
    return names.own_name(code)


@register.filter
def tag(shop: Shop, language: str) -> str:
    """`lang="{{ shop|tag:language }}"`: a language as it is written where the shop is."""
    return shop.tag(language)


@register.filter
def initials(name: str) -> str:
    """One or two letters that stand for a name."""
    words = str(name).split()
    if not words:
        return "?"
    if len(words) == 1 or not words[0][0].isascii():
        return words[0][0].upper()
    return (words[0][0] + words[-1][0]).upper()


@register.filter
def tint(name: str) -> str:
    """One of eight calm colours, always the same for the same name."""
    return f"tint-{sum(map(ord, str(name))) % 8}"


@register.simple_tag
def reader() -> audience.Reading:
    """`{% reader as reader %}`: language, direction, calendar and zone of the page's reader."""
    return audience.current()


@register.simple_tag(takes_context=True)
def live_token(context: template.Context, case_id: int | None = None) -> str:
    """The token with which this page of the desk may listen to changes of its shop, or of one case alone."""
    request = context["request"]
    member = request.member
    ref = Session.ref_of(request.session.session_key or "")
    return live.token(member.shop_id, case_id, member_id=member.pk, user_id=member.user_id, session=ref)


@register.inclusion_tag("web/parts/live.html", takes_context=True)
def live_stream(context: template.Context, case_id: int | None = None, fresh: str = "") -> dict[str, object]:
    """`{% live_stream case.pk %}`: keep this page up to date; see `live.js` for what a page does with it.

    On a list `fresh` is the address that gives changed rows. On a page without it everything with
    `hx-trigger="live:changed from:body"` is asked for again when the case, or any of the shop's, changes.
    """
    token = live_token(context, case_id)
    return {"url": settings.TARTIB_LIVE_URL, "token": token, "case_id": case_id, "fresh": fresh}


def _age(delta: timedelta, tag: str) -> str:
    """How long, in its largest unit alone: a chip has no room for more."""
    seconds = max(0, int(delta.total_seconds()))
    for size in (86_400, 3_600, 60):
        if seconds >= size:
            return dates.since(timedelta(seconds=seconds // size * size), tag)
    return dates.since(timedelta(0), tag)
