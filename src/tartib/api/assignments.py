"""Whose case it is: assigning orders and support requests, taking and handing them over."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from tartib.api import shows
from tartib.api.answers import AssignedManyOut, AssignedOut, PeopleList
from tartib.api.idempotency import Answer, once
from tartib.api.keys import ApiRequest, BearerKey
from tartib.api.lists import only_known
from tartib.api.orders import typed
from tartib.api.problems import Problem, invalid, not_found
from tartib.api.requests import AssignmentIn, AssignmentsIn
from tartib.cases.models import Case
from tartib.dispatch import access, assigning
from tartib.dispatch.assigning import Assigned
from tartib.dispatch.operations import NotHere
from tartib.flow.facts import Refusal
from tartib.orders import ORDER
from tartib.shops import naming
from tartib.shops.models import Membership
from tartib.support import SUPPORT

router = Router(tags=["Responsible"], by_alias=True)


@router.get("/people", response=PeopleList, auth=BearerKey("orders:read"), summary="List who can be responsible")
def list_people(request: ApiRequest) -> HttpResponse:
    """Everybody who works in the shop and can be responsible, by name, with the `id` that assignments take."""
    only_known(request, None)
    people = [one for one in naming.staff(request.auth.shop) if access.can_own(one)]
    return Answer({"people": [{"id": one.pk, "name": str(one), "role": one.role} for one in people]}).response()


@router.post(
    "/orders/{code}/assignments", response={201: AssignedOut}, auth=BearerKey("assignments:write"),
    summary="Assign an order",
)  # fmt: skip
def assign_order(request: ApiRequest, code: str, body: AssignmentIn) -> HttpResponse:
    """Make somebody responsible for an order, or with `claim` only where it is nobody's yet; undone as moves are."""
    return once(request, lambda: _assign_one(request, ORDER, code, body))


@router.post(
    "/requests/{code}/assignments", response={201: AssignedOut}, auth=BearerKey("assignments:write"),
    summary="Assign a support request",
)  # fmt: skip
def assign_request(request: ApiRequest, code: str, body: AssignmentIn) -> HttpResponse:
    """The same for a support request."""
    return once(request, lambda: _assign_one(request, SUPPORT, code, body))


@router.post("/assignments", response=AssignedManyOut, auth=BearerKey("assignments:write"), summary="Assign many")
def assign_many(request: ApiRequest, body: AssignmentsIn) -> HttpResponse:
    """Make one person responsible for many orders and requests in one act. Those that may not go stay, with reasons."""

    def work() -> Answer:
        shop, wanted = request.auth.shop, dict.fromkeys(typed(code) for code in body.cases)
        codes = dict(Case.objects.filter(shop=shop, code__in=wanted).values_list("pk", "code"))
        outcome = _give(request, list(codes), body)
        known, missing = set(codes.values()), shows.say(Refusal("not-found", {}), shop)
        refused = [{"case": codes.get(pk, ""), **shows.say(why, shop)} for pk, why in outcome.refused.items()]
        return Answer(
            {
                "act": str(outcome.act_id) if outcome.given else None,
                "assigned": [codes[pk] for pk in outcome.given],
                "already": [codes[pk] for pk in outcome.already],
                "refused": refused + [{"case": code, **missing} for code in wanted if code not in known],
            }
        )

    return once(request, work)


def _assign_one(request: ApiRequest, kind: str, code: str, body: AssignmentIn) -> Answer:
    shop = request.auth.shop
    case = Case.objects.filter(shop=shop, kind=kind, code=typed(code)).only("pk").first()
    if case is None:
        raise not_found()
    outcome = _give(request, [case.pk], body)
    for refusal in outcome.refused.values():
        said = shows.say(refusal, shop)
        raise Problem("refused", str(said["detail"]), code=str(said["code"]))
    case = Case.objects.select_related("owner__user").get(pk=case.pk)
    data = {
        "case": case.code,
        "responsible": str(case.owner) if case.owner else None,
        "version": case.version,
        "act": str(outcome.act_id) if outcome.given else None,
    }
    return Answer(data, 201)


def _give(request: ApiRequest, case_ids: Sequence[int], body: AssignmentIn | AssignmentsIn) -> Assigned:
    """Do what the body asks. A key was given its scope by the shop's owner: within it, it assigns as a manager does."""
    shop, actor, now = request.auth.shop, request.auth.actor, timezone.now()
    to = Membership.objects.filter(shop=shop, pk=body.to).select_related("shop", "user").first()
    try:
        if to is None:
            raise NotHere
        if body.claim:
            return assigning.claim(shop, case_ids, to, actor, now=now)
        if body.reason.strip():
            return assigning.hand_over(shop, case_ids, to, body.reason, actor, now=now)
        return assigning.assign(shop, case_ids, to, actor, now=now)
    except NotHere:
        raise invalid("#/to", _("Nobody of that number can be responsible here: see /people.")) from None
