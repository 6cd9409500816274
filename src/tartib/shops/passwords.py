"""What makes a password good enough, said in the product's own words."""

from __future__ import annotations

from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """At least ten characters."""

    def __init__(self) -> None:
        super().__init__(10)

    def get_error_message(self) -> str:
        """What is wrong with a shorter one."""
        return _("This password has fewer than ten characters. A sentence is easy to remember and hard to guess.")


class NotCommon(CommonPasswordValidator):
    """None of those that everybody tries first."""

    def get_error_message(self) -> str:
        """What is wrong with one of them."""
        return _("Many people use this password, so it is among the first to be tried. Please choose another one.")
