"""Counting SMS as the standard splits them."""

from __future__ import annotations

import pytest

from tartib.l10n.sms import size


@pytest.mark.parametrize(
    ("text", "length", "parts", "latin", "room"),
    [
        ("", 0, 1, True, 160),
        ("a" * 160, 160, 1, True, 0),
        ("a" * 161, 161, 2, True, 145),
        ("a" * 306, 306, 2, True, 0),
        ("a" * 307, 307, 3, True, 152),
        ("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\n\r", 44, 1, True, 116),
        ("^{}\\[~]|€\f", 20, 1, True, 140),
        ("€" * 80, 160, 1, True, 0),
        ("€" * 81, 162, 2, True, 143),
        # A letter of two units is not torn: the first of these holds 152 units.
        ("€" * 153, 306, 3, True, 151),
        ("س" * 70, 70, 1, False, 0),
        ("س" * 71, 71, 2, False, 63),
        ("訂" * 134, 134, 2, False, 0),
        ("訂" * 135, 135, 3, False, 66),
        ("😀" * 35, 70, 1, False, 0),
        ("😀" * 36, 72, 2, False, 61),
        # Nor is an emoji: of 67 units each message holds 33 of them.
        ("😀" * 67, 134, 3, False, 65),
        ("є" + "a" * 69, 70, 1, False, 0),
        ("`", 1, 1, False, 69),
        ("ç", 1, 1, False, 69),
        ("۱۲۳ پیامک", 9, 1, False, 61),
    ],
)
def test_an_sms_is_counted_as_providers_count(text: str, length: int, parts: int, latin: bool, room: int) -> None:
    counted = size(text)
    assert (counted.length, counted.parts, counted.latin, counted.room) == (length, parts, latin, room)


@pytest.mark.parametrize("text", ["a" * 150, "a" * 400, "س" * 60, "س" * 300, "ї" * 134 + "😀"])
def test_what_fits_does_not_take_another_message(text: str) -> None:
    counted = size(text)
    more = "a" if counted.latin else "є"
    assert size(text + more * counted.room).parts == counted.parts
    assert size(text + more * (counted.room + 1)).parts == counted.parts + 1
