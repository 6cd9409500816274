"""The words common to all cases, for messages of every kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tartib.cases import kinds
from tartib.cases.models import Case
from tartib.customers import consents
from tartib.customers.models import Purpose
from tartib.l10n import dates
from tartib.notify.models import DECLINED, Channel, Message, MessageKind
from tartib.shops.domains import CLOSED_AFTER, WARNED_AFTER
from tartib.shops.models import Shop

# What only a message knows (`status`, `status_text`, `note`) is described here and filled in by `rendering`.
WORDS = {
    "customer_name": _("The customer's name"),
    "greeting_name": _("The customer's name for a greeting: the given name, where it is known"),
    "customer_phone": _("The customer's phone"),
    "customer_email": _("The customer's e-mail address"),
    "status": _("The new status"),
    "status_text": _("What the new status means for the customer"),
    "note": _("The note you let the customer see"),
    "code": _("Tracking code"),
    "placed_on": _("The day it was placed"),
    "case_link": _("Link to the customer's own page"),
    "follow_link": _("Link to the customer's own page, while there is nothing to pay"),
    "support_link": _("Link to ask for help"),
    "shop_name": _("Your shop's name"),
    "shop_phone": _("Your shop's phone"),
    "shop_email": _("Your shop's e-mail address"),
    "shop_address": _("Your shop's postal address"),
}


def words(case_ids: Sequence[int], language: str) -> dict[int, dict[str, str]]:
    """The words that any message may use about these cases, in one query."""
    found = {}
    for case in Case.objects.filter(pk__in=case_ids).select_related("shop", "customer").defer("search"):
        shop, person = case.shop, case.customer
        page = f"{address()}/t/{case.token}/"
        calendar = (person.calendar if person else "") or shop.calendar
        found[case.pk] = {
            "customer_name": person.name if person else "",
            "greeting_name": person.greeted if person else "",
            "customer_phone": person.phone if person else "",
            "customer_email": person.email if person else "",
            "code": case.code,
            "placed_on": dates.show_date(case.placed_at, shop.tag(language), calendar, ZoneInfo(shop.timezone)),
            "case_link": page,
            # Who has asked for help already answers on the page of the case itself.
            "support_link": f"{page}help/" if kinds.connected[case.kind].helped else "",
            **shop_words(shop),
        }
    return found


def shop_words(shop: Shop) -> dict[str, str]:
    """The words about a shop itself."""
    return {
        "shop_name": shop.name,
        "shop_phone": shop.phone,
        "shop_email": shop.email,
        "shop_address": shop.address,
    }


def words_without_case(message: Message) -> dict[str, str]:
    """The words of a message about no case; its `shop` and `customer` are loaded."""
    shop, person = message.shop, message.customer
    calendar = (person.calendar if person else "") or shop.calendar
    zone, tag = ZoneInfo(shop.timezone), shop.tag(message.language)
    until = message.created_at + timedelta(days=CLOSED_AFTER - WARNED_AFTER)
    links = {"help_link": f"{address()}/help/{shop.slug}/"}
    if message.kind == MessageKind.ADDRESS and message.secret:
        links["undo_link"] = f"{address()}/not-me/{message.secret}/"
    if message.kind == MessageKind.SERVICE:
        links["desk_link"] = f"{address()}/desk/{shop.slug}/settings/sms/"
    if message.kind == MessageKind.DOMAIN:
        links["desk_link"] = f"{address()}/desk/{shop.slug}/window/settings/#domain"
    if message.kind == MessageKind.HANDED:
        links["desk_link"] = f"{address()}/desk/{shop.slug}/mine/"
    return {
        **shop_words(shop),
        **links,
        "code": message.secret,
        "host": shop.domain or urlsplit(address()).hostname or "",
        "customer_name": person.name if person else "",
        "greeting_name": person.greeted if person else "",
        "changed_on": dates.show_datetime(message.created_at, tag, calendar, zone),
        "until": dates.show_date(until, tag, calendar, zone),
        "note": message.note,
    }


def unsubscribing(message: Message) -> str:
    """Where a customer says what they want to be told by e-mail; "" for what is not theirs to decline."""
    customer = message.case.customer_id if message.case and message.kind in DECLINED else None
    if customer is None or message.channel != Channel.EMAIL:
        return ""
    purpose = Purpose.FEEDBACK if message.kind == MessageKind.FEEDBACK else Purpose.STATUS
    return f"{address()}/u/{consents.token(customer, message.channel, purpose)}/"


def address() -> str:
    """Where this installation is reached from outside, without a slash at the end."""
    return str(getattr(settings, "TARTIB_URL", "http://localhost:8000")).rstrip("/")
