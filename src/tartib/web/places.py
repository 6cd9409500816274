"""What an address needs in each country, said in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tartib.l10n import names, postal

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
