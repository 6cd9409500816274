"""Telephone numbers in one form: digits, with + and the country's code where the country is known.

A table of the countries whose shops and customers use the product, from the ITU's national numbering plans; every
other country's numbers are kept as they are when they come with + or 00.
"""

import re
from dataclasses import dataclass
from typing import Final

from tartib.speech import digits


@dataclass(frozen=True, slots=True)
class Plan:
    """A country's numbering: its code, the prefix dialled inside it, the lengths of a number without either."""

    code: str
    trunk: str
    lengths: range
    abroad: tuple[str, ...] = ("00",)


PLANS: Final[dict[str, Plan]] = {
    "IR": Plan("98", "0", range(10, 11)),
    "UA": Plan("380", "0", range(9, 10)),
    "SA": Plan("966", "0", range(8, 10)),
    "AE": Plan("971", "0", range(8, 10)),
    "KW": Plan("965", "", range(8, 9)),
    "QA": Plan("974", "", range(8, 9)),
    "BH": Plan("973", "", range(8, 9)),
    "OM": Plan("968", "", range(8, 9)),
    "IQ": Plan("964", "0", range(8, 11)),
    "JO": Plan("962", "0", range(8, 10)),
    "LB": Plan("961", "0", range(7, 9)),
    "EG": Plan("20", "0", range(8, 11)),
    "YE": Plan("967", "0", range(7, 10)),
    "AF": Plan("93", "0", range(9, 10)),
    "TR": Plan("90", "0", range(10, 11)),
    "HK": Plan("852", "", range(8, 9), ("00", "001")),
    "MO": Plan("853", "", range(8, 9)),
    "TW": Plan("886", "0", range(8, 10), ("00", "002")),
    "CN": Plan("86", "0", range(10, 12)),
    "US": Plan("1", "1", range(10, 11), ("011",)),
    "CA": Plan("1", "1", range(10, 11), ("011",)),
    "GB": Plan("44", "0", range(9, 11)),
    "DE": Plan("49", "0", range(7, 12)),
    "PL": Plan("48", "", range(9, 10)),
}

_BY_CODE: Final = {plan.code: plan for plan in PLANS.values()}
# Longest first, so that 380 is tried before 38 or 3 would be.
_CODE_LENGTHS: Final = sorted({len(code) for code in _BY_CODE}, reverse=True)

_NUMBER: Final = re.compile(r"[+(]*\s*\d[\d\s().\-/\u2010-\u2015\u00a0]*")
# Nothing to clean: most numbers come so, from files as from here.
_ONE_FORM: Final = re.compile(r"\+[0-9]{7,}")
_TRUNK_IN_BRACKETS: Final = re.compile(r"\(\s*0\s*\)")
_E164_LENGTH: Final = range(7, 16)


def phone(text: str, country: str | None = None) -> str:
    """The number in one form: "+989121234567" where the country is known, else its digits; "" when there is none.

    `country` is the ISO code of the shop's or the address's country: it makes 0912 123 4567 an Iranian number.
    What follows the number (an extension, a note) is dropped.
    """
    if _ONE_FORM.fullmatch(text):
        return _international(text[1:])
    cleaned = digits.latin(text).replace("\uff0b", "+")
    found = _NUMBER.search(cleaned)
    if not found:
        return ""
    written = found[0]
    international = "+" in written
    if international or written.lstrip("( ").startswith("00"):
        written = _TRUNK_IN_BRACKETS.sub("", written)
    bare = re.sub(r"\D", "", written)
    plan = PLANS.get((country or "").upper())
    if not international:
        for prefix in sorted(plan.abroad if plan else ("00",), key=len, reverse=True):
            if bare.startswith(prefix) and len(bare) - len(prefix) >= 10:
                bare, international = bare[len(prefix) :], True
                break
    if international:
        return _international(bare)
    return (plan and _national(bare, plan)) or _recognised(bare) or bare


def spellings(number: str) -> list[str]:
    """The digit strings under which people look a number up: with the country's code, and as dialled inside it."""
    bare = number.lstrip("+")
    if not number.startswith("+"):
        return [bare] if bare else []
    plan = _plan_of(bare)
    if plan is None or not plan.trunk or plan.code == plan.trunk:
        return [bare]
    return [bare, plan.trunk + bare[len(plan.code) :]]


def countries(number: str) -> tuple[str, ...]:
    """The countries whose code an international number begins with, as ISO codes; none where that is unknown."""
    plan = _plan_of(number.lstrip("+")) if number.startswith("+") else None
    return tuple(country for country, other in PLANS.items() if plan and other.code == plan.code)


def core(text: str) -> str:
    """The digits of a number without country code or trunk prefix: the part that every spelling of it ends with."""
    number = phone(text)
    bare = number.lstrip("+")
    plan = _plan_of(bare) if number.startswith("+") else None
    return (bare[len(plan.code) :] if plan else bare).lstrip("0")


def _international(bare: str) -> str:
    plan = _plan_of(bare)
    if plan and plan.trunk == "0" and bare[len(plan.code) :].startswith("0"):
        bare = plan.code + bare[len(plan.code) + 1 :]
    return f"+{bare}" if len(bare) in _E164_LENGTH else bare


def _national(bare: str, plan: Plan) -> str | None:
    """A number as dialled inside the country, made international; None when it is not one."""
    national = bare.removeprefix(plan.trunk)
    if national != bare and len(national) in plan.lengths and not national.startswith("0"):
        return f"+{plan.code}{national}"
    if plan.code == "380" and bare.startswith("80") and len(bare) == 11:  # the old long-distance prefix 8
        return f"+3{bare}"
    if bare.startswith(plan.code) and len(bare) - len(plan.code) in plan.lengths and bare[len(plan.code)] != "0":
        return f"+{bare}"
    if len(bare) in plan.lengths and not bare.startswith("0"):
        return f"+{plan.code}{bare}"
    return None


def _recognised(bare: str) -> str | None:
    """A number written with its country code but without +: only where nothing else has that shape."""
    if len(bare) < 11 or bare.startswith("0"):
        return None
    plan = _plan_of(bare)
    if plan is None or len(plan.code) < 2 or len(bare) - len(plan.code) not in plan.lengths:
        return None
    mobile = bare[len(plan.code)] in {"98": "9", "90": "5", "86": "1", "20": "1", "44": "7"}.get(
        plan.code, "0123456789"
    )
    return f"+{bare}" if mobile else None


def _plan_of(bare: str) -> Plan | None:
    for length in _CODE_LENGTHS:
        if plan := _BY_CODE.get(bare[:length]):
            return plan
    return None
