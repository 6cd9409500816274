"""Whose case it is: assigned by who may, claimed where it is nobody's yet, handed over to a colleague with a reason.

One case or thousands are one act, in one transaction and with a number of statements that does not depend on how many:
lock the receiver, lock the cases in the order of their ids, judge each, write, tell. What may not go stays where it is,
with the reason. The act is kept as moves are, and undone as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from tartib.cases import sql, undoing
from tartib.cases.engine import NotUndoable
from tartib.cases.models import Act, Case
from tartib.cases.operations import set_owners
from tartib.dispatch import access, operations
from tartib.dispatch.operations import NotHere
from tartib.dispatch.timeline import ASSIGNED, UNDONE, How
from tartib.flow.facts import Refusal
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor, NewEntry, write
from tartib.notify import to_staff
from tartib.shops.models import Membership, Shop
from tartib.shops.sql import hold_members

LONGEST_REASON = 1_000


class ReasonMissing(Exception):
    """Whoever hands a case over says why: the one who gets it has to know."""


class NotAllowed(Exception):
    """They do not decide over the work of others."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """What an act came to: the cases that somebody else is responsible for now, and those that stayed, with reasons.

    `already` were with the one named, and nothing happened to them.
    """

    act_id: UUID
    given: tuple[int, ...] = ()
    already: tuple[int, ...] = ()
    refused: Mapping[int, Refusal] = field(default_factory=dict)


Judge = Callable[[Case, Membership | None], Refusal | None]
"""Why a locked case of that owner stays where it is; None where it goes."""


@transaction.atomic
def assign(
    shop: Shop,
    case_ids: Iterable[int],
    to: Membership,
    actor: Actor,
    *,
    now: datetime,
    reason: str = "",
    seen: Mapping[int, int | None] | None = None,
) -> Assigned:
    """Make `to` responsible for cases of `shop`, whoever is so now.

    `seen` holds who was responsible when the person decided: where that is somebody else by now, the case stays. Raises
    `NotAllowed`, and `NotHere` for somebody who cannot be responsible.
    """
    if not access.may_assign(actor):
        raise NotAllowed
    return _give(shop, case_ids, to, How.ASSIGNED, _unchanged(seen), actor, now, reason)


@transaction.atomic
def claim(shop: Shop, case_ids: Iterable[int], member: Membership, actor: Actor, *, now: datetime) -> Assigned:
    """Let `member` take open cases that are nobody's yet (`access.is_free`).

    Of two who take one at once the first has it, and the other is told who. Nobody takes anything for somebody else,
    but who assigns: raises `NotAllowed`, and `NotHere`.
    """
    if not (_is(actor, member) or access.may_assign(actor)):
        raise NotAllowed

    def judge(case: Case, owner: Membership | None) -> Refusal | None:
        if case.closed_at is not None:
            return Refusal("nothing-to-take", {"code": case.code})
        return None if access.is_free(shop, owner) else Refusal("taken", _named(case, owner))

    return _give(shop, case_ids, member, How.CLAIMED, judge, actor, now, "")


@transaction.atomic
def hand_over(
    shop: Shop,
    case_ids: Iterable[int],
    to: Membership,
    reason: str,
    actor: Actor,
    *,
    now: datetime,
    seen: Mapping[int, int | None] | None = None,
) -> Assigned:
    """Hand cases over to a colleague: one's own, or as somebody who assigns anybody's.

    `seen` as for `assign`. Raises `ReasonMissing`, and `NotHere` for somebody who cannot be responsible.
    """
    if not reason.strip():
        raise ReasonMissing
    unchanged = _unchanged(seen)

    def judge(case: Case, owner: Membership | None) -> Refusal | None:
        if not access.may_hand_over(actor, owner):
            return Refusal("not-theirs", _named(case, owner))
        return unchanged(case, owner)

    return _give(shop, case_ids, to, How.HANDED_OVER, judge, actor, now, reason)


def of_who_leaves(leaver: Membership, successor: Membership, actor: Actor, *, now: datetime) -> Assigned:
    """Give all open cases of somebody who leaves to `successor`, in the transaction in which they leave."""
    theirs = Case.objects.filter(shop_id=leaver.shop_id, owner=leaver, closed_at__isnull=True)
    case_ids = list(theirs.values_list("pk", flat=True))
    return _give(leaver.shop, case_ids, successor, How.LEFT, _unchanged(None), actor, now, "")


@transaction.atomic
def undo(shop: Shop, act_id: UUID, actor: Actor, *, now: datetime) -> Assigned:
    """Take back an act while the shop's time for it lasts: its cases go back to who was responsible before.

    Those that have gone on to somebody else stay, and so do those of people who have left. Raises `NotUndoable` when
    nothing goes back, `Act.DoesNotExist` where the shop has no such act.
    """
    act = Act.objects.select_for_update().get(pk=act_id, shop=shop, answer__has_key="assigned")
    refusal = no_way_back(shop, act, actor, now=now)
    if refusal is not None:
        raise NotUndoable(refusal)
    rows = former_owners(act)
    # Held, as receivers are: nobody leaves while they are given something back.
    members = _members(shop, rows.values(), held=True)
    cases = _lock(shop, rows)
    members |= _members(shop, {case.owner_id for case in cases})
    refused = {pk: Refusal("not-found", {}) for pk in rows.keys() - {case.pk for case in cases}}
    back = []
    for case in cases:
        why = stays(act, case, rows[case.pk], members)
        if why is None:
            back.append(case)
        else:
            refused[case.pk] = why
    if not back:
        raise NotUndoable(next(iter(refused.values())))
    given = tuple(case.pk for case in back)
    receiver = members[act.answer["to"]]
    set_owners(shop, {case.pk: rows[case.pk] for case in back}, now=now)
    operations.follow_back(given, receiver, now=now)
    new_act = uuid4()
    drafts = [_entry(case, receiver, members[rows[case.pk]], UNDONE, act=str(act.pk)) for case in back]
    write(shop.pk, drafts, actor, now, new_act)
    to_staff.withdraw(act.pk)
    act.undone_at = now
    act.save(update_fields=["undone_at"])
    return Assigned(new_act, given, (), refused)


def _give(
    shop: Shop,
    case_ids: Iterable[int],
    to: Membership,
    how: How,
    judge: Judge,
    actor: Actor,
    now: datetime,
    reason: str,
) -> Assigned:
    # Held, so that nobody leaves the shop while they are given something.
    hold_members(shop.pk, [to.pk])
    to = Membership.objects.select_related("user", "shop").get(pk=to.pk)
    if to.shop_id != shop.pk or not access.can_own(to):
        raise NotHere
    ids = set(case_ids)
    cases = _lock(shop, ids)
    owners = _members(shop, {case.owner_id for case in cases})
    refused = {pk: Refusal("not-found", {}) for pk in ids - {case.pk for case in cases}}
    going, already = [], []
    for case in cases:
        owner = owners.get(case.owner_id)
        if case.owner_id == to.pk:
            already.append(case.pk)
        elif (why := judge(case, owner)) is not None:
            refused[case.pk] = why
        else:
            going.append(case)
    act_id, given = uuid4(), tuple(case.pk for case in going)
    if going:
        reason = reason.strip()[:LONGEST_REASON]
        operations.follow(given, to, now=now)
        set_owners(shop, dict.fromkeys(given, to.pk), now=now)
        drafts = [_entry(case, owners.get(case.owner_id), to, how, reason=reason) for case in going]
        write(shop.pk, drafts, actor, now, act_id)
        rows = [{"case": case.pk, "from": case.owner_id} for case in going]
        sql.add_act(act_id, shop.pk, actor, how, now, {"assigned": rows, "to": to.pk})
        if not _is(actor, to):
            said_by = "" if actor.kind == ActorKind.SYSTEM else actor.name
            to_staff.tell_of_cases(shop, to, [case.code for case in going], said_by, reason, act_id, now=now)
    return Assigned(act_id, given, tuple(already), refused)


def _lock(shop: Shop, case_ids: Iterable[int]) -> list[Case]:
    """Those cases, locked in the order of their ids as moves lock them.

    Without their owners: a row that was waited for is read anew, what is joined to it is not.
    """
    held = Case.objects.select_for_update(no_key=True).filter(shop=shop, pk__in=list(case_ids)).order_by("pk")
    return list(held.only("pk", "code", "owner_id", "closed_at"))


def _members(shop: Shop, numbers: Iterable[int | None], *, held: bool = False) -> dict[int | None, Membership]:
    ids = {pk for pk in numbers if pk is not None}
    if held:
        hold_members(shop.pk, ids)
    found = Membership.objects.filter(shop=shop, pk__in=ids).order_by("pk")
    return {member.pk: member for member in found.select_related("user")}


def _unchanged(seen: Mapping[int, int | None] | None) -> Judge:
    """A judge that keeps what has gone to somebody else since the person looked."""
    known = seen or {}

    def judge(case: Case, owner: Membership | None) -> Refusal | None:
        if known.get(case.pk, case.owner_id) == case.owner_id:
            return None
        return Refusal("handed-meanwhile", _named(case, owner))

    return judge


def former_owners(act: Act) -> dict[int, int | None]:
    """The cases that an act gave to somebody, with the membership of who was responsible before."""
    return {row["case"]: row["from"] for row in act.answer["assigned"]}


def no_way_back(shop: Shop, act: Act, actor: Actor, *, now: datetime) -> Refusal | None:
    """Why an act as a whole cannot be undone by that person, whatever has become of its cases since."""
    if not access.may_take_back(actor, act):
        return Refusal("not-your-act", {})
    return undoing.too_late(shop, act, now=now)


def stays(act: Act, case: Case, before: int | None, members: Mapping[int | None, Membership]) -> Refusal | None:
    """Why a case does not go back to the member `before`, who had it before an act."""
    owner = members.get(before)
    if case.owner_id != act.answer["to"]:
        return Refusal("handed-on", _named(case, members.get(case.owner_id)))
    if owner is None or not access.can_own(owner):
        return Refusal("has-left", _named(case, owner))
    return None


def _named(case: Case, owner: Membership | None) -> dict[str, object]:
    return {"code": case.code, "who": str(owner) if owner else "—"}


def _is(actor: Actor, member: Membership) -> bool:
    return actor.kind == ActorKind.STAFF and actor.id == member.user_id


def _entry(
    case: Case, before: Membership | None, after: Membership, how: str, *, reason: str = "", act: str = ""
) -> NewEntry:
    data = {"from": str(before) if before else "", "to": str(after), "how": str(how), "reason": reason, "act": act}
    return NewEntry(case.pk, ASSIGNED, {name: text for name, text in data.items() if text or name == "from"})
