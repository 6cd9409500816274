"""Contact data by the API: never altered or lost without a word."""

from __future__ import annotations

import pytest

from tartib.customers.models import Customer
from tests.api.client import Program, order
from tests.factories import make_shop

pytestmark = pytest.mark.django_db


def place(country: str, customer: dict[str, str], **more: object) -> tuple[dict[str, object], list[tuple[str, str]]]:
    answer = Program(make_shop(country=country)).post("/orders", order(customer=customer, **more))
    assert answer.status_code == 201, answer.content
    said = answer.json()
    return said["customer"], [(one["pointer"], one["code"]) for one in said["warnings"]]


@pytest.mark.parametrize(
    ("country", "phone", "number", "code"),
    [
        ("GB", "call me", "", "phone-unreadable"),
        ("GB", "050 123 45 67", "0501234567", "phone-unknown"),
        ("SA", "0501234567 / 0559876543", "+966501234567", "phone-second"),
        ("GB", "07911 123456 ext. 5", "+447911123456", "phone-extension"),
        ("GB", "020 7946 0018", "+442079460018", "phone-no-sms"),
        ("HK", "447911123456", "+447911123456", "phone-abroad"),
        ("GB", "07911 123456 (Mum)", "+447911123456", "phone-words"),
    ],
)
def test_a_phone_is_kept_as_it_was_written_and_what_is_odd_is_said(
    country: str, phone: str, number: str, code: str
) -> None:
    customer, warnings = place(country, {"name": "Jo", "email": "jo@example.com", "phone": phone})
    assert customer["phone"] == number
    assert warnings == [("#/customer/phone", code)]
    if code != "phone-no-sms":
        assert customer["phone_written"] == phone


def test_a_given_name_is_what_greetings_use_while_it_is_a_part_of_the_name() -> None:
    place("GB", {"name": "Jo Reed", "given_name": "Jo", "email": "jo@example.com"})
    person = Customer.objects.get()
    assert person.greeted == "Jo"
    person.name = "Joan Baker"
    assert person.greeted == "Joan Baker"


def test_an_order_of_somebody_who_cannot_be_reached_says_so() -> None:
    assert place("UA", {"name": "Jo"})[1] == [("#/customer", "no-contact")]


def test_a_postcode_that_its_country_does_not_have_is_kept_and_said() -> None:
    body = {"line1": "1 Road", "city": "London", "postcode": "12345", "country": "GB"}
    _customer, warnings = place("GB", {"email": "jo@example.com"}, ship_to=body)
    assert warnings == [("#/ship_to/postcode", "postcode-unlike")]


@pytest.mark.parametrize("email", ["a@b", "jo@", "no address", "jo@exa mple.com"])
def test_an_email_address_that_is_none_is_refused_at_its_place(email: str) -> None:
    answer = Program(make_shop()).post("/orders", order(customer={"email": email}))
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/customer/email"]
    assert not Customer.objects.exists()


def test_an_internationalised_email_address_is_kept() -> None:
    assert place("HK", {"email": "Info@例子.香港"})[0]["email"] == "info@例子.香港"


def test_a_correction_says_the_same_and_forgets_what_was_written_before() -> None:
    program = Program(make_shop(country="SA"))
    code = program.post("/orders", order(customer={"phone": "0501234567 / 0559876543"})).json()["code"]
    clean = program.patch(f"/orders/{code}", {"customer": {"phone": "0559876543"}}).json()
    assert (clean["customer"]["phone_written"], clean["warnings"]) == ("+966559876543", [])
    odd = program.patch(f"/orders/{code}", {"customer": {"phone": "nobody"}}).json()
    assert (odd["customer"]["phone"], odd["customer"]["phone_written"]) == ("", "nobody")
    assert [one["code"] for one in odd["warnings"]] == ["phone-unreadable"]
