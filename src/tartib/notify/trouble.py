"""Why a service that messages go by takes nothing for now."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Trouble(TextChoices):
    """Why a provider takes nothing from an account until somebody sees to it there or in the settings."""

    NONE = "", ""
    KEY = "key", _("The provider does not accept the key. Enter the right one.")
    CREDIT = "credit", _("There is no credit left with the provider. Top it up there; what waits then goes by itself.")
    SENDER = "sender", _("The provider does not accept the sender. Enter one that is yours there.")
    CLOSED = "closed", _("The provider has closed or limited the account. See its own pages for the reason.")
