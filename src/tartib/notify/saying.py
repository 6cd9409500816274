"""Saying words: what staff write to the customer of a case, and what the customer writes to the shop."""

from __future__ import annotations

from tartib.cases.models import Case
from tartib.cases.plugs import Context
from tartib.notify import channels, jobs, sql
from tartib.notify.models import WAITING, Channel, Message, MessageKind, State
from tartib.notify.sql import NewMessage
from tartib.speech.names import language as nearest


def say(case_id: int, words: str, context: Context, *, to_shop: bool) -> None:
    """Have these words sent, to the customer by e-mail or, where there is none, news of them by SMS.

    Words that have not gone out yet go with them in one message. What goes to the customer is held back for a moment,
    as all is that staff do.
    """
    case = Case.objects.select_related("shop", "customer").get(pk=case_id)
    kind = MessageKind.WRITTEN if to_shop else MessageKind.REPLY
    channel, recipient = (Channel.EMAIL, case.shop.email) if to_shop else _way(case)
    if not recipient:
        context.tally["message.nobody"] += 1
        return
    waiting = Message.objects.filter(case=case, kind=kind, channel=channel, state__in=WAITING)
    earlier = list(waiting.order_by("pk").select_for_update().values_list("note", flat=True))
    waiting.update(state=State.MERGED, replaced_by=context.act_id)
    reason = channels.unready(channel, case.shop)
    language = nearest(case.shop.language if to_shop else case.language)
    message = NewMessage(
        case.pk, kind, case.status, channel, recipient, language, "\n\n".join([*earlier, words]),
        State.WITHHELD if reason else State.HELD, reason,
    )  # fmt: skip
    until = context.now if to_shop else context.hold_until
    job = jobs.sending_at(until, context.now)
    sql.insert(case.shop_id, [message], context.act_id, job, keep_copy=True, hold_until=until, now=context.now)
    context.tally[f"message.{channel}"] += 1


def _way(case: Case) -> tuple[str, str]:
    """The channel by which the customer is best answered, and where; both empty where they cannot be.

    Whoever asks is answered, also one who does not want to be told of statuses.
    """
    person = case.customer
    ways = ((Channel.EMAIL, person.email), (Channel.SMS, person.phone)) if person else ()
    return next((way for way in ways if way[1]), ("", ""))
