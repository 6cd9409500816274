"""What the customer of an order is told of where it stands, by pages and by programs alike."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tartib.cases.models import Case, PaymentState
from tartib.flow.likeliest import STILL_HERE
from tartib.l10n import money, names
from tartib.payments.queries import WithBanks

_GONE = frozenset({PaymentState.REFUNDED, PaymentState.PARTLY_REFUNDED})


def taken(case: Case, banks: WithBanks, tag: str) -> str:
    """What is said in place of its status of an order whose money a bank has taken while its goods are here.

    "" where none has, and where it was paid anew. `tag` is the language of the reader, which is active.
    """
    if not banks.let_off or case.payment not in _GONE or case.phase not in STILL_HERE:
        return ""
    amount = {"amount": names.isolate(money.show(banks.amount, case.currency, tag))}
    if banks.deciding:
        return _("Your bank is deciding about %(amount)s of your payment. Nothing more is to be paid.") % amount
    return _("Your bank has given %(amount)s back to you. Nothing more is to be paid.") % amount
