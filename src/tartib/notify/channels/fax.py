"""Fax through an e-mail-to-fax gateway: a letter to `{to}@gateway` with the order's receipt as PDF becomes a fax."""

from __future__ import annotations

import re
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from tartib.notify.channels import email
from tartib.notify.channels.letter import Answer, Letter
from tartib.notify.models import MessageSettings, Reason, State
from tartib.shops.models import Shop

PLACE = "{to}"
_IN_PRACTICE = f"{PLACE}@fax.practice.invalid"


def check_gateway(address: str) -> None:
    """Refuse, with a ValidationError, an address no fax can be sent to. Empty means no service and is fine."""
    if not address:
        return
    if PLACE not in address:
        raise ValidationError(_("Write {to} where the fax number goes, as in {to}@fax.example."))
    validate_email(address.replace(PLACE, "380441234567"))


def gateway(shop: Shop) -> str:
    """The address of the shop's service, {to} where the number goes; "" where it has none."""
    return _IN_PRACTICE if shop.practice else MessageSettings.of(shop).fax_gateway


def unready(shop: Shop) -> str:
    """Why `shop` cannot send faxes: no service entered or, for a practice shop, no catcher."""
    return email.unready(shop) if gateway(shop) else Reason.NO_FAX


class FaxSender(email.EmailSender):
    """Sends each letter as an e-mail to the gateway of its shop."""

    def send(self, letter: Letter) -> Answer:
        """Hand one letter to the gateway. That it took the letter does not say that the fax was received."""
        if reason := unready(letter.shop):
            return Answer(State.WITHHELD, reason=reason)
        number = re.sub(r"\D", "", letter.recipient)
        return super().send(replace(letter, recipient=gateway(letter.shop).replace(PLACE, number), html=""))
