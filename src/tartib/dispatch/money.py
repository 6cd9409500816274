"""The kinds of work that payments tell of, what is done about each, and how they become records.

Facts that are read here, besides those that are only shown: `refund`, `payment` (numbers of rows), `source` and
`unmatched` (which money without an order is meant, as `payments.unmatched` names it), `order` (the code of an order
that is deleted). The key of a difference of the books is `difference:` and its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tartib.cases.hooks import Context, Step
from tartib.cases.models import workflow
from tartib.dispatch import operations
from tartib.dispatch.kinds import Act, Impossible, Kind
from tartib.dispatch.models import Outcome, WorkRecord
from tartib.journal.operations import SYSTEM, Actor
from tartib.l10n import money, names
from tartib.payments import alarms, reconciling, refunds, resending, unmatched
from tartib.payments.balance import balance
from tartib.payments.hooks import Trouble
from tartib.payments.models import Difference, Lack, Notice, Payment, Refund
from tartib.payments.operations import TooMuch, looked_at
from tartib.shops.access import May
from tartib.shops.models import Shop

LASTS = frozenset(
    {"amount", "currency", "asked", "due", "ours", "account", "order", "payment", "refund", "source", "unmatched"}
)


def open_or_close(shop: Shop, trouble: Trouble, actor: Actor, now: datetime) -> None:
    """Keep what payments tell of as a record, or settle that, in their transaction."""
    if trouble.over:
        operations.resolve(shop, trouble.key, actor=actor, now=now)
        return
    operations.open_work(
        shop, trouble.kind, trouble.key, actor=actor, now=now, case_id=trouble.case_id, facts=trouble.facts,
        due_at=trouble.due_at, code=trouble.facts.get("order", ""),
    )  # fmt: skip


def follow(steps: Sequence[Step], context: Context) -> None:
    """Cases closed: what becomes of those whose dispute was lost is decided; reopened, it is to be decided again.

    No query where nothing closed or was reopened, and a fixed number of statements else.
    """
    turned: dict[bool, list[int]] = {True: [], False: []}
    for step in steps:
        closes = step.decision.status.closed
        if closes != workflow(step.case.workflow_id).status(step.case.status).closed:
            turned[closes].append(step.case.id)
    for closes, case_ids in turned.items():
        if not case_ids:
            continue
        lost = WorkRecord.objects.filter(shop=context.shop, case__in=case_ids, kind=alarms.DISPUTE_LOST)
        keys = list(lost.filter(outcome="" if closes else Outcome.ITSELF).values_list("key", flat=True))
        if keys:
            settle = operations.resolve_all if closes else operations.reopen_all
            settle(context.shop, keys, actor=SYSTEM, now=context.now)


@contextmanager
def _explained() -> Iterator[None]:
    """Say to the person why money could not be moved."""
    try:
        yield
    except Refund.DoesNotExist as gone:
        raise Impossible(_("This refund is not there any more.")) from gone
    except resending.NotFailed as moved:
        raise Impossible(_("This refund has gone through, or is still being sent.")) from moved
    except TooMuch as too_much:
        raise Impossible(_("This money has gone back meanwhile.")) from too_much
    except refunds.NotInParts as whole:
        raise Impossible(_("This gateway sends back only the whole of a payment.")) from whole


def _again(record: WorkRecord, _words: str, actor: Actor, now: datetime) -> None:
    with _explained():
        resending.again(record.shop, int(record.facts["refund"]), actor, now=now)


def _by_other_means(record: WorkRecord, words: str, actor: Actor, now: datetime) -> None:
    with _explained():
        resending.sent_by_other_means(record.shop, int(record.facts["refund"]), words, now=now, actor=actor)


def _ask(record: WorkRecord, _words: str, _actor: Actor, now: datetime) -> None:
    with _explained():
        resending.ask_soon(record.shop, int(record.facts["refund"]), now=now)


def _send_surplus(record: WorkRecord, _words: str, actor: Actor, now: datetime) -> None:
    """Send back what is too much, as the button said. Where that has become less, nobody is surprised by a sum."""
    assert record.case is not None
    amount, left = Decimal(record.facts["amount"]), balance(record.case).surplus
    if left <= 0:
        raise Impossible(_("Nothing is too much any more."))
    if left < amount:
        shown = names.isolate(money.show(left, record.case.currency, record.shop.tag(get_language() or "en")))
        raise Impossible(
            _("Only %(amount)s is too much now. Send it back from the page of the order.") % {"amount": shown}
        )
    with _explained():
        # Each time it is found anew it can be sent back once.
        key = f"work:{record.pk}:{record.opened_at.isoformat()}"
        refunds.refund(record.shop, record.case.pk, amount, actor, now=now, key=key)
    _seen(record, "", actor, now)


def _agreed(record: WorkRecord, actor: Actor, now: datetime) -> None:
    """Settled in another way, a payment is flagged no more."""
    _seen(record, "", actor, now)


def _without_order(record: WorkRecord, actor: Actor, now: datetime) -> None:
    """Settled in another way, such as sent back at the gateway, money waits for no order any more."""
    source, number = str(record.facts.get("source", "")), str(record.facts.get("unmatched", ""))
    if source and number.isdigit():
        with suppress(Notice.DoesNotExist, Difference.DoesNotExist, unmatched.Gone):
            unmatched.set_aside(record.shop, source, int(number), actor, now=now)


def _in_the_books(record: WorkRecord, actor: Actor, now: datetime) -> None:
    """Settled in another way, a difference is listed among those of the books no more."""
    _name, _colon, number = record.key.partition(":")
    if number.isdigit():
        with suppress(Difference.DoesNotExist):
            reconciling.dismiss(record.shop, int(number), actor, now=now)


def _seen(record: WorkRecord, _words: str, actor: Actor, now: datetime) -> None:
    """Take the flag off the payment, so that its page and this record agree."""
    number = str(record.facts.get("payment", ""))
    if number.isdigit() and Payment.objects.filter(shop=record.shop, pk=number).exists():
        looked_at(record.shop, int(number), actor, now=now)


_ORDER = Act("order", gettext_lazy("Open the order"), "arrow-right", page="order", args=("code",), of_case=True)
_SEEN = Act("seen", gettext_lazy("I have seen to it"), "check", do=_seen)

KINDS = (
    Kind(
        "refund-failed",
        gettext_lazy("A refund failed"),
        gettext_lazy("The gateway did not send %(amount)s back to the customer, who is waiting for it."),
        gettext_lazy("Send it again. If that fails too, send it by other means, such as a bank transfer."),
        May.PAYMENT,
        acts=(
            Act(
                "again", gettext_lazy("Send it again"), "refresh", do=_again, needs=("refund",), of_case=True,
                warns=gettext_lazy("%(amount)s goes back to the customer."),
            ),
            Act(
                "by-other-means", gettext_lazy("Sent by other means"), "cash", do=_by_other_means, needs=("refund",),
                of_case=True, asks=gettext_lazy("How and when was it sent?"),
            ),
        ),
        area="money",
        lasts=LASTS,
    ),
    Kind(
        "refund-unknown",
        gettext_lazy("Nobody knows whether a refund went through"),
        gettext_lazy("%(amount)s was to go back to the customer, and the gateway does not say whether it did."),
        gettext_lazy("Look it up on the gateway’s own pages before you send anything again."),
        May.PAYMENT,
        acts=(
            Act(
                "ask", gettext_lazy("Ask the gateway"), "help", do=_ask, needs=("refund",), of_case=True, closes=False
            ),
            _ORDER,
        ),
        area="money",
        lasts=LASTS,
    ),
    Kind(
        "dispute",
        gettext_lazy("A customer disputes a payment"),
        gettext_lazy("The customer’s bank asks %(amount)s back. The gateway decides by the evidence that you give."),
        gettext_lazy("Give evidence on the gateway’s own pages in time, or accept it; send nothing more meanwhile."),
        May.PAYMENT,
        within=timedelta(days=3),
        acts=(_ORDER,),
        area="money",
        lasts=LASTS,
    ),
    Kind(
        alarms.DISPUTE_LOST,
        gettext_lazy("A dispute was lost, and the order is still open"),
        gettext_lazy("The customer’s bank has given them back %(amount)s of what was paid for the order."),
        gettext_lazy("Cancel the order if its goods are still with you, or agree with the customer what comes next."),
        May.PAYMENT,
        acts=(_ORDER, _SEEN),
        area="money",
        lasts=LASTS,
    ),
    Kind(
        "money-surplus",
        gettext_lazy("More was paid than is due"),
        gettext_lazy("%(amount)s too much came in for the order."),
        gettext_lazy("Send it back, unless it is agreed otherwise with the customer."),
        May.PAYMENT,
        within=timedelta(days=2),
        acts=(
            Act(
                "send-back", gettext_lazy("Send back %(amount)s"), "receipt-refund", do=_send_surplus,
                needs=("amount",), of_case=True, warns=gettext_lazy("%(amount)s goes back to the customer."),
            ),
            _SEEN,
        ),
        by_hand=_agreed,
        area="money",
        lasts=LASTS,
    ),
    Kind(
        "money-currency",
        gettext_lazy("Money in another currency"),
        gettext_lazy("%(amount)s came in. The order is in another currency, so this is set aside and does not count."),
        gettext_lazy("Send it back from the page of the order, or agree with the customer what becomes of it."),
        May.PAYMENT,
        within=timedelta(days=2),
        acts=(_ORDER, _SEEN),
        by_hand=_agreed,
        area="money",
        lasts=LASTS,
    ),
    Kind(
        "money-amount",
        gettext_lazy("Another amount than asked"),
        gettext_lazy("%(amount)s came in. It is counted as that, and it is not what the customer was asked for."),
        gettext_lazy("Have the rest paid, or send back what is too much."),
        May.PAYMENT,
        within=timedelta(days=2),
        acts=(_ORDER, _SEEN),
        by_hand=_agreed,
        area="money",
        lasts=LASTS,
    ),
    Kind(
        "money-stranded",
        gettext_lazy("Paid, but the order cannot follow"),
        gettext_lazy("%(amount)s came in when the order had ended or its goods were gone."),
        gettext_lazy("Decide with the customer: send the money back, or make the order possible again."),
        May.PAYMENT,
        acts=(_ORDER, _SEEN),
        by_hand=_agreed,
        area="money",
        lasts=LASTS,
    ),
    Kind(
        "money-unmatched",
        gettext_lazy("Money without an order"),
        gettext_lazy("The gateway has taken %(amount)s, and it belongs to no order here."),
        gettext_lazy("Find its order, or send it back on the gateway’s own pages."),
        May.PAYMENT,
        acts=(
            Act(
                "find", gettext_lazy("Find its order"), "arrow-right", page="unmatched-payment",
                args=("source", "unmatched"), needs=("source", "unmatched"),
            ),
        ),
        by_hand=_without_order,
        area="money",
        lasts=LASTS,
    ),
    Kind(
        "books-difference",
        gettext_lazy("The books do not agree"),
        gettext_lazy("The gateway’s books and yours say different things about %(amount)s."),
        gettext_lazy("Compare the two and record what is missing."),
        May.PAYMENT,
        within=timedelta(days=3),
        acts=(Act("books", gettext_lazy("Open the reconciliation"), "scale", page="reconciliation"),),
        by_hand=_in_the_books,
        choices={"reason": dict(Lack.choices)},
        area="money",
        lasts=LASTS,
    ),
)  # fmt: skip
