"""Form fields that read what people write in any of the five languages, and look alike on every page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tartib.l10n import money
from tartib.l10n.numbers import BadValueError, amount, quantity
from tartib.shops.models import User
from tartib.web import audience
from tartib.web.templatetags.tartib import with_currency


class Amount(forms.Field):
    """Money in the digits and marks of any language, in whole quanta of `currency`, which the label names."""

    def __init__(self, *, currency: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.currency = currency
        self.widget.attrs |= {"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        """The amount as a Decimal."""
        try:
            found = amount(str(value or ""))
        except BadValueError as problem:
            raise ValidationError(_("Write an amount, such as 1240.50.")) from problem
        if found is None:
            return None
        if found < 0:
            raise ValidationError(_("The amount cannot be negative."))
        if self.currency and money.rounded(found, self.currency) != found:
            raise ValidationError(_too_fine(self.currency))
        return found

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        """The field on a page: its label says in which currency the amount is."""
        bound = super().get_bound_field(form, field_name)
        if self.currency:
            bound.label = with_currency(str(bound.label), self.currency)
        return bound

    def prepare_value(self, value: Any) -> Any:
        """The amount with the decimals of its currency."""
        return str(money.rounded(value, self.currency)) if isinstance(value, Decimal) else value


def _too_fine(currency: str) -> str:
    """What is said of an amount with more decimals than its currency has."""
    sign, places = money.symbol(currency, audience.current().tag), money.exponent(currency)
    if not places:
        return _("Amounts in %(currency)s have no decimals.") % {"currency": sign}
    said = ngettext(
        "Amounts in %(currency)s have at most %(places)d decimal.",
        "Amounts in %(currency)s have at most %(places)d decimals.",
        places,
    )
    return said % {"currency": sign, "places": places}


class Whole(forms.Field):
    """A whole number in the digits of any language, from `least` to `most`."""

    def __init__(self, *, least: int = 0, most: int = 1_000_000, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most
        self.widget.attrs |= {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        """The number as an int."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            found = quantity(text)
        except BadValueError as problem:
            raise ValidationError(_("Write a whole number.")) from problem
        if not self.least <= found <= self.most:
            limits = {"least": self.least, "most": self.most}
            raise ValidationError(_("Write a number from %(least)d to %(most)d.") % limits)
        return found


class Minutes(Whole):
    """A whole number of minutes, of what is kept in seconds; a minute that was begun is shown as a whole one."""

    def prepare_value(self, value: Any) -> Any:
        """Minutes, of seconds; what somebody typed stays as it is."""
        return -(-value // 60) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """The minutes, in seconds."""
        found = super().to_python(value)
        return None if found is None else found * 60


class Dressed(forms.Form):
    """A form whose fields wear the classes of the page's style."""

    def __init__(self, *given: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*given, **options)
        self.use_required_attribute = False
        for field in self.fields.values():
            dress(field)

    def refuse(self, problem: ValidationError) -> None:
        """Put what a domain operation refused beside the fields it is about, what is not a field's above them all."""
        messages = problem.message_dict if hasattr(problem, "error_dict") else {"__all__": problem.messages}
        for name, said in messages.items():
            self.add_error(name if name in self.fields else None, ValidationError(said))


class PasswordForm(Dressed):
    """A new password for `user`."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=500,
        strip=False,
        help_text=gettext_lazy("At least ten characters. A sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr", "autofocus": True}),
    )

    def __init__(self, user: User, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.user = user

    def clean_password(self) -> str:
        """A password that is not too easy."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password


def dress(field: forms.Field) -> None:
    """Give a field's widget the class of its kind."""
    widget = field.widget
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
        css = "form-check-input"
    elif isinstance(widget, forms.Select):
        css = "form-select"
    else:
        css = "form-control"
    widget.attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()


def number_of(text: str) -> int | None:
    """The number of a record as an address or a form names it; None for anything else."""
    return int(text) if text.isdecimal() and len(text) < 19 else None
