"""What gateways found out about who pays, in a few neutral words that are the same for all of them (`Told.risk`).

`three_d_secure`: passed, attempted, failed, none. `address_check`, `postcode_check` and `cvc_check`: pass, fail,
unavailable. `risk_level`: normal, elevated, highest. `card_country` and `ip_country`: two letters of ISO 3166-1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tartib.l10n import names

_WORDS: dict[str, dict[str, tuple[str | Promise, bool]]] = {
    "risk_level": {
        "normal": (_("Risk: normal"), False),
        "elevated": (_("Risk: elevated"), True),
        "highest": (_("Risk: very high"), True),
    },
    "three_d_secure": {
        "passed": (_("3-D Secure: passed"), False),
        "attempted": (_("3-D Secure: the bank did not take part"), False),
        "failed": (_("3-D Secure: failed"), True),
        "none": (_("3-D Secure: not used"), True),
    },
    "cvc_check": {
        "pass": (_("Security code: right"), False),
        "fail": (_("Security code: wrong"), True),
        "unavailable": (_("Security code: not checked"), False),
    },
    "address_check": {
        "pass": (_("Address: as the bank knows it"), False),
        "fail": (_("Address: not the one the bank knows"), True),
        "unavailable": (_("Address: not checked"), False),
    },
    "postcode_check": {
        "pass": (_("Postcode: as the bank knows it"), False),
        "fail": (_("Postcode: not the one the bank knows"), True),
        "unavailable": (_("Postcode: not checked"), False),
    },
}
_NAME = "3-D Secure"
_COUNTRIES = {"card_country": _("Card from %(country)s"), "ip_country": _("Paid from %(country)s")}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a gateway found, in words, and whether it speaks against the payment."""

    words: str
    against: bool


def known(name: str, value: str) -> dict[str, str]:
    """A finding to be kept, if it is one of the words above; nothing otherwise."""
    if name in _COUNTRIES:
        return {name: value.upper()} if len(value) == 2 and value.isascii() and value.isalpha() else {}
    return {name: value} if value in _WORDS[name] else {}


def read_risk(risk: Mapping[str, str], language: str) -> list[Finding]:
    """What a gateway found, in the words of whoever reads it; what speaks against the payment comes first."""
    meant = [meanings[risk[name]] for name, meanings in _WORDS.items() if risk.get(name) in meanings]
    found = [Finding(str(words).replace(_NAME, names.isolate(_NAME)), against) for words, against in meant]
    found += [
        Finding(str(words) % {"country": names.country(risk[name], language)}, False)
        for name, words in _COUNTRIES.items()
        if risk.get(name)
    ]
    return sorted(found, key=lambda finding: not finding.against)
