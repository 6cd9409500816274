"""Who is told by what: contact points, consents, what came back, the shop's services and its switches."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest

from tartib.notify.models import Reason
from tartib.notify.reaching import CONFIRMATION, Rules, ways
from tartib.notify.sql import Person

MAIL, PHONE = "nour@example.com", "+380441234567"
EMAIL_AND_PUSH = ("email", "push")


def person(**changes: object) -> Person:
    """A customer with both contact points who declined nothing."""
    usual = Person(MAIL, PHONE, True, True, True, True)
    return usual._replace(**changes)  # type: ignore[arg-type]


def rules(switches: Mapping[str, str] | None = None, *, service: bool = True, stand_in: bool = True) -> Rules:
    """A shop's rules; `switches` of the status "packed" by channel."""
    unready = {"email": "", "sms": "" if service else Reason.NO_SERVICE, "push": ""}
    return Rules(stand_in, unready, {("packed", channel): sending for channel, sending in (switches or {}).items()})


def told(who: Person | None, named: tuple[str, ...], shop: Rules, **how: bool) -> list[str]:
    """The channels by which they are told, those that are switched off in brackets."""
    found = ways(who, ["a browser"], named, shop, status="packed", **how)
    return [f"({way.channel})" if way.off else way.channel for way in found]


@pytest.mark.parametrize(
    ("email", "phone", "wants_email", "wants_sms", "service", "stand_in"), list(product((True, False), repeat=6))
)
def test_letters_stand_in_for_each_other(
    email: bool, phone: bool, wants_email: bool, wants_sms: bool, service: bool, stand_in: bool
) -> None:
    """D5, E7: whoever can be told by either letter and wants it is told by one, and a device never replaces it."""
    who = person(
        email=MAIL if email else "", phone=PHONE if phone else "", wants_email=wants_email, wants_sms=wants_sms
    )
    by_email, by_sms = email and wants_email, phone and wants_sms and service
    shop = rules(service=service, stand_in=stand_in)
    letters = [way for way in told(who, EMAIL_AND_PUSH, shop) if way != "push"]
    assert letters == (["email"] if by_email else ["sms"] if by_sms and stand_in else [])
    assert told(who, EMAIL_AND_PUSH, shop)[-1] == "push"
    letters = told(who, ("sms",), shop)
    assert letters == (["sms"] if by_sms else ["email"] if by_email and stand_in else [])
    assert told(who, ("email", "sms"), shop) == ["email"] * by_email + ["sms"] * by_sms


@pytest.mark.parametrize(
    ("changes", "named", "expected"),
    [
        ({"email_refuses": True}, ("email",), ["sms"]),
        ({"email_refuses": True, "phone": ""}, ("email",), ["email"]),
        ({"email_refuses": True, "phone_refuses": True}, ("email",), ["email"]),
        ({"phone_refuses": True}, ("sms",), ["email"]),
        ({"email_refuses": True}, ("email", "sms"), ["sms"]),
        ({}, (), []),
    ],
    ids=["came back", "nothing else", "both came back", "number refused", "both named", "nobody"],
)
def test_an_address_that_refused_a_letter_is_the_last_choice(
    changes: dict[str, object], named: tuple[str, ...], expected: list[str]
) -> None:
    assert told(person(**changes), named, rules()) == expected


@pytest.mark.parametrize(
    ("switches", "phone_only", "expected"),
    [
        ({"email": "never"}, False, ["(email)", "push"]),
        ({"email": "never", "sms": "always"}, False, ["sms", "(email)", "push"]),
        ({"sms": "never"}, True, ["push"]),
        ({"sms": "always"}, False, ["email", "sms", "push"]),
        ({"sms": "always", "email": "instead"}, False, ["sms", "push"]),
        ({"push": "never"}, False, ["email", "(push)"]),
    ],
)
def test_switches_of_the_shop_decide(switches: dict[str, str], phone_only: bool, expected: list[str]) -> None:
    """A5: each message can be switched by status and channel, and that it was not sent is told apart."""
    who = person(email="") if phone_only else person()
    assert told(who, EMAIL_AND_PUSH, rules(switches)) == expected


def test_switches_say_nothing_of_what_is_chosen_by_hand_and_cannot_silence_the_confirmation() -> None:
    shop = rules({"email": "never"})
    assert [way.channel for way in ways(person(), [], ("email",), shop)] == ["email"]
    silenced = Rules(True, shop.unready, {(CONFIRMATION, "email"): "never", (CONFIRMATION, "push"): "never"})
    found = ways(person(), ["a browser"], EMAIL_AND_PUSH, silenced, status=CONFIRMATION)
    assert [(way.channel, way.off) for way in found] == [("email", False), ("push", True)]


def test_what_is_chosen_by_hand_is_tried_without_a_service() -> None:
    """E7: staff see that an SMS they chose cannot go; the customer is told by e-mail."""
    assert told(person(), ("sms",), rules(service=False), by_hand=True) == ["email", "sms"]
    assert told(person(email=""), ("sms",), rules(service=False)) == []
