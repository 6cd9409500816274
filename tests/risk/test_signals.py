"""What is taken for unusual about an order, and what is not (E9)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tartib.customers.address import Address
from tartib.flow.words import LANGUAGES
from tartib.risk.models import Check, Signal
from tartib.risk.reasons import say
from tartib.risk.signals import Known, Measure, disposable, judge

HOME = Known(
    1,
    "Olena Bondar",
    "olena@example.com",
    "+380501112233",
    "UA",
    "UA",
    Address(name="Olena Bondar", country="UA"),
    Address(name="Olena Bondar", country="UA"),
    amount=Decimal(100),
    same_ip=1,
    same_customer=1,
)


def changed(**values: object) -> Known:
    """An ordinary order, but for `values`."""
    from dataclasses import replace

    return replace(HOME, **values)  # type: ignore[arg-type]


def test_an_ordinary_order_has_nothing_unusual() -> None:
    measure = Measure(ceiling=Decimal(500), usual=Decimal(100), words=["forwarder"])
    assert judge(HOME, measure) == {}
    assert judge(Known(1), measure) == {}


@pytest.mark.parametrize(
    ("values", "signal", "params"),
    [
        ({"ip_country": "PL"}, Signal.IP_COUNTRY, {"country": "PL", "others": [("delivery", "UA")]}),
        (
            {"ip_country": "PL", "ship_to": Address(), "bill_to": Address()},
            Signal.IP_COUNTRY,
            {"country": "PL", "others": [("customer", "UA")]},
        ),
        (
            {"bill_to": Address(name="Olena Bondar", country="DE")},
            Signal.IP_COUNTRY,
            {"country": "UA", "others": [("billing", "DE")]},
        ),
        ({"card_countries": ["US"]}, Signal.CARD_COUNTRY, {"country": "US", "others": [("ip", "UA")]}),
        ({"phone": "+989121234567"}, Signal.PHONE_COUNTRY, {"country": "IR", "others": [("delivery", "UA")]}),
        (
            {"bill_to": Address(name="Sam Reed", country="UA")},
            Signal.NAMES,
            {"one": "Olena Bondar", "other": "Sam Reed"},
        ),
        ({"email": "x@mailinator.com"}, Signal.EMAIL, {"domain": "mailinator.com"}),
        ({"same_ip": 4}, Signal.VELOCITY, {"by": "ip", "count": 4, "hours": 24}),
        ({"same_customer": 9, "same_ip": 4}, Signal.VELOCITY, {"by": "customer", "count": 9, "hours": 24}),
        ({"same_card": 5, "same_ip": 4}, Signal.VELOCITY, {"by": "card", "count": 5, "hours": 24}),
        ({"amount": Decimal("500.01")}, Signal.AMOUNT, {"usual": "100"}),
        ({"note": "Send to my Forwárder!"}, Signal.WORDS, {"words": ["forwarder"]}),
    ],
)
def test_what_is_unusual_is_named_with_its_figures(
    values: dict[str, object], signal: str, params: dict[str, object]
) -> None:
    measure = Measure(ceiling=Decimal(500), usual=Decimal(100), words=["forwarder", "  "])
    assert judge(changed(**values), measure) == {signal: params}


@pytest.mark.parametrize(
    "values",
    [
        {"ip_country": ""},
        {"ship_to": Address(country="Ukraine"), "bill_to": Address()},
        {"card_countries": ["UA"]},
        {"phone": "0501112233"},
        {"phone": "+999999999999"},
        {"bill_to": Address(name="Бондар Олена", country="UA")},
        {"bill_to": Address(name="BONDAR O.", country="UA")},
        {"same_ip": 3, "same_customer": 3},
        {"amount": None},
        {"amount": Decimal(500)},
        {"email": "not-an-address"},
        {"email": ""},
    ],
)
def test_what_cannot_be_compared_and_what_is_just_within_is_not_unusual(values: dict[str, object]) -> None:
    assert judge(changed(**values), Measure(ceiling=Decimal(500), usual=Decimal(100))) == {}


def test_the_neighbour_that_shares_a_calling_code_is_not_another_country() -> None:
    canada = Address(name="Sam Reed", country="CA")
    assert judge(Known(1, "Sam Reed", "", "+14165550123", "CA", "CA", canada, canada), Measure()) == {}


def test_throwaway_addresses_are_known_below_their_domains_too() -> None:
    assert disposable("a@inbox.mailinator.com")
    assert disposable("A@MAILINATOR.COM.")
    assert not disposable("a@gmail.com")
    assert not disposable("a@com")


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=40))
def test_whatever_people_wrote_is_judged(email: str, phone: str, name: str) -> None:
    judge(changed(email=email, phone=phone, bill_to=Address(name=name, country=name[:2])), Measure(words=[name, phone]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_signal_says_why_in_every_language(language: str) -> None:
    params = {
        Signal.IP_COUNTRY: {"country": "PL", "others": [["delivery", "UA"], ["billing", "DE"]]},
        Signal.CARD_COUNTRY: {"country": "US", "others": [["ip", "UA"]]},
        Signal.PHONE_COUNTRY: {"country": "IR", "others": [["customer", "UA"]]},
        Signal.NAMES: {"one": "Olena", "other": "Sam"},
        Signal.EMAIL: {"domain": "mailinator.com"},
        Signal.VELOCITY: {"by": "ip", "count": 4, "hours": 24},
        Signal.AMOUNT: {"usual": "100"},
        Signal.WORDS: {"words": ["forwarder"]},
    }
    assert set(params) == set(Signal)
    said = {}
    for signal, figures in params.items():
        with override(language):
            said[signal] = say(Check(signal=signal, params=figures), language, "UAH")
        with override("en"):
            english = say(Check(signal=signal, params=figures), "en", "UAH")
        assert "%(" not in said[signal]
        assert language == "en" or said[signal] != english
    assert "mailinator.com" in said[Signal.EMAIL]
