"""E6: the receipt of an order, as data in and a PDF out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tartib.billing.receipt import Receipt, ReceiptLine, ReceiptPayment, as_data, pdf, qr_svg, read_receipt, texts

RECEIPT = Receipt(
    language="en", calendar="gregorian", zone="Europe/Kyiv", colour="#0b7a75",
    shop=("Blue Harbour", "", "+380441234567"),
    code="NH-1-2411-0117", number="#1001", placed_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC), currency="UAH",
    lines=(ReceiptLine("Linen shirt", "M", 2, Decimal("120.50"), Decimal(1), Decimal(240)),),
    subtotal=Decimal(240), shipping=Decimal(60), discount=Decimal(0), tax=Decimal(0), total=Decimal(300),
    payments=(
        ReceiptPayment(datetime(2026, 11, 22, 10, tzinfo=UTC), "LiqPay", Decimal(200)),
        ReceiptPayment(datetime(2026, 11, 22, 11, tzinfo=UTC), "", Decimal(-50)),
    ),
    ship_to=("Olena Koval", "Kyiv"), bill_to=(), payment_method="Online", shipping_method="",
    link="https://shop.example.com/t/abc/",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ar", "fa", "uk", "zh-hant"])
def test_every_language_makes_a_pdf(language: str) -> None:
    assert pdf(replace(RECEIPT, language=language)).startswith(b"%PDF")


def test_sums_say_what_is_due_and_leave_out_what_is_nothing() -> None:
    sums = {row["label"]: row["amount"] for row in texts(RECEIPT)["sums"]}
    assert sums == {
        "Subtotal": "₴240.00", "Shipping": "₴60.00", "Total": "₴300.00", "Paid": "₴200.00",
        "Refunded": "−₴50.00", "Still due": "₴150.00",
    }  # fmt: skip


def test_after_a_refund_nothing_is_said_to_be_due_that_was_credited() -> None:
    back = replace(RECEIPT.lines[0], returned=1)
    returned = replace(
        RECEIPT, lines=(back, *RECEIPT.lines[1:]), total=Decimal(200), credited=Decimal(50), subtotal=Decimal(140)
    )
    said = texts(returned)
    labels = [row["label"] for row in said["sums"]]
    assert labels == ["Subtotal", "Shipping", "Total", "Paid", "Refunded"]
    assert said["lines"][0]["notes"][-1] == "1 piece returned"


def test_what_was_paid_too_much_is_said_and_an_order_that_ended_owes_nothing() -> None:
    sums = {row["label"]: row["amount"] for row in texts(replace(RECEIPT, total=Decimal(100)))["sums"]}
    assert (sums["Paid too much"], "Still due" in sums) == ("₴50.00", False)
    labels = {row["label"] for row in texts(replace(RECEIPT, ended=True))["sums"]}
    assert not labels & {"Still due", "Paid too much", "Credited"}


def test_points_take_off_in_a_line_of_their_own() -> None:
    """E4: the sums still add up."""
    spent = replace(RECEIPT, discount=Decimal(20), points=30, by_points=Decimal(15), total=Decimal(265))
    sums = {row["label"]: row["amount"] for row in texts(spent)["sums"]}
    assert (sums["Discount"], sums["30 points"], sums["Total"]) == ("−₴20.00", "−₴15.00", "₴265.00")
    assert "۳۰ امتیاز" in {row["label"] for row in texts(replace(spent, language="fa"))["sums"]}
    assert read_receipt(as_data(spent)) == spent


def test_digits_calendar_and_direction_are_the_readers() -> None:
    """X5."""
    said = texts(replace(RECEIPT, language="fa", calendar="jalali", currency="IRT"))
    assert said["direction"] == "rtl"
    assert "۱۴۰۵" in str(said["facts"])
    assert said["lines"][0]["quantity"] == "۲"


def test_a_colour_that_is_none_is_not_used() -> None:
    assert texts(replace(RECEIPT, colour='red"); panic("'))["colour"] == "#206bc4"


def test_the_code_on_the_page_is_the_link() -> None:
    assert qr_svg(RECEIPT.link).startswith("<svg")


@settings(max_examples=20, deadline=None)
@given(words=st.text(st.characters(codec="utf-8"), max_size=80))
def test_words_are_never_read_as_markup(words: str) -> None:
    line = replace(RECEIPT.lines[0], name=words + '#panic("no") $ *', detail=words)
    assert pdf(replace(RECEIPT, lines=(line,), ship_to=(words,), shop=(words,))).startswith(b"%PDF")
