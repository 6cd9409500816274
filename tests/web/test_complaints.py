"""What forms complain of is said in the product's own words, in every form of every face."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver

from tartib.web import audience
from tests.factories import make_shop

LOCALE = Path(django.__file__).parent / "conf/locale/en/LC_MESSAGES/django.po"


def _kinds(of: type[forms.Form]) -> Iterator[type[forms.Form]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _stock() -> set[str]:
    """All that Django says by itself in English."""
    said = LOCALE.read_text(encoding="utf-8").split("\nmsgid ")[1:]
    return {ast.literal_eval("(" + entry.partition("\nmsg")[0].split("\n\n")[0] + ")") for entry in said}


def test_no_field_of_any_form_says_what_django_says() -> None:
    assert get_resolver().url_patterns, "all forms are loaded with the addresses of their pages"
    stock, found = _stock(), []
    ours = [kind for kind in _kinds(forms.Form) if kind.__module__.startswith("tartib.")]
    assert len(ours) > 40, "forms are missing"
    for kind in ours:
        for name, field in kind.base_fields.items():
            of_validators = [getattr(validator, "message", "") for validator in field.validators]
            said = {str(message) for message in [*field.error_messages.values(), *of_validators]}
            found += [f"{kind.__name__}.{name}: {message}" for message in said & stock]
    assert not found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (forms.CharField(), "", "لطفاً این را پر کنید."),
        (forms.CharField(max_length=3), "abcdef", "حداکثر ۳ نویسه بنویسید؛ اکنون ۶ نویسه است."),
        (forms.IntegerField(max_value=1200), "1300", "۱٬۲۰۰ یا کمتر بنویسید."),
        (forms.ChoiceField(choices=[("a", "A")]), "b", "لطفاً یکی از گزینه‌ها را انتخاب کنید."),
        (forms.EmailField(), "me", "این نشانی ایمیل نیست؛ نمونهٔ درست: name@example.com."),
    ],
)
def test_a_complaint_is_in_the_language_and_the_digits_of_its_reader(field: forms.Field, value: str, said: str) -> None:
    with audience.reading(make_shop(), "fa"):
        with pytest.raises(ValidationError) as refused:
            field.clean(value)
        assert refused.value.messages == [said]
