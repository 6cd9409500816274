"""One move asked for many cases: carried out in portions by the worker, watched by whoever asked, undone as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from tartib.cases.engine import NotUndoable, advance
from tartib.cases.engine import undo as undo_act
from tartib.cases.hooks import AS_USUAL, NotifyOptions
from tartib.cases.models import Act, BulkMove
from tartib.flow.facts import ByHand, Refusal
from tartib.journal.operations import Actor
from tartib.shops.models import Membership

TASK = "cases.bulk_move"
PORTION = 500
AT_ONCE = 200
MOST = 20_000
# A list of reasons is read by a person; the number of refused is exact beyond it.
REASONS_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for the cases: where to, with which note, and how their customers are told."""

    target: str
    note: str = ""
    notify_options: NotifyOptions = AS_USUAL

    def as_data(self) -> dict[str, object]:
        """The request as JSON."""
        channels = self.notify_options.channels
        return {
            "target": self.target,
            "note": self.note,
            "channels": None if channels is None else sorted(channels),
            "language": self.notify_options.language,
            "note_shown": self.notify_options.note_shown,
            "keep_copy": self.notify_options.keep_copy,
        }

    @classmethod
    def read(cls, data: Mapping[str, object]) -> Request:
        """The inverse of `as_data`."""
        channels, language = data["channels"], data["language"]
        return cls(
            str(data["target"]),
            str(data["note"]),
            NotifyOptions(
                frozenset(map(str, channels)) if isinstance(channels, list) else None,
                str(language) if language else None,
                bool(data["note_shown"]),
                bool(data["keep_copy"]),
            ),
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a bulk move is. `rate` in cases a second and `left` are known once something is handled."""

    handled: int
    total: int
    rate: int | None
    left: timedelta | None


@dataclass(frozen=True, slots=True)
class Undone:
    """How many cases went back, the first reason where some did not, and how many messages were withdrawn."""

    count: int
    kept: int
    reason: Refusal | None
    withdrawn: int = 0


@transaction.atomic
def start(member: Membership, case_ids: Sequence[int], request: Request, *, key: UUID, now: datetime) -> BulkMove:
    """Have the worker move many cases.

    The same `key` again gives the bulk move that exists. At most `MOST` cases, each counted once.
    """
    bulk, _created = BulkMove.objects.get_or_create(
        pk=key,
        shop=member.shop,
        defaults={
            "member": member,
            "request": request.as_data(),
            "case_ids": list(islice(dict.fromkeys(case_ids), MOST)),
            "created_at": now,
        },
    )
    app.configure_task(TASK).defer(shop_id=bulk.shop_id, bulk_id=str(bulk.pk))
    return bulk


@transaction.atomic
def run_portion(bulk_id: UUID, *, now: datetime) -> bool:
    """Move the next cases of a bulk move, in one transaction; true while more remain.

    The place reached is written with the moves themselves: a worker that is killed leaves either both or neither, and
    two workers at the same one wait for each other.
    """
    bulk = BulkMove.objects.select_for_update(of=("self",)).select_related("shop", "member__user").get(pk=bulk_id)
    portion = bulk.case_ids[bulk.handled : bulk.handled + PORTION]
    if portion:
        request = Request.read(bulk.request)
        member = bulk.member
        outcome = advance(
            bulk.shop,
            portion,
            ByHand(request.target, member.role, request.note),
            Actor("staff", member.user.name, member.user_id, member.role),
            now=now,
            key=f"bulk:{bulk.pk}:{bulk.handled}",
            notify_options=request.notify_options,
        )
        bulk.handled += len(portion)
        bulk.moved += len(outcome.moved)
        if outcome.moved:
            bulk.acts.append(outcome.act_id)
        language = member.user.language
        room = max(0, REASONS_KEPT - len(bulk.refused))
        bulk.refused += [
            {"case": case_id, "why": refusal.say(language)}
            for case_id, refusal in islice(outcome.refused.items(), room)
        ]
    remaining = bulk.handled < len(bulk.case_ids)
    bulk.finished_at = None if remaining else bulk.finished_at or now
    bulk.save(update_fields=["handled", "moved", "acts", "refused", "finished_at"])
    return remaining


def progress(bulk: BulkMove, *, now: datetime) -> Progress:
    """Count, rate and time left."""
    total = len(bulk.case_ids)
    spent = ((bulk.finished_at or now) - bulk.created_at).total_seconds()
    if not bulk.handled or spent <= 0:
        return Progress(bulk.handled, total, None, None)
    rate = bulk.handled / spent
    left = None if bulk.finished_at else timedelta(seconds=(total - bulk.handled) / rate)
    return Progress(bulk.handled, total, max(1, round(rate)), left)


def undo(bulk: BulkMove, actor: Actor, *, now: datetime) -> Undone:
    """Take back the whole of a bulk move, the last portion first, each portion in a transaction of its own.

    Cases that have moved on or whose customer was told stay, as ever. A portion undone already is passed over, so an
    undoing that was cut off can be asked for again. Raises `NotUndoable` when nothing at all goes back.
    """
    count = kept = withdrawn = 0
    reason: Refusal | None = None
    undone_before = set(Act.objects.filter(pk__in=bulk.acts, undone_at__isnull=False).values_list("pk", flat=True))
    for act_id in reversed(bulk.acts):
        if act_id in undone_before:
            continue
        try:
            outcome = undo_act(bulk.shop, act_id, actor, now=now)
        except NotUndoable as error:
            reason = reason or error.refusal
            continue
        count += len(outcome.moved)
        kept += len(outcome.refused)
        withdrawn += outcome.tally.get("message.withdrawn", 0)
        reason = reason or next(iter(outcome.refused.values()), None)
    if not count:
        raise NotUndoable(reason or Refusal("undone-already" if undone_before else "nothing-to-undo", {}))
    return Undone(count, kept, reason, withdrawn)
