"""Opening hours in the words and digits of a language."""

import pytest

from tartib.l10n.opening import show_week

DAY, SHORT = [[540, 1080]], [[600, 840]]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["Mon–Fri 09:00–18:00", "Sat 10:00–14:00"]),
        ("fa", ["دوشنبه تا جمعه ۰۹:۰۰–۱۸:۰۰", "شنبه ۱۰:۰۰–۱۴:۰۰"]),
        ("zh-hant", ["週一至週五 09:00–18:00", "週六 10:00–14:00"]),
    ],
)
def test_like_days_are_said_as_one(language: str, lines: list[str]) -> None:
    assert show_week([DAY, DAY, DAY, DAY, DAY, SHORT, []], language) == lines


def test_a_week_begins_after_the_day_off_and_a_day_may_have_a_break() -> None:
    broken = [[540, 720], [780, 1080]]
    assert show_week([DAY, DAY, DAY, [], [], DAY, broken], "en") == [
        "Sat 09:00–18:00", "Sun 09:00–12:00, 13:00–18:00", "Mon–Wed 09:00–18:00",
    ]  # fmt: skip
