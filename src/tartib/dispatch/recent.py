"""Who became responsible lately, and whether that can be undone still: for whoever did it, and for a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tartib.cases import undoing
from tartib.cases.models import Act, Case
from tartib.cases.undoing import LATELY, MOST, Prospect
from tartib.dispatch.assigning import former_owners, no_way_back, stays
from tartib.dispatch.timeline import ASSIGNED, UNDONE
from tartib.flow.facts import Refusal
from tartib.journal.models import Entry
from tartib.journal.operations import Actor
from tartib.shops.models import Membership, Shop


@dataclass(frozen=True, slots=True)
class RecentAssignment:
    """An act by which somebody became responsible for `moved` cases; `case` is the only one, where it was one."""

    id: UUID
    at: datetime
    moved: int
    to: str
    case: Case | None
    prospect: Prospect


@dataclass(frozen=True, slots=True)
class LastAssignment:
    """How a case came to its owner: its entry on the timeline, and what undoing the act would come to."""

    entry: Entry
    count: int
    prospect: Prospect | None


def recent(member: Membership, actor: Actor, *, now: datetime) -> list[RecentAssignment]:
    """What a member of staff assigned, took or handed over lately, the newest first; three queries."""
    own = Act.objects.filter(shop=member.shop, user_id=member.user_id, at__gte=now - LATELY)
    acts = list(own.filter(answer__has_key="assigned").order_by("-at", "-pk")[:MOST])
    cases, members = _about(member.shop, acts)
    found = []
    for act in acts:
        rows, to = former_owners(act), members.get(act.answer["to"])
        only = cases.get(next(iter(rows))) if len(rows) == 1 else None
        judged = _prospect(member.shop, act, actor, cases, members, now)
        found.append(RecentAssignment(act.pk, act.at, len(rows), str(to or ""), only, judged))
    return found


def last_of(case: Case, entries: Sequence[Entry], actor: Actor, *, now: datetime) -> LastAssignment | None:
    """How the case came to its owner, by the newest of its `entries`; None where it was so from the beginning.

    With the way back where `actor` has one: three queries then.
    """
    entry = next((one for one in entries if one.kind == ASSIGNED), None)
    if entry is None:
        return None
    if entry.act_id is None or entry.data.get("how") == UNDONE or entry.at < now - LATELY:
        return LastAssignment(entry, 1, None)
    act = Act.objects.filter(shop=case.shop, pk=entry.act_id, answer__has_key="assigned").first()
    if act is None:
        return LastAssignment(entry, 1, None)
    cases, members = _about(case.shop, [act])
    prospect = _prospect(case.shop, act, actor, cases, members, now)
    return LastAssignment(entry, len(former_owners(act)), prospect if prospect.back else None)


def _about(shop: Shop, acts: Sequence[Act]) -> tuple[dict[int, Case], dict[int | None, Membership]]:
    """The cases of these acts as they are now, and the people who had and have them."""
    rows = [former_owners(act) for act in acts]
    ids = {pk for row in rows for pk in row}
    found = Case.objects.filter(shop=shop, pk__in=ids).only("pk", "kind", "code", "owner_id") if ids else ()
    cases = {case.pk: case for case in found}
    people = {pk for row in rows for pk in row.values()} | {act.answer["to"] for act in acts}
    numbers = [pk for pk in people | {case.owner_id for case in cases.values()} if pk is not None]
    members = Membership.objects.filter(shop=shop, pk__in=numbers).select_related("user") if numbers else ()
    return cases, {member.pk: member for member in members}


def _prospect(
    shop: Shop,
    act: Act,
    actor: Actor,
    cases: Mapping[int, Case],
    members: Mapping[int | None, Membership],
    now: datetime,
) -> Prospect:
    until, back = undoing.until(shop, act), 0
    why = no_way_back(shop, act, actor, now=now)
    if why is not None:
        return Prospect(0, until, why)
    for pk, before in former_owners(act).items():
        kept = stays(act, cases[pk], before, members) if pk in cases else Refusal("not-found", {})
        back, why = back + (kept is None), kept or why
    return Prospect(back, until, None if back else why)
