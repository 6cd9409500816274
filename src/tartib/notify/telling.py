"""Telling of moves: writes what is to be sent in the move's transaction, and takes it back when the move is undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tartib.cases.plugs import Context, Step
from tartib.flow.facts import Refusal
from tartib.notify import channels, jobs, sql
from tartib.notify.models import TO_CUSTOMERS, Channel, Message, MessageKind, Reason, State
from tartib.notify.sql import NewMessage, Person, Replacement
from tartib.notify.to_shop import openings
from tartib.speech.names import language as nearest


def tell(steps: Sequence[Step], context: Context) -> None:
    """Hold a message for each customer and channel that these moves are told to, and for the shop where cases opened.

    A message still waiting from an earlier move of the case gives way: merged into the new one on the same channel, or
    withdrawn where the new move is not told at all. The number of statements does not depend on the number of steps.
    """
    people = sql.people({step.case.customer_id for step in steps if step.case.customer_id})
    unready: dict[str, str] = {channel: channels.unready(channel, context.shop) for channel in TO_CUSTOMERS}
    # Whoever chose the channel by hand is shown why it cannot be; the workflow's wish alone is no failure.
    absent = {channel for channel in TO_CUSTOMERS if unready[channel] == Reason.NO_SERVICE}
    absent = absent if context.telling.channels is None else set()
    fresh: list[NewMessage] = []
    replaced: list[Replacement] = []
    note = context.note if context.telling.note_shown else ""
    shown = [(step.case.id, step.case.customer_id) for step in steps if step.decision.status.shown]
    pushed = any(Channel.PUSH in _channels(step, context) for step in steps)
    devices = sql.devices(context.shop.pk, shown) if pushed and shown else {}
    for step in steps:
        status = step.decision.status
        if not status.shown:
            continue
        wanted = _channels(step, context)
        if not wanted and step.case.status:
            replaced.append(Replacement(step.case.id, "", State.WITHDRAWN, Reason.MOVED_ON))
        person = people.get(step.case.customer_id or 0)
        language = nearest(context.telling.language or step.case.language)
        reached = [
            (channel, recipient)
            for channel in wanted
            if channel not in absent
            for recipient in (devices.get(step.case.id, ()) if channel == Channel.PUSH else _reached(person, channel))
        ]
        for channel, recipient in reached:
            reason = unready[channel]
            state = State.WITHHELD if reason else State.HELD
            fresh.append(
                NewMessage(
                    step.case.id, MessageKind.STATUS, status.code, channel, recipient, language, note, state, reason
                )
            )
            replaced.append(Replacement(step.case.id, channel, State.MERGED, Reason.NONE))
            context.tally["message.withheld" if reason else f"message.{channel}"] += 1
        if wanted and not reached:
            context.tally["message.nobody"] += 1
    if context.telling.to_shop:
        fresh += openings([step for step in steps if not step.case.status], context.shop)
    hold_until = context.hold_until
    if replaced:
        fresh = _with_notes(fresh, sql.replace(list(dict.fromkeys(replaced)), context.act_id))
    if fresh:
        job, keep = jobs.sending_at(hold_until, context.now), context.telling.keep_copy
        sql.insert(context.shop.pk, fresh, context.act_id, job, keep_copy=keep, hold_until=hold_until, now=context.now)


def untell(case_ids: Sequence[int], context: Context) -> Mapping[int, Refusal]:
    """Withdraw what the act `context.undoes` was about to tell; refuses cases whose customer has been told of it."""
    assert context.undoes is not None
    # Waiting messages are locked first, so that no worker takes one between the question and the answer.
    of_act = Message.objects.filter(act_id=context.undoes, case_id__in=case_ids, kind=MessageKind.STATUS)
    waiting = of_act.filter(state__in=(State.HELD, State.QUEUED)).order_by("pk").select_for_update()
    list(waiting.values_list("pk", flat=True))
    told = set(of_act.filter(state__in=(State.SENDING, State.SENT)).values_list("case_id", flat=True))
    free = [case_id for case_id in case_ids if case_id not in told]
    sql.withdraw(context.undoes, free)
    hold_until = context.hold_until
    if sql.bring_back(context.undoes, free, hold_until):
        jobs.send_at(hold_until, context.now)
    return {case_id: Refusal("already-told", {}) for case_id in told}


def _reached(person: Person | None, channel: str) -> list[str]:
    recipient = person.reached_by(channel) if person else ""
    return [recipient] if recipient else []


def _channels(step: Step, context: Context) -> list[str]:
    chosen = context.telling.channels
    named = step.decision.move.notify if chosen is None else chosen
    return [channel for channel in TO_CUSTOMERS if channel in named]


def _with_notes(fresh: Sequence[NewMessage], replaced: Sequence[tuple[int, str, str, str]]) -> list[NewMessage]:
    """What a merged message had to say in words of the shop's own is said by the one it was merged into."""
    notes = {(case_id, channel): note for case_id, channel, state, note in replaced if state == State.MERGED and note}
    merged = []
    for message in fresh:
        earlier = notes.get((message.case_id, message.channel), "") if message.kind == MessageKind.STATUS else ""
        both = "\n".join(note for note in (earlier, message.note) if note)
        merged.append(message._replace(note=both))
    return merged
