"""What is unusual about an order, judged from what is known of it. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tartib.customers.address import Address
from tartib.l10n import phones
from tartib.l10n.fold import fold
from tartib.risk.models import Signal

Params = Mapping[str, object]
_LONGEST_WORD = 60


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an order. Countries are ISO 3166-1 alpha-2 or empty; `same_*` count the order itself as well."""

    case_id: int
    name: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    ip_country: str = ""
    ship_to: Address = field(default_factory=Address)
    bill_to: Address = field(default_factory=Address)
    note: str = ""
    card_countries: Sequence[str] = ()
    amount: Decimal | None = None
    same_ip: int = 0
    same_customer: int = 0
    same_card: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """What the shop takes for unusual: more than `most` orders within `hours`, an amount above `ceiling`."""

    hours: int = 24
    most: int = 3
    ceiling: Decimal | None = None
    usual: Decimal | None = None
    words: Sequence[str] = ()


def judge(known: Known, measure: Measure) -> dict[str, Params]:
    """The signals of an order, each with the figures of its reason."""
    return dict(_signals(known, measure))


def disposable(email: str) -> bool:
    """Whether the address belongs to a service that gives out addresses to be thrown away."""
    from disposable_email_domains import blocklist  # long, and asked for by new orders alone

    parts = email.rpartition("@")[2].strip().rstrip(".").lower().split(".")
    return any(".".join(parts[start:]) in blocklist for start in range(len(parts) - 1))


def _signals(known: Known, measure: Measure) -> Iterator[tuple[str, Params]]:
    places = _places(known)
    if others := _others(known.ip_country, places):
        yield Signal.IP_COUNTRY, {"country": known.ip_country, "others": others}
    for card in known.card_countries:
        if others := _others(card, [("ip", known.ip_country), *places]):
            yield Signal.CARD_COUNTRY, {"country": card, "others": others}
    countries = phones.countries(known.phone)
    if countries and places[0][1] and not any(place in countries for _what, place in places):
        yield Signal.PHONE_COUNTRY, {"country": countries[0], "others": places[:1]}
    if _strangers(known.ship_to.name or known.name, known.bill_to.name):
        yield Signal.NAMES, {"one": known.ship_to.name or known.name, "other": known.bill_to.name}
    if disposable(known.email):
        yield Signal.EMAIL, {"domain": known.email.rpartition("@")[2]}
    counts = {"card": known.same_card, "ip": known.same_ip, "customer": known.same_customer}
    by = max(counts, key=lambda one: counts[one])
    if counts[by] > measure.most:
        yield Signal.VELOCITY, {"by": by, "count": counts[by], "hours": measure.hours}
    if known.amount is not None and measure.ceiling is not None and known.amount > measure.ceiling:
        yield Signal.AMOUNT, {"usual": str(measure.usual)}
    if found := _found(known, measure.words):
        yield Signal.WORDS, {"words": found}


def _places(known: Known) -> list[tuple[str, str]]:
    """The countries the order is about: where it goes, where the bill goes, else where the customer is from."""
    given = [("delivery", known.ship_to.country.upper()), ("billing", known.bill_to.country.upper())]
    named = [place for place in given if len(place[1]) == 2]
    return named or [("customer", known.country.upper())]


def _others(country: str, places: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The places in another country, each country once."""
    if not country:
        return []
    differing = {place: what for what, place in reversed(places) if place and place != country.upper()}
    return [(what, place) for place, what in reversed(differing.items())]


def _strangers(one: str, other: str) -> bool:
    """Whether two names have no word in common, so far as they can be compared: names of one script."""
    words, others = set(fold(one).split()), set(fold(other).split())
    comparable = bool(words and others) and _latin(one) == _latin(other)
    return comparable and not words & others


def _latin(text: str) -> bool:
    return any("a" <= letter <= "z" for letter in fold(text))


def _found(known: Known, words: Sequence[str]) -> list[str]:
    if not words:
        return []
    said = [known.name, known.email, known.phone, known.note, *known.ship_to.lines, *known.bill_to.lines]
    text = fold("\n".join(said))
    return [word for word in words if fold(word[:_LONGEST_WORD]).strip() and fold(word[:_LONGEST_WORD]).strip() in text]
