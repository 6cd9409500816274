"""Moves: those an order may make, one, many at once, and taking them back; and the workflow they follow."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from tartib.api import etags, shows, sql
from tartib.api.answers import BulkOut, MoveOut, PermittedList, UndoneOut, WorkflowOut
from tartib.api.idempotency import Answer, key, once, reused
from tartib.api.keys import ApiRequest, BearerKey, need
from tartib.api.orders import find, typed
from tartib.api.problems import Problem, not_found
from tartib.api.requests import BulkIn, MoveIn
from tartib.cases import queries
from tartib.cases.engine import KeyReused, NotUndoable, Outcome, advance, preview
from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Act, Case, workflow
from tartib.dispatch import acts
from tartib.dispatch.assigning import Assigned
from tartib.flow.facts import ByHand, Refusal
from tartib.orders import ORDER
from tartib.shops.models import Shop

router = Router(tags=["Moves"], by_alias=True)


@router.get(
    "/orders/{code}/moves", response=PermittedList, auth=BearerKey("orders:read"), summary="List the permitted moves"
)
def permitted_moves(request: ApiRequest, code: str) -> HttpResponse:
    """Every move by hand from where the order stands, the likeliest first, and why it may not be made now."""
    case = find(request.auth.shop, code)
    options = queries.moves(case, request.auth.actor.role, now=timezone.now())
    moves = [shows.option(one, case.flow, case.shop, case.currency) for one in options]
    return Answer({"version": case.version, "moves": moves}, headers=etags.header(case.version)).response()


@router.post("/orders/{code}/moves", response={201: MoveOut}, auth=BearerKey("moves:write"), summary="Move an order")
def move_order(request: ApiRequest, code: str, body: MoveIn) -> HttpResponse:
    """Move an order to another status. A move that may not be made is refused with its reason, and changes nothing."""
    shop, actor, now = request.auth.shop, request.auth.actor, timezone.now()
    seen = etags.version(request)
    own_code = typed(code)
    # The hot path: of the order, no more than this is read before the engine locks it.
    found = sql.order(shop.pk, own_code)
    if found is None:
        raise not_found()
    case_id, currency = found
    try:
        outcome = advance(
            shop, [case_id], ByHand(body.to, actor.role, body.note), actor, now=now, key=key(request),
            notify_options=_notify_options(body), versions={} if seen is None else {case_id: seen},
        )  # fmt: skip
    except KeyReused:
        raise reused() from None
    if not outcome.moved:
        raise _refused(outcome.refused[case_id], shop, case_id, currency)
    one = outcome.moved[0]
    data = shows.moved(one, own_code) | {"act": str(outcome.act_id), "effects": dict(outcome.tally)}
    return Answer(data, 201, etags.header(one.version)).response(replayed=outcome.repeated)


@router.post("/moves/bulk", response=BulkOut, auth=BearerKey("moves:write"), summary="Move many orders")
def move_orders(request: ApiRequest, body: BulkIn) -> HttpResponse:
    """Move many orders in one act. Those that may not stay, each with its reason; with `preview` all of them stay."""
    shop, actor = request.auth.shop, request.auth.actor
    wish = ByHand(body.to, actor.role, body.note)

    def work() -> Answer:
        wanted = dict.fromkeys(typed(code) for code in body.orders)
        rows = Case.objects.filter(shop=shop, kind=ORDER, code__in=wanted).values_list("pk", "code")
        codes = dict(rows)
        now, notify_options = timezone.now(), _notify_options(body)
        if body.preview:
            outcome = preview(shop, codes, wish, actor, now=now, notify_options=notify_options)
        else:
            outcome = advance(shop, codes, wish, actor, now=now, notify_options=notify_options)
        unknown = [code for code in wanted if code not in set(codes.values())]
        return Answer(_bulk(outcome, codes, unknown, shop, preview=body.preview))

    return once(request, work)


@router.post("/acts/{uuid:act}/undo", response=UndoneOut, auth=BearerKey("moves:write"), summary="Undo an act")
def undo_act(request: ApiRequest, act: UUID) -> HttpResponse:
    """Take back a move or an assignment as a whole, while there is time and nothing irrevocable has followed."""
    shop = request.auth.shop

    def work() -> Answer:
        if acts.is_assignment(shop, act):
            need(request.auth.key, "assignments:write")
        try:
            outcome = acts.undo(shop, act, request.auth.actor, now=timezone.now())
        except Act.DoesNotExist:
            raise not_found() from None
        except NotUndoable as no:
            said = shows.say(no.refusal, shop)
            raise Problem("refused", str(said["detail"]), code=str(said["code"])) from None
        moved = () if isinstance(outcome, Assigned) else outcome.moved
        given = outcome.given if isinstance(outcome, Assigned) else ()
        touched = [*(one.case_id for one in moved), *given, *outcome.refused]
        codes = dict(Case.objects.filter(shop=shop, pk__in=touched).values_list("pk", "code"))
        return Answer(
            {
                "moved": [shows.moved(one, codes.get(one.case_id, "")) for one in moved],
                "given_back": [codes[pk] for pk in given],
                "refused": shows.refused(outcome.refused, codes, shop),
            }
        )

    return once(request, work)


@router.get("/workflow", response=WorkflowOut, auth=BearerKey("orders:read"), summary="Read the workflow")
def read_workflow(request: ApiRequest) -> HttpResponse:
    """The workflow that new orders follow: its statuses and moves. Orders placed earlier keep the one they have."""
    version = queries.current_workflow(request.auth.shop, ORDER)
    if version is None:
        raise not_found()
    return Answer(shows.workflow(workflow(version.pk), version.version)).response()


def _notify_options(body: MoveIn) -> NotifyOptions:
    channels = None if body.notify is None else frozenset[str](body.notify)
    return NotifyOptions(channels, body.language, body.note_shown)


def _refused(refusal: Refusal, shop: Shop, case_id: int, currency: str) -> Problem:
    if refusal.code == "not-found":
        return not_found()
    if refusal.code == "stale":
        return etags.changed(Case.objects.get(pk=case_id, shop=shop))
    said = shows.say(refusal, shop, currency)
    return Problem("refused", str(said["detail"]), code=str(said["code"]))


def _bulk(outcome: Outcome, codes: dict[int, str], unknown: list[str], shop: Shop, *, preview: bool) -> shows.Data:
    missing = shows.say(Refusal("not-found", {}), shop)
    return {
        "act": str(outcome.act_id) if outcome.moved and not preview else None,
        "preview": preview,
        "moved": [shows.moved(one, codes[one.case_id]) for one in outcome.moved],
        "refused": shows.refused(outcome.refused, codes, shop) + [{"order": code, **missing} for code in unknown],
        "effects": dict(outcome.tally),
    }
