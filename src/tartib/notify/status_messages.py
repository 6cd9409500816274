"""Telling of moves: writes what is to be sent in the move's transaction, and takes it back when the move is undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from tartib.cases import kinds
from tartib.cases.hooks import TOLD, WROTE, Context, Step
from tartib.cases.models import workflow
from tartib.flow.facts import Refusal
from tartib.l10n.names import language as nearest
from tartib.notify import enqueue, reaching, sql
from tartib.notify.models import NEWS, TO_CUSTOMERS, Message, MessageKind, Reason, State
from tartib.notify.sql import NewMessage, Replacement
from tartib.notify.to_shop import openings

_TOLD = (State.SENDING, State.SENT)


def write_messages(steps: Sequence[Step], context: Context) -> None:
    """Hold a message for each customer and channel that these moves are told to, and for the shop where cases opened.

    What a person writes to a customer is a message of its own, also where customers are not shown the status.

    A message still waiting from an earlier move of the case gives way: merged into the new one on the same channel, or
    withdrawn where the new move is not told at all. The confirmation that a case was opened gives way to nothing but a
    newer one. The number of statements does not depend on the number of steps.
    """
    people = sql.people({step.case.customer_id for step in steps if step.case.customer_id})
    rules = reaching.rules(context.shop)
    by_hand = context.notify_options.channels is not None
    fresh: list[NewMessage] = []
    replaced: list[Replacement] = []
    note = context.note if context.notify_options.note_shown else ""
    shown = [(step.case.id, step.case.customer_id) for step in steps if _says(step)]
    pushed = any(_named(step, context) for step in steps)
    devices = sql.devices(context.shop.pk, shown) if pushed and shown else {}
    for step in steps:
        case, status = step.case, step.decision.status
        if not _says(step):
            continue
        named = _named(step, context)
        kind = _kind(step, context)
        if not named and case.status:
            replaced.append(Replacement(case.id, kind, "", State.WITHDRAWN, Reason.MOVED_ON))
        language = nearest(context.notify_options.language or case.language)
        person, known = people.get(case.customer_id or 0), devices.get(case.id, ())
        ways = reaching.ways(person, known, named, rules, status=_switched(step, context), by_hand=by_hand)
        for way in ways:
            reason = Reason.NONE if way.off else rules.unready[way.channel]
            state = State.OFF if way.off else State.WITHHELD if reason else State.HELD
            fresh.append(
                NewMessage(case.id, kind, status.code, way.channel, way.recipient, language, note, state, reason)
            )
            replaced.append(Replacement(case.id, kind, way.channel, State.MERGED, Reason.NONE))
            what = "off" if way.off else "withheld" if reason else way.channel
            context.tally[f"message.{what}"] += 1
        if named and not ways:
            context.tally["message.nobody"] += 1
    if context.notify_options.to_shop:
        fresh += openings([step for step in steps if not step.case.status], context.shop)
    hold_until = context.hold_until
    if replaced:
        fresh = _with_notes(fresh, sql.replace(list(dict.fromkeys(replaced)), context.act_id))
    if fresh:
        job, keep = enqueue.sending_at(hold_until, context.now), context.notify_options.keep_copy
        sql.insert(context.shop.pk, fresh, context.act_id, job, keep_copy=keep, hold_until=hold_until, now=context.now)


def withdraw_messages(case_ids: Sequence[int], context: Context) -> Mapping[int, Refusal]:
    """Withdraw what the act `context.undoes` was about to tell; refuses cases whose customer has been told of it."""
    assert context.undoes is not None
    # Waiting messages are locked first, so that no worker takes one between the question and the answer.
    of_act = Message.objects.filter(act_id=context.undoes, case_id__in=case_ids, kind__in=NEWS)
    waiting = of_act.filter(state__in=(State.HELD, State.QUEUED)).order_by("pk").select_for_update()
    awaited = list(waiting.values_list("case_id", flat=True))
    told = set(of_act.filter(state__in=_TOLD).values_list("case_id", flat=True))
    free = [case_id for case_id in case_ids if case_id not in told]
    sql.withdraw(context.undoes, free)
    if withdrawn := sum(case_id not in told for case_id in awaited):
        context.tally["message.withdrawn"] += withdrawn
    hold_until = context.hold_until
    if sql.bring_back(context.undoes, free, hold_until):
        enqueue.send_at(hold_until, context.now)
    return {case_id: Refusal("already-told", {}) for case_id in told}


def told(act_ids: Sequence[UUID]) -> set[tuple[UUID, int]]:
    """Of which of these acts which cases' customers have been told: what went out cannot be undone silently."""
    gone = Message.objects.filter(act_id__in=act_ids, kind__in=NEWS, state__in=_TOLD, case_id__isnull=False)
    return {(act_id, case_id) for act_id, case_id in gone.values_list("act_id", "case_id") if case_id}


def _named(step: Step, context: Context) -> list[str]:
    """The channels that whoever acts has chosen, else those of the move."""
    chosen = context.notify_options.channels
    named = step.decision.move.notify if chosen is None else chosen
    return [channel for channel in TO_CUSTOMERS if channel in named]


def _says(step: Step) -> bool:
    """Whether there is something that its customer may know."""
    return step.decision.status.shown or step.decision.move.event == WROTE


def _kind(step: Step, context: Context) -> MessageKind:
    if step.decision.move.event == WROTE:
        return MessageKind.REPLY
    return MessageKind.PLACED if _confirms(step, context) else MessageKind.STATUS


def _confirms(step: Step, context: Context) -> bool:
    """Whether this is what a customer is told of first: that their order is here. An answer says so of a request."""
    confirmed = kinds.connected[workflow(step.case.workflow_id).kind].confirmed
    return confirmed and (not step.case.status or context.notify_options.confirms)


def _switched(step: Step, context: Context) -> str | None:
    """The status by which the shop's switches speak of the message, if they do."""
    if context.notify_options.channels is not None or step.decision.move.event in (TOLD, WROTE):
        return reaching.AS_NAMED
    return reaching.CONFIRMATION if _confirms(step, context) else step.decision.status.code


def _with_notes(fresh: Sequence[NewMessage], replaced: Sequence[tuple[int, str, str, str, str]]) -> list[NewMessage]:
    """What a merged message had to say in words of the shop's own is said by the one it was merged into."""
    notes = {(case, kind, channel): note for case, kind, channel, state, note in replaced if state == State.MERGED}
    merged = []
    for message in fresh:
        earlier = notes.get((message.case_id, message.kind, message.channel), "")
        both = "\n".join(note for note in (earlier, message.note) if note)
        merged.append(message._replace(note=both))
    return merged
