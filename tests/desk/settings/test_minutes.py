"""What is kept in seconds is asked for in minutes."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from tartib.web.forms import Minutes


def test_minutes_are_kept_as_seconds_and_shown_as_minutes() -> None:
    field = Minutes(most=60)
    assert field.clean("۲") == 120
    assert field.prepare_value(120) == 2
    assert field.prepare_value(90) == 2, "a minute that was begun counts whole"
    assert field.prepare_value("1.5") == "1.5", "what was typed stays"
    with pytest.raises(ValidationError):
        field.clean("61")
