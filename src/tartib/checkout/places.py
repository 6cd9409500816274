"""What an address needs in each country, and which countries a shop sends to."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tartib.shipping.models import MethodKind, Rate
from tartib.shops.models import Shop
from tartib.speech import names
from tartib.speech.names import locale

_WITHOUT_POSTCODE = frozenset(
    {"AE", "AO", "BH", "BS", "BZ", "GH", "HK", "IQ", "KW", "LY", "MO", "OM", "QA", "SY", "YE"}
)
_WITH_POSTCODE = frozenset(
    {"AT", "AU", "CA", "CH", "CN", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "IR", "IT", "JP", "NL", "NO", "PL", "SE",
     "TR", "TW", "UA", "US"}
)  # fmt: skip
_WITH_REGION = frozenset({"AU", "CA", "CN", "IR", "US"})
_WITHOUT_REGION = frozenset({"BH", "HK", "KW", "MO", "QA", "SG"})


@dataclass(frozen=True, slots=True)
class Form:
    """The parts of an address in a country: which are asked for, and which of these have to be given."""

    region: bool
    region_required: bool
    region_label: str
    postcode: bool
    postcode_required: bool
    city_label: str


def form(country: str) -> Form:
    """What an address in that country needs; where nothing is known of it, everything may be given."""
    labels = {"US": _("State"), "AU": _("State"), "CA": _("Province"), "IR": _("Province"), "CN": _("Province")}
    return Form(
        region=country not in _WITHOUT_REGION,
        region_required=country in _WITH_REGION,
        region_label=labels.get(country, _("Region")),
        postcode=country not in _WITHOUT_POSTCODE,
        postcode_required=country in _WITH_POSTCODE,
        city_label=_("District") if country in ("HK", "MO") else _("City"),
    )


def countries(shop: Shop, language: str) -> list[tuple[str, str]]:
    """The countries that a shop sends to, by their names in that language; its own first."""
    rates = Rate.objects.filter(method__shop=shop, method__active=True).exclude(method__kind=MethodKind.PICKUP)
    named = set(rates.values_list("country", flat=True).distinct())
    territories = {str(code): names.country(str(code), language) for code in locale(language).territories}
    if "" in named or not named:
        codes = {code for code in territories if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES}
    else:
        codes = named | ({shop.country} if shop.country else set())
    known = sorted(((code, territories.get(code, code)) for code in codes), key=lambda pair: pair[1])
    return sorted(known, key=lambda pair: pair[0] != shop.country)


_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
