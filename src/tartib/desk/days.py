"""A day as the people of a shop write it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tartib.speech import dates
from tartib.web import audience


class Day(forms.Field):
    """A day in the shop's calendar and in any digits; the browser's own date field where the calendar allows."""

    @property
    def calendar(self) -> str:
        """The calendar of the shop the page is about."""
        return audience.current().calendar

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """The field as this page's reader types days."""
        self.widget.attrs |= {"dir": "ltr", "autocomplete": "off"}
        if self.calendar == "gregorian":
            self.widget.input_type = "date"
        else:
            today = self._shown(audience.current().now.date())
            self.widget.attrs |= {"inputmode": "numeric", "placeholder": today}
        return super().get_bound_field(form, field_name)

    def to_python(self, value: Any) -> date | None:
        """The day as a Gregorian date."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return dates.parse_date(text, self.calendar)
        except (ValueError, OverflowError) as problem:
            raise ValidationError(
                _("Write a date, such as %(date)s.") % {"date": self._shown(audience.current().now.date())}
            ) from problem

    def prepare_value(self, value: Any) -> Any:
        """The day as it is typed."""
        return self._shown(value) if isinstance(value, date) else value

    def _shown(self, value: date) -> str:
        if self.calendar == "gregorian":
            return value.isoformat()
        return dates.show_date(value, "en", self.calendar, "UTC", "numeric")
