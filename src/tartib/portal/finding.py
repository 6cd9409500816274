"""Finding an order by what its customer has at hand: a code or number, and the e-mail address or phone they gave."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from tartib.cases.models import Case
from tartib.l10n import digits, normal, phones
from tartib.orders import ORDER
from tartib.shops.models import Shop
from tartib.shops.operations import give_back, within_limits

WINDOW = timedelta(hours=1)
TRIES_OF_VISITOR = 40
TRIES_OF_CONTACT = 10
TRIES_OF_CODE = 10
_SHORTEST_PHONE = 7
_BETWEEN = re.compile(r"[^\w]+|_+")


def find(shop: Shop, code: str, contact: str, visitor: Sequence[str], *, now: datetime) -> Case | None:
    """The order of that code or number whose customer has that e-mail address or phone.

    None when there is none, when the contact is another, and when it was tried too often: who asks cannot tell which.
    Only what found nothing is counted, for whoever asks (`public.limits.here`), for the contact and for the code.
    """
    codes = spellings(code)
    email = contact.strip().lower() if "@" in contact else ""
    number = "" if email else normal.phone(contact, shop.country or None)
    limits = [
        ("track visitor", visitor, TRIES_OF_VISITOR),
        ("track contact", [f"{shop.pk} {email or phones.core(number)}"], TRIES_OF_CONTACT),
        ("track code", [f"{shop.pk} {codes[0]}"], TRIES_OF_CODE),
    ]
    if not within_limits(limits, window=WINDOW, now=now):
        return None
    found = list(
        Case.objects.filter(Q(code__in=codes) | Q(order__number__in=codes), shop=shop, kind=ORDER)
        .select_related("customer", "order")
        .order_by("-placed_at")[:5]
    )
    matching = [
        case for case in found if (_has_email(case, email) if email else _has_phone(case, number, shop.country))
    ]
    if not matching:
        return None
    for what, subjects, _most in limits:
        give_back(what, subjects)
    return matching[0]


def nothing_found() -> str:
    """What is said whatever was wrong."""
    return _(
        "We found no order with this code and e-mail or phone. Check both: they are those given with the order."
        " After many tries, wait an hour or contact the shop."
    )


def spellings(code: str) -> list[str]:
    """A code as it is kept, however it was typed: digits and dashes of any script, blanks for dashes, small letters."""
    plain = digits.latin(unicodedata.normalize("NFKC", code)).strip().upper()[:64]
    joined = _BETWEEN.sub("-", plain).strip("-")
    return list(dict.fromkeys([joined, plain, f"#{joined}"]))


def _has_email(case: Case, email: str) -> bool:
    """Whether the address is the customer's, or the one given for the parcel, however its letters are written."""
    known = [case.customer.email if case.customer else "", case.order.ship_to.email]
    return email in [one.strip().lower() for one in known if one]


def _has_phone(case: Case, number: str, country: str) -> bool:
    """Whether the number is one of the customer's or of the address, with or without the country's code."""
    asked = phones.core(number)
    if len(asked) < _SHORTEST_PHONE:
        return False
    place = case.order.ship_to
    given = [(place.phone, place.country)]
    if case.customer:
        given += [(text, case.customer.country) for text in (case.customer.phone, case.customer.phone_said)]
    readings = [phones.read_phone(text, where, country) for text, where in given if text]
    return asked in [phones.core(one) for read in readings for one in (read.number, read.second) if one]
