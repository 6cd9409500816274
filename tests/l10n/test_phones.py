"""Phones: nothing of what was written is lost, and no number is moved to another country in silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.l10n import phones


@pytest.mark.parametrize(
    "typed",
    [
        "050 123 45 67",
        "0501234567",
        "(050) 123-45-67",
        "+380501234567",
        "+38 (050) 123 45 67",
        "00380501234567",
        "380501234567",
        "8 050 123 45 67",
        "٠٥٠ ۱۲۳ 45 67",
    ],
)
def test_nine_spellings_are_one_number(typed: str) -> None:
    found = phones.read_phone(typed, "UA")
    assert (found.number, found.kind, found.said) == ("+380501234567", "mobile", "")


@pytest.mark.parametrize(
    ("typed", "country", "number", "second", "extension"),
    [
        ("0501234567 / 0559876543", "SA", "+966501234567", "+966559876543", ""),
        ("0501234567, 0559876543", "SA", "+966501234567", "+966559876543", ""),
        ("٠٥٠١٢٣٤٥٦٧ أو ٠٥٥٩٨٧٦٥٤٣", "SA", "+966501234567", "+966559876543", ""),
        ("0501234567-0559876543", "SA", "+966501234567", "+966559876543", ""),
        ("+447911123456; 050-123-45-67", "UA", "+447911123456", "+380501234567", ""),
        ("020 7946 0018 ext. 123", "GB", "+442079460018", "", "123"),
        ("021-8888 1234 داخلی 12", "IR", "+982188881234", "", "12"),
        ("2345 6789 內線 8", "HK", "+85223456789", "", "8"),
        ("044 234 56 78 дод. 5", "UA", "+380442345678", "", "5"),
        ("050 123 45 67 (Mum, after 6 pm)", "UA", "+380501234567", "", ""),
    ],
)
def test_what_is_written_beside_a_number_is_read_and_kept(
    typed: str, country: str, number: str, second: str, extension: str
) -> None:
    found = phones.read_phone(typed, country)
    assert (found.number, found.second, found.extension, found.said) == (number, second, extension, typed)


def test_a_country_s_code_written_twice_is_read_once() -> None:
    assert phones.phone("+92 +92 342 1234567", "PK") == "+923421234567"


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("050 123 45 67", "GB", "0501234567"),
        ("0612345678", "GB", "0612345678"),
        ("0912 123 4567", None, "09121234567"),
        ("999", "GB", "999"),
        ("12345", "UA", "12345"),
        ("05012345670559876543", "SA", "05012345670559876543"),
    ],
)
def test_a_number_of_no_country_keeps_its_digits_and_this_is_said(typed: str, country: str | None, kept: str) -> None:
    found = phones.read_phone(typed, country)
    assert (found.number, found.notes, found.said, found.dialled) == (kept, ("unknown",), typed, False)


def test_a_number_is_of_the_first_country_in_which_it_can_be_dialled() -> None:
    assert phones.read_phone("050 111 22 33", "DE", "UA").number == "+380501112233"
    assert phones.read_phone("912 345 678", "PT", "UA").number == "+351912345678"
    assert phones.read_phone("999", "GB", "UA").number == "999"


def test_a_text_without_a_number_is_kept_and_said() -> None:
    found = phones.read_phone("call me", "GB")
    assert (found.number, found.notes, found.said) == ("", ("unreadable",), "call me")


def test_a_number_read_as_another_country_s_says_so() -> None:
    assert phones.read_phone("447911123456", "HK").notes == ("abroad",)
    assert phones.read_phone("+447911123456", "HK").notes == ()


def test_an_international_number_that_no_plan_knows_is_believed() -> None:
    found = phones.read_phone("+44 50 123 4567", "GB")
    assert (found.number, found.notes, phones.textable(found.number)) == ("+44501234567", ("unknown",), True)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+380501234567", True),
        ("+16502530000", True),
        ("+442079460018", False),
        ("+449098790000", False),
        ("+448081570192", False),
        ("0501234567", False),
        ("", False),
    ],
)
def test_sms_go_to_what_may_receive_them(number: str, expected: bool) -> None:
    assert phones.textable(number) is expected


@given(st.text("0123456789+() -/,x۱٣abцд", max_size=40), st.sampled_from((None, "IR", "UA", "HK", "US", "XX")))
def test_what_was_written_is_always_still_there(typed: str, country: str | None) -> None:
    found = phones.read_phone(typed, country)
    letters = [letter for letter in found.written if letter.isalpha()]
    assert found.written == typed.strip()
    assert found.said == found.written or not letters
    assert phones.phone(found.number, country) == found.number or not found.dialled
