"""What is done to cases apart from moving them: opening, noting, recording edits, deleting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.core.files import File
from django.db import transaction

from tartib.cases import hooks, sql
from tartib.cases.deadlines import Deadlines
from tartib.cases.engine import announce
from tartib.cases.hooks import TOLD, WROTE, Context, LockedCase, NotifyOptions, Step
from tartib.cases.models import Case, Picture, new_token, workflow
from tartib.cases.timeline import EDITED, NOTE
from tartib.files.models import Purpose, Upload
from tartib.files.operations import keep_images
from tartib.flow.facts import Decision
from tartib.flow.words import Words
from tartib.flow.workflow import Move, Workflow, next_timer
from tartib.journal.kinds import DELETED
from tartib.journal.operations import Actor, NewEntry, write
from tartib.l10n import dates, normal
from tartib.shops.bulk import insert_rows, new_ids
from tartib.shops.models import Branch, Shop
from tartib.shops.operations import tracking_codes

_SENT = ("message.email", "message.sms", "message.push")
"""What is counted of words that leave the house."""


class Stale(Exception):
    """Somebody changed the case since the person who wants to change it saw it."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.code)
        self.case = case


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to be opened. `history` holds its first entries, the created or imported one first, without their case."""

    kind: str
    workflow_id: int
    status: str
    placed_at: datetime
    since: datetime
    customer_id: int
    owner_id: int
    language: str
    title: str
    amount: Decimal | None
    currency: str
    payment: str
    channel: str
    search: str
    history: tuple[NewEntry, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that was opened, and the act that opened it."""

    id: int
    code: str
    token: str
    act_id: UUID


_COLUMNS = (
    "id", "shop_id", "branch_id", "kind", "code", "token", "workflow_id", "status", "phase", "since", "customer_id",
    "owner_id", "language", "title", "amount", "currency", "payment", "channel", "priority", "placed_at",
    "updated_at", "due_at", "timer_at", "closed_at", "search", "version",
)  # fmt: skip


@transaction.atomic
def open_cases(shop: Shop, branch: Branch, new: Sequence[NewCase], actor: Actor, *, now: datetime) -> list[Opened]:
    """Open cases with their tracking codes and first entries, all at once; the number of statements is fixed.

    Search text gets the tracking code here. Who opens them writes the particulars and then calls `tell_opened`.
    """
    zone = ZoneInfo(shop.timezone)
    ids = new_ids("cases_case", len(new))
    codes = tracking_codes(shop, branch, [dates.period(case.placed_at, shop.calendar, zone) for case in new])
    act_id = uuid4()
    opened = [Opened(pk, code, new_token(), act_id) for pk, code in zip(ids, codes, strict=True)]
    # Read now: while rows are being copied nothing can be asked.
    flows = {version: workflow(version) for version in {case.workflow_id for case in new}}
    deadlines = Deadlines(shop)
    rows = (
        _row(shop, branch, o, case, flows[case.workflow_id], deadlines, now)
        for o, case in zip(opened, new, strict=True)
    )
    insert_rows("cases_case", _COLUMNS, rows)
    drafts = [
        NewEntry(o.id, d.kind, d.data, d.shown, d.at, d.actor)
        for o, case in zip(opened, new, strict=True)
        for d in case.history
    ]
    write(shop.pk, drafts, actor, now, act_id)
    announce(shop, ids)
    return opened


def tell_opened(
    shop: Shop,
    branch: Branch,
    opened: Sequence[Opened],
    new: Sequence[NewCase],
    actor: Actor,
    notify_options: NotifyOptions,
    *,
    now: datetime,
) -> None:
    """Tell the customers that their cases were opened; called when everything a message may say is written."""
    context = Context(shop, actor, now, opened[0].act_id, notify_options=notify_options)
    steps = [_first_step(branch, o, case) for o, case in zip(opened, new, strict=True)]
    for tell in hooks.connected.after_move:
        tell(steps, context)


def look_at_opened(shop: Shop, opened: Sequence[Opened], actor: Actor, *, now: datetime) -> None:
    """Let every room that wants to look at newly opened cases do so; called when all about them is written.

    Not for cases that were brought in with a past of their own.
    """
    if opened:
        context = Context(shop, actor, now, opened[0].act_id)
        for look in hooks.connected.after_open:
            look([o.id for o in opened], context)


def set_open_checks(shop: Shop, doubts: Mapping[int, int]) -> None:
    """Keep with cases of `shop` how many doubts about each nobody has settled yet, so that lists can show it."""
    sql.update_doubts(shop.pk, doubts)
    announce(shop, sorted(doubts))


def set_owners(shop: Shop, owners: Mapping[int, int | None], *, now: datetime) -> None:
    """Write who is responsible for locked cases of `shop`, by the numbers of their memberships, and tell open pages.

    `dispatch.assigning` decides it, and says on the timelines who did and why.
    """
    sql.update_owners(owners, now)
    announce(shop, sorted(owners))


def note(
    case: Case,
    text: str,
    actor: Actor,
    *,
    shown: bool,
    now: datetime,
    corrects: int | None = None,
    by: str = "",
    photos: Sequence[File[bytes]] = (),
) -> None:
    """Write a note on the timeline, for staff or, when `shown`, for the customer as well.

    `corrects` is the `seq` of an earlier note that this one replaces; the earlier one stays and is shown as replaced.
    `by` is "customer" where it is the customer's own. `photos` are pictures that belong to it; raises `files.Unfit`
    for one that cannot be kept, and nothing is written then.
    """
    data: dict[str, object] = {"text": text}
    if corrects is not None:
        data["corrects"] = corrects
    if by:
        data["by"] = by
    kept = keep_images(case.shop, photos, Purpose.PROGRESS, now=now)
    with transaction.atomic():
        _write_note(case, data, actor, shown=shown, photos=kept, now=now)
        announce(case.shop, [case.pk])


def write_to(
    shop: Shop,
    case_id: int,
    text: str,
    actor: Actor,
    *,
    now: datetime,
    by_person: bool = False,
    channels: tuple[str, ...] = ("email", "push"),
    photos: Sequence[File[bytes]] = (),
) -> bool:
    """Write to the customer of a case that stays where it is: on the timeline, on their page and by those channels.

    `by_person`: these are a person's own words, and go as such, not as news of the status. `photos` are pictures that
    belong to them. Answers whether anything is sent: somebody may be known by no address, or news be of a status that
    customers do not see. Raises `Case.DoesNotExist`, and `files.Unfit` for a picture that cannot be kept; nothing is
    written then.
    """
    kept = keep_images(shop, photos, Purpose.PROGRESS, now=now)
    with transaction.atomic():
        case = lock_case(shop, case_id)
        _write_note(case, {"text": text}, actor, shown=True, photos=kept, now=now)
        (locked,) = sql.lock(shop.pk, [case.pk])
        stays = Move(case.status, case.status, "event", Words(), event=WROTE if by_person else TOLD, notify=channels)
        context = Context(shop, actor, now, uuid4(), text, notify_options=NotifyOptions(note_shown=True))
        for tell in hooks.connected.after_move:
            tell([Step(locked, Decision(stays, case.current_status))], context)
        announce(shop, [case.pk])
    return any(context.tally[way] for way in _SENT)


def lock_case(shop: Shop, case_id: int, version: int | None = None) -> Case:
    """Lock a case of `shop` for editing. Raises `Case.DoesNotExist`, or `Stale` if it is not at `version` any more."""
    case = Case.objects.select_for_update(of=("self",)).select_related("shop").get(pk=case_id, shop=shop)
    if version is not None and case.version != version:
        raise Stale(case)
    return case


def record_edit(
    case: Case,
    changes: Mapping[str, tuple[object, object]],
    actor: Actor,
    *,
    now: datetime,
    kind: str = EDITED,
    shown: bool = False,
    fields: Sequence[str] = (),
) -> None:
    """Record an edit of a held case: `changes` maps each field to its value before and after, as text.

    `fields` are the case's own columns that the caller set; they are saved here with the next version.
    """
    if not changes:
        return
    case.version += 1
    case.updated_at = now
    case.save(update_fields=["version", "updated_at", *fields])
    data = {name: [str(before), str(after)] for name, (before, after) in changes.items()}
    write(case.shop_id, [NewEntry(case.pk, kind, {"changes": data}, shown)], actor, now)
    announce(case.shop, [case.pk])


@transaction.atomic
def delete(shop: Shop, case_ids: Iterable[int], actor: Actor, *, reason: str, now: datetime) -> list[str]:
    """Delete cases of `shop`; their timelines stay, closed by an entry that says who deleted them and why.

    Each room gives back or clears what it holds for them (`before_delete` of the hooks). Returns the codes deleted.
    """
    cases = list(Case.objects.select_for_update().filter(shop=shop, pk__in=set(case_ids)).order_by("pk"))
    ids = [case.pk for case in cases]
    context = Context(shop, actor, now, uuid4(), note=reason)
    # Whose it was is kept, so that the timeline left behind can be told and erased with the rest.
    drafts = [
        NewEntry(case.pk, DELETED, {"code": case.code, "customer": case.customer_id, "reason": reason})
        for case in cases
    ]
    for clear in hooks.connected.before_delete:
        clear(ids, context)
    write(shop.pk, drafts, actor, now, context.act_id)
    Case.objects.filter(pk__in=ids).delete()
    announce(shop, ids)
    return [case.code for case in cases]


def _write_note(
    case: Case, data: dict[str, object], actor: Actor, *, shown: bool, photos: Sequence[Upload], now: datetime
) -> None:
    if photos:
        data["photos"] = [photo.token for photo in photos]
        shop_id = case.shop_id
        Picture.objects.bulk_create(Picture(shop_id=shop_id, case=case, upload=one, shown=shown) for one in photos)
    write(case.shop_id, [NewEntry(case.pk, NOTE, data, shown)], actor, now)


def _row(
    shop: Shop, branch: Branch, opened: Opened, new: NewCase, flow: Workflow, deadlines: Deadlines, now: datetime
) -> tuple[object, ...]:
    status = flow.status(new.status)
    closed_at = new.since if status.closed else None
    due_at = deadlines.of(status, new.since, now)
    if due_at is not None:
        # One that comes in with a past of its own is not late before anybody could see it.
        due_at = max(now, due_at)
    return (
        opened.id, shop.pk, branch.pk, new.kind, opened.code, opened.token, new.workflow_id, new.status, status.phase,
        new.since, new.customer_id, new.owner_id, new.language, new.title, new.amount, new.currency, new.payment,
        new.channel, 0, new.placed_at, now, due_at, next_timer(flow, new.status, new.since), closed_at,
        normal.search_text(opened.code).rstrip() + new.search, 1,
    )  # fmt: skip


def _first_step(branch: Branch, opened: Opened, new: NewCase) -> Step:
    """Opening, as tellers see it: a move from nowhere into the first status."""
    status = workflow(new.workflow_id).status(new.status)
    locked = LockedCase(
        opened.id, branch.pk, new.workflow_id, opened.code, "", new.since, new.placed_at, None, None, None,
        new.customer_id, new.language, 0,
    )  # fmt: skip
    return Step(
        locked, Decision(Move("", new.status, "event", Words(), event="created", notify=("email", "push")), status)
    )
