"""Money handed over with the goods: in the shop, to the courier, at the pick-up point."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tartib.payments.gateways.protocol import Gateway, Setting, Way


class Cash(Gateway):
    """Cash on delivery. The order waits for staff to confirm it; the money is taken when the goods are handed over."""

    code = "cash"
    name = _("Cash on delivery")
    about = _("The customer pays when the order is handed over. Staff press “Money received” on the order.")
    way = Way.ON_RECEIPT
    instructions = Setting(
        "instructions", _("What the customer should know"), _("For instance whether the courier takes cards."),
        required=False, lines=3,
    )  # fmt: skip
    refunds = reports = notices = False


GATEWAY = Cash()
