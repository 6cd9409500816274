"""The countries where people live, in the order in which people of one of them look for the others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from tartib.l10n import names, normal
from tartib.l10n.names import locale

# Nobody lives there all the year, or it is no country: nothing is sent there.
_UNINHABITED: Final = frozenset(
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


def listed(home: str, language: str) -> list[tuple[str, str]]:
    """Every country where people live, by its name in that language: `home` first, then its neighbours."""
    return list(_listed(home, names.language(language)))


@lru_cache(maxsize=256)
def _listed(home: str, language: str) -> tuple[tuple[str, str], ...]:
    codes = [str(code) for code in locale(language).territories]
    known = [code for code in codes if len(code) == 2 and code.isalpha() and code not in _UNINHABITED]
    called = {code: names.country(code, language) for code in known}
    near = [code for code in (home, *_NEIGHBOURS.get(home, ())) if code in called]
    others = sorted(set(known) - set(near), key=lambda code: (normal.sort_key(called[code], language), code))
    return tuple((code, called[code]) for code in (*near, *others))
