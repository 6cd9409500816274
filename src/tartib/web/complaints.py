"""What fields of forms say is wrong, in the product's own words: Django's stand in every form, of every face.

Numbers in them are said with the digits of whoever reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core import validators
from django.forms import fields
from django.forms import models as of_models
from django.utils.translation import gettext, gettext_lazy, ngettext

from tartib.l10n import digits
from tartib.web import audience

_CHOOSE = gettext_lazy("Please choose one of what is offered.")
_UNREADABLE = gettext_lazy("This cannot be read. Please write it another way.")
_URL = gettext_lazy("This is no web address, such as https://example.com/.")
_FILE = gettext_lazy("Please choose a file.")


class Counted:
    """A message about a limit, in the plural and the digits of whoever reads; filled in like any other message."""

    def __init__(self, words: Callable[[int], str]) -> None:
        self.words = words

    def __mod__(self, given: Mapping[str, Any]) -> str:
        """The message with `limit`, the number that is allowed, and `given`, the one there is."""
        tag = audience.current().tag
        limit, shown = given["limit_value"], given["show_value"]
        return self.words(limit) % {"limit": digits.number(limit, tag), "given": digits.number(shown, tag)}


def speak() -> None:
    """Let all fields of forms that are made from now on complain in these words."""
    said: dict[Any, dict[str, Any]] = {
        fields.Field: {"required": gettext_lazy("Please fill this in.")},
        fields.IntegerField: {"invalid": gettext_lazy("Write a whole number.")},
        fields.UUIDField: {"invalid": _UNREADABLE},
        fields.URLField: {"invalid": _URL},
        fields.ChoiceField: {"invalid_choice": _CHOOSE},
        fields.MultipleChoiceField: {"invalid_choice": _CHOOSE, "invalid_list": _CHOOSE},
        of_models.ModelChoiceField: {"invalid_choice": _CHOOSE},
        fields.FileField: {
            "invalid": _FILE,
            "missing": _FILE,
            "empty": gettext_lazy("This file is empty. Please choose another one."),
            "max_length": gettext_lazy("The name of this file is too long. Please give it a shorter one."),
            "contradiction": gettext_lazy("Either choose a file or have the present one removed, not both."),
        },
    }
    for kind, messages in said.items():
        kind.default_error_messages = {**kind.default_error_messages, **messages}
    validators.EmailValidator.message = gettext_lazy("This is not an e-mail address, such as name@example.com.")
    validators.URLValidator.message = _URL
    validators.ProhibitNullCharactersValidator.message = gettext_lazy(
        "This holds a character that cannot be kept. Please write it anew."
    )
    limits: dict[Any, Counted] = {
        validators.MaxLengthValidator: Counted(_at_most),
        validators.MinValueValidator: Counted(lambda _limit: gettext("Write %(limit)s or more.")),
        validators.MaxValueValidator: Counted(lambda _limit: gettext("Write %(limit)s or less.")),
    }
    for validator, message in limits.items():
        validator.message = message


def _at_most(limit: int) -> str:
    return ngettext(
        "Write at most %(limit)s character; here are %(given)s.",
        "Write at most %(limit)s characters; here are %(given)s.",
        limit,
    )
