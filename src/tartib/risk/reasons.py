"""What was found about an order, in a sentence that says why it was noticed and what may be behind it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tartib.l10n import digits, money, names
from tartib.risk.models import Check, Signal


def say(check: Check, language: str, currency: str) -> str:
    """The reason for a check, in `language`, which has to be the active one."""
    params: Mapping[str, Any] = check.params
    match check.signal:
        case Signal.IP_COUNTRY:
            said = _("The order came from %(country)s, but %(others)s. It may be a traveller, a gift or a VPN.")
        case Signal.CARD_COUNTRY:
            said = _("The card was issued in %(country)s, but %(others)s.")
        case Signal.PHONE_COUNTRY:
            said = _("The phone number is of %(country)s, but %(others)s.")
        case Signal.NAMES:
            return _("The delivery is for %(one)s, the bill for %(other)s. Often that is a gift.") % {
                "one": names.isolate(str(params["one"])),
                "other": names.isolate(str(params["other"])),
            }
        case Signal.EMAIL:
            domain = names.isolate(str(params["domain"]))
            return _("%(domain)s gives out e-mail addresses that are used once and thrown away.") % {"domain": domain}
        case Signal.VELOCITY:
            return _velocity(params, language)
        case Signal.AMOUNT:
            usual = names.isolate(money.show(Decimal(params["usual"]), currency, language))
            return _("The amount is far above what is usual here: half of the latest orders are below %(usual)s.") % {
                "usual": usual
            }
        case _:
            words = format_list([names.isolate(word) for word in params["words"]], locale=names.locale(language))
            return _("One of your own words stands in the order: %(words)s.") % {"words": words}
    others = [_place(what, country, language) for what, country in params["others"]]
    shown = {"country": names.country(params["country"], language)}
    return said % (shown | {"others": format_list(others, locale=names.locale(language))})


def _place(what: str, code: str, language: str) -> str:
    country = {"country": names.country(code, language)}
    match what:
        case "delivery":
            return _("it goes to %(country)s") % country
        case "billing":
            return _("the bill goes to %(country)s") % country
        case "ip":
            return _("the order came from %(country)s") % country
    return _("the customer is from %(country)s") % country


def _velocity(params: Mapping[str, Any], language: str) -> str:
    count, hours = int(params["count"]), digits.number(int(params["hours"]), language)
    shown = {"count": digits.number(count, language), "hours": hours}
    if params["by"] == "ip":
        return (
            ngettext(
                "%(count)s order came from this IP address within %(hours)s hours.",
                "%(count)s orders came from this IP address within %(hours)s hours.",
                count,
            )
            % shown
        )
    if params["by"] == "card":
        return (
            ngettext(
                "This card was used for %(count)s order within %(hours)s hours, whoever placed it.",
                "This card was used for %(count)s orders within %(hours)s hours, whoever placed them.",
                count,
            )
            % shown
        )
    return (
        ngettext(
            "This customer placed %(count)s order within %(hours)s hours.",
            "This customer placed %(count)s orders within %(hours)s hours.",
            count,
        )
        % shown
    )
