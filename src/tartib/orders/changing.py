"""Changing an order under way: what it contains, the money that follows, and what its customer is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.cases.models import Case
from tartib.cases.operations import lock_case, write_to
from tartib.journal.operations import Actor
from tartib.l10n import digits, money, names
from tartib.orders.editing import Costs, LineEdit, edit_lines
from tartib.orders.models import Line
from tartib.orders.repaying import payable
from tartib.payments import queries
from tartib.payments.balance import Balance, balance, refundable
from tartib.payments.refunds import refund
from tartib.shops.models import Shop


@transaction.atomic
def change(
    shop: Shop,
    case_id: int,
    lines: Sequence[LineEdit],
    costs: Costs,
    actor: Actor,
    *,
    now: datetime,
    version: int | None = None,
    send_back: bool = False,
    tell: bool = True,
) -> Balance:
    """Have an order contain `lines` at these costs; answers with how its money stands then.

    With `send_back` what is too much of what was paid goes back at once, by the way it came. The customer is told what
    the order contains and costs now, and where to pay the rest, unless `tell` is false or nothing changed. Raises what
    `orders.editing.edit_lines` does, and `payments.refunds.NotInParts`; nothing is changed then.
    """
    before = lock_case(shop, case_id, version).version
    case = edit_lines(shop, case_id, lines, costs, actor, now=now)
    stands = balance(case)
    if case.version == before:
        return stands
    back = min(stands.surplus, refundable(case)) if send_back else Decimal(0)
    if tell:
        write_to(shop, case.pk, _letter(case, stands, back), actor, now=now)
    if back > 0:
        refund(shop, case.pk, back, actor, now=now)
    return balance(case)


def _letter(case: Case, stands: Balance, back: Decimal) -> str:
    """What the customer reads, in their language: what the order is now, and what that means for their money."""
    tag = case.shop.tag(case.language)

    def show(amount: Decimal) -> str:
        return names.isolate(money.show(amount, case.currency, tag))

    with override(case.language):
        goods = "\n".join(
            f"{digits.number(line.quantity, tag)} × {line.called}"
            for line in Line.objects.filter(case=case).order_by("position")
        )
        said = [_("We have changed your order as agreed. It now contains:"), goods]
        said.append(_("New total: %(amount)s") % {"amount": show(stands.ordered)})
        if stands.due:
            said.append(_("Still to pay: %(amount)s") % {"amount": show(stands.due)})
            if link := _pay_link(case):
                said.append(_("You can pay here: %(link)s") % {"link": link})
        if back:
            said.append(
                _("We are sending %(amount)s back to you; you do not need to do anything.") % {"amount": show(back)}
            )
    return "\n".join(said)


def _pay_link(case: Case) -> str:
    """Where the rest is paid; "" where it is paid on receipt, or the shop has no way to be paid from afar."""
    if not payable(case) or case.order.pays_on_receipt or not queries.offered(case.shop, case.currency):
        return ""
    return settings.TARTIB_URL.rstrip("/") + reverse("portal:pay-choose", args=[case.token])
