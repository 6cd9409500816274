"""A day as the people of a shop write it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from tartib.l10n.typed_dates import NotADayError
from tartib.web import days


class Day(forms.Field):
    """A day in the shop's calendar and in any digits; the browser's own date field where the calendar allows."""

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """The field as this page's reader types days."""
        attributes = days.attributes()
        self.widget.input_type = attributes.pop("type")
        self.widget.attrs |= attributes
        return super().get_bound_field(form, field_name)

    def to_python(self, value: Any) -> date | None:
        """The day as a Gregorian date."""
        text = str(value or "").strip()
        try:
            return days.read_day(text) if text else None
        except NotADayError as problem:
            raise ValidationError(days.explain(problem)) from problem

    def prepare_value(self, value: Any) -> Any:
        """The day as it is typed."""
        return days.typed(value) if isinstance(value, date) else value
