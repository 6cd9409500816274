"""What an address needs in each country, said in the reader's words, and which countries a shop sends to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tartib.l10n import names, normal, postal
from tartib.l10n.names import locale
from tartib.shipping.models import MethodKind, Rate
from tartib.shops.models import Shop

# Nobody lives there all the year, or it is no country: nothing is sent there.
_NOT_SENT_TO: Final = frozenset(
    {"AC", "AQ", "BV", "CP", "CQ", "DG", "EA", "EU", "EZ", "GS", "HM", "IC", "QO", "TA", "TF", "UM", "UN", "XA", "XB",
     "ZZ"}
)  # fmt: skip
# Where shops of the product's markets send next after their own country.
_NEIGHBOURS: Final[Mapping[str, tuple[str, ...]]] = {
    "AE": ("SA", "OM", "QA", "BH", "KW"),
    "BH": ("SA", "AE", "KW", "QA", "OM"),
    "GB": ("IE", "FR", "NL", "DE"),
    "HK": ("MO", "CN", "TW", "SG"),
    "IR": ("AE", "IQ", "TR", "AF", "AM", "AZ"),
    "KW": ("SA", "AE", "BH", "QA", "OM"),
    "MO": ("HK", "CN", "TW"),
    "OM": ("AE", "SA", "QA", "BH", "KW"),
    "QA": ("SA", "AE", "BH", "KW", "OM"),
    "SA": ("AE", "KW", "BH", "QA", "OM", "JO"),
    "TW": ("HK", "MO", "JP", "SG"),
    "UA": ("PL", "SK", "HU", "RO", "MD"),
    "US": ("CA", "MX"),
}
_FIELDS: Final[Mapping[postal.Part, tuple[str, ...]]] = {
    "street": ("line1", "line2"), "city": ("city",), "region": ("region",), "postcode": ("postcode",),
}  # fmt: skip
# Where what the data calls a province is called so by its people.
_GOVERNORATES: Final = frozenset({"EG", "IQ"})
_PLACE: Final = ("line1", "line2", "city", "region", "postcode")


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of an address that a country's form asks for: its name in `Address`, its word, and whether it must be.

    `known` are what may stand there, where that is a short list, for the reader to choose from.
    """

    name: str
    label: str
    required: bool
    known: tuple[str, ...] = ()


def form(country: str, language: str) -> tuple[Asked, ...]:
    """What a form asks for an address in that country, in the order in which it is written there.

    Who reads the language of a country whose addresses begin with the largest part is asked in that order.
    """
    plan = postal.plan(country)
    latin, areas = names.language(language) != "zh-hant", plan.areas_in(language)
    labels = {
        "line1": _("Street and house"),
        "line2": _("Flat, floor, entrance"),
        "city": _label(plan.city or "city"),
        "region": _label("governorate" if country.upper() in _GOVERNORATES else plan.region or "region"),
        "postcode": _label(plan.postcode or "postal"),
    }
    return tuple(
        Asked(name, labels[name], part in plan.required and name != "line2", areas if part == "region" else ())
        for part in plan.parts(latin=latin)
        for name in _FIELDS[part]
    )


def problems(given: Mapping[str, str], country: str) -> dict[str, str]:
    """What is wrong with the parts of an address in that country, by their names."""
    plan = postal.plan(country)
    found: dict[str, str] = {}
    for part in plan.parts():
        name = _FIELDS[part][0]
        if part in plan.required and not given.get(name):
            found[name] = _("Please fill this in.")
    if given.get("postcode") and "postcode" in plan.parts() and plan.spelled(given["postcode"]) is None:
        found["postcode"] = _no_postcode(plan)
    return found


def tidy(given: Mapping[str, str], country: str) -> dict[str, str]:
    """The parts of an address as its country writes them: the postcode spaced, in capitals, in Latin digits.

    What is no postcode there stays as it was written.
    """
    parts = {name: given.get(name, "").strip() for name in _PLACE}
    return parts | {"postcode": postal.plan(country).spelled(parts["postcode"]) or parts["postcode"]}


def remarks(given: Mapping[str, str], country: str) -> list[tuple[str, str, str]]:
    """What there is to say of an address that is kept as it was given: the part, a code for programs, a sentence."""
    plan, said = postal.plan(country), []
    if given.get("postcode") and "postcode" in plan.parts() and plan.spelled(given["postcode"]) is None:
        said.append(("postcode", "postcode-unlike", _no_postcode(plan)))
    return said


def countries(shop: Shop, language: str) -> list[tuple[str, str]]:
    """The countries that a shop sends to, by their names in that language; its own first, then its neighbours."""
    rates = Rate.objects.filter(method__shop=shop, method__active=True).exclude(method__kind=MethodKind.PICKUP)
    named = set(rates.values_list("country", flat=True).distinct())
    known = all_countries(shop.country, language)
    if "" in named or not named:
        return known
    wanted = named | ({shop.country} if shop.country else set())
    listed = [pair for pair in known if pair[0] in wanted]
    return listed + [(code, code) for code in sorted(wanted - {code for code, _name in listed})]


@lru_cache(maxsize=256)
def _all_countries(home: str, language: str) -> tuple[tuple[str, str], ...]:
    codes = [str(code) for code in locale(language).territories]
    known = [code for code in codes if len(code) == 2 and code.isalpha() and code not in _NOT_SENT_TO]
    called = {code: names.country(code, language) for code in known}
    near = [code for code in (home, *_NEIGHBOURS.get(home, ())) if code in called]
    others = sorted(set(known) - set(near), key=lambda code: (normal.sort_key(called[code], language), code))
    return tuple((code, called[code]) for code in (*near, *others))


def all_countries(home: str, language: str) -> list[tuple[str, str]]:
    """Every country where people live, by its name in that language: `home` first, then its neighbours."""
    return list(_all_countries(home, names.language(language)))


def _no_postcode(plan: postal.Plan) -> str:
    if not plan.examples:
        return _("Please check the postcode.")
    return _("There are no such postcodes in that country. They look like %(example)s.") % {
        "example": names.isolate(plan.examples[0])
    }


def _label(word: str) -> str:
    """The word of the address data for a part, as people of the language call it."""
    words = {
        "area": pgettext("part of an address", "Area"),
        "city": pgettext("part of an address", "City"),
        "county": pgettext("part of an address", "County"),
        "department": pgettext("part of an address", "Department"),
        "district": pgettext("part of an address", "District"),
        "do_si": pgettext("part of an address", "Province or metropolitan city"),
        "eircode": pgettext("part of an address", "Eircode"),
        "emirate": pgettext("part of an address", "Emirate"),
        "governorate": pgettext("part of an address", "Governorate"),
        "island": pgettext("part of an address", "Island"),
        "oblast": pgettext("part of an address", "Oblast"),
        "parish": pgettext("part of an address", "Parish"),
        "pin": pgettext("part of an address", "PIN code"),
        "post_town": pgettext("part of an address", "Town or city"),
        "postal": pgettext("part of an address", "Postcode"),
        "prefecture": pgettext("part of an address", "Prefecture"),
        "province": pgettext("part of an address", "Province"),
        "region": pgettext("part of an address", "Region"),
        "state": pgettext("part of an address", "State"),
        "suburb": pgettext("part of an address", "Suburb or town"),
        "zip": pgettext("part of an address", "ZIP code"),
    }
    return words.get(word, words["region"])
