"""Saying words: what staff write to the customer of a case, and what the customer writes to the shop."""

from __future__ import annotations

from tartib.cases.hooks import Context
from tartib.cases.models import Case
from tartib.l10n.names import language as nearest
from tartib.notify import channels, enqueue, reaching, sql
from tartib.notify.models import TO_CUSTOMERS, WAITING, Channel, Message, MessageKind, State
from tartib.notify.reaching import Rules
from tartib.notify.sql import NewMessage


def send_reply(case_id: int, words: str, context: Context, *, to_shop: bool) -> None:
    """Have these words sent, to the customer by e-mail or, where there is none, news of them by SMS; to devices too.

    Words that have not gone out yet go with them in one message. What goes to the customer is held back for a moment,
    as all is that staff do.
    """
    case = Case.objects.select_related("shop", "customer").get(pk=case_id)
    kind = MessageKind.WRITTEN if to_shop else MessageKind.REPLY
    to_people: list[tuple[str, str]] = [(Channel.EMAIL, case.shop.email)] if case.shop.email else []
    ways = to_people if to_shop else _ways(case)
    if not ways:
        context.tally["message.nobody"] += 1
        return
    used = {channel for channel, _recipient in ways}
    waiting = Message.objects.filter(case=case, kind=kind, channel__in=used, state__in=WAITING)
    earlier = list(waiting.order_by("pk").select_for_update().values_list("channel", "note"))
    waiting.update(state=State.MERGED, replaced_by=context.act_id)
    language = nearest(case.shop.language if to_shop else case.language)
    messages = []
    for channel, recipient in ways:
        reason = channels.unready(channel, case.shop)
        # Each of several devices had them.
        notes = [*dict.fromkeys(note for of, note in earlier if of == channel), words]
        messages.append(NewMessage(
            case.pk, kind, case.status, channel, recipient, language, "\n\n".join(notes),
            State.WITHHELD if reason else State.HELD, reason,
        ))  # fmt: skip
        context.tally[f"message.{channel}"] += 1
    until = context.now if to_shop else context.hold_until
    job = enqueue.sending_at(until, context.now)
    sql.insert(case.shop_id, messages, context.act_id, job, keep_copy=True, hold_until=until, now=context.now)


def _ways(case: Case) -> list[tuple[str, str]]:
    """The channels by which the customer is answered, and where: e-mail or else SMS, and their devices.

    Whoever asks is answered, also one who does not want to be told of statuses.
    """
    shop = case.shop
    rules = Rules(stand_in=True, unready={channel: channels.unready(channel, shop) for channel in TO_CUSTOMERS})
    person = sql.people([case.customer_id]).get(case.customer_id) if case.customer_id else None
    devices = sql.devices(case.shop_id, [(case.pk, case.customer_id)]).get(case.pk, [])
    asking = person._replace(wants_email=True, wants_sms=True) if person else None
    found = reaching.ways(asking, devices, (Channel.EMAIL, Channel.PUSH), rules)
    return [(way.channel, way.recipient) for way in found]
