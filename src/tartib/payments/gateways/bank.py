"""A transfer between banks: the customer is shown where to send the money, uploads the slip, and staff review it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tartib.payments.gateways.protocol import Gateway, Setting, Way


class Bank(Gateway):
    """Bank transfer. Nothing is asked of a machine: what came in is what staff saw on the bank's statement."""

    code = "bank"
    name = _("Bank transfer")
    about = _("The customer sees your account, transfers the money and uploads the slip; you check it and accept it.")
    way = Way.TRANSFER
    settings = (
        Setting("holder", _("Account holder")),
        Setting("bank", _("Bank")),
        Setting("number", _("Account number or IBAN")),
    )
    instructions = Setting(
        "instructions", _("What else the customer should know"), _("For instance how soon you check."),
        required=False, lines=3,
    )  # fmt: skip
    refunds = reports = notices = False


GATEWAY = Bank()
