"""Asking to cancel an order or to send goods back, and answering that: acts of their own, beside the order's status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.files import File
from django.db import transaction
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from tartib.cases import hooks
from tartib.cases.engine import Outcome, advance, announce
from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case, Phase
from tartib.cases.operations import lock_case
from tartib.cases.timeline import NOTE
from tartib.files.models import Purpose, Upload
from tartib.files.operations import discard, keep_images
from tartib.flow.decide import decide
from tartib.flow.facts import ByHand, Decision, Event, Facts
from tartib.flow.workflow import Workflow
from tartib.journal.operations import Actor, NewEntry, write
from tartib.l10n import digits
from tartib.l10n.names import language as nearest
from tartib.notify.models import MessageKind
from tartib.notify.notices import tell_customer
from tartib.notify.to_shop import tell_of_words
from tartib.orders import awaiting, queries
from tartib.orders.hooks import CANCEL
from tartib.orders.models import Line, Order, OrderSettings
from tartib.orders.operations import Refused
from tartib.orders.requests import (
    OPEN,
    CustomerRequest,
    RequestedLine,
    RequestKind,
    RequestPhoto,
    RequestReason,
    RequestState,
)
from tartib.payments import refunds
from tartib.shops import worktime
from tartib.shops.models import Shop

LONGEST_WORDS = 2_000
MOST_PHOTOS = 5


class NotPossible(Exception):
    """This cannot be asked for, or not now; `why` says so to the customer."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Answered(Exception):
    """The request is not in a state any more in which that can be done with it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether a customer can ask for something now: of which lines, how many pieces; or `why` not.

    `at_once`: the whole order is cancelled by the asking itself, nobody has to agree. `until` is the last day on which
    goods can be returned; `asked`, that it was asked for already and is not over.
    """

    kind: RequestKind
    lines: tuple[tuple[Line, int], ...] = ()
    at_once: bool = False
    until: date | None = None
    why: str = ""
    asked: bool = False

    @property
    def possible(self) -> bool:
        """Whether it can be asked for."""
        return not self.why


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer asks for: pieces by line, why, and their own words."""

    kind: RequestKind
    pieces: Mapping[int, int]
    reason: str = ""
    words: str = ""
    photos: Sequence[File[bytes]] = ()


def offers(case: Case, *, now: datetime) -> list[Offer]:
    """What can be asked for about an order; nothing where it has ended, or its shop and its workflow take no requests.

    A fixed number of queries. The reasons are in the language of the reader.
    """
    known = list(queries.lines(case))
    return offered(case, queries.order(case), known, CustomerRequest.objects.filter(case=case, state__in=OPEN), now=now)


def offered(
    case: Case, order: Order, lines: Iterable[Line], requests: Iterable[CustomerRequest], *, now: datetime
) -> list[Offer]:
    """What `offers` answers, from what was read already."""
    if case.phase == Phase.ENDED:
        return []
    out = _out(case, lines)
    opened = {one.kind for one in requests if one.open}
    done = case.phase == Phase.DONE
    days = OrderSettings.of(case.shop).return_days
    found = [] if done or not cancelled_statuses(case.flow) else [_cancellation(case, out, opened, now)]
    return found + ([_return(case, order, out, opened, days, now)] if days or done else [])


def cancelled_statuses(flow: Workflow) -> frozenset[str]:
    """The ended statuses to which a workflow leads what customers cancel."""
    targets = {move.target for move in flow.moves if move.event == CANCEL}
    return frozenset(code for code in targets if flow.status(code).phase == Phase.ENDED)


def ask(case: Case, asked: Asked, actor: Actor, *, now: datetime) -> CustomerRequest | None:
    """Ask for something; None where the order was cancelled at once. The shop is told, and the customer that it came.

    Raises `NotPossible`, and `files.Unfit` for a photo that cannot be kept; nothing is changed then. An order whose
    workflow still lets its customer cancel is cancelled when all of it is meant; anything else is written down for the
    shop to answer.
    """
    photos = keep_images(case.shop, asked.photos, Purpose.ATTACHMENT, now=now)
    try:
        return _ask(case, asked, photos, actor, now)
    except NotPossible:
        discard(*photos)
        raise


@transaction.atomic
def _ask(case: Case, asked: Asked, photos: Sequence[Upload], actor: Actor, now: datetime) -> CustomerRequest | None:
    held = lock_case(case.shop, case.pk)
    offer = next((one for one in offers(held, now=now) if one.kind == asked.kind), None)
    if offer is None or not offer.possible:
        raise NotPossible(offer.why if offer else _("This is not possible for this order."))
    chosen = _chosen(offer, asked.pieces)
    if offer.at_once and all(chosen.get(line.pk) == most for line, most in offer.lines):
        _cancel_at_once(held, asked, chosen, offer, actor, now)
        return None
    request = CustomerRequest.objects.create(
        case=held, shop=held.shop, kind=asked.kind, reason=asked.reason, words=asked.words, asked_at=now,
        due_at=worktime.due(held.shop, now, timedelta(days=OrderSettings.of(held.shop).answer_days)),
    )  # fmt: skip
    RequestedLine.objects.bulk_create(
        RequestedLine(shop=held.shop, request=request, line_id=line, pieces=count) for line, count in chosen.items()
    )
    RequestPhoto.objects.bulk_create(RequestPhoto(shop=held.shop, request=request, upload=photo) for photo in photos)
    _write(held, request, "requested", asked.words, actor, now)
    awaiting.asked(request, now=now)
    tell_customer(held, MessageKind.REQUEST, now=now, turn=f"{request.kind}-requested")
    _tell_shop(held, request, asked.words, now)
    return request


@transaction.atomic
def withdraw(case: Case, request_id: int, actor: Actor, *, now: datetime) -> None:
    """The customer does not want it any more. Raises `Answered` once goods are back or it is over."""
    request = _held(case.shop, case.pk, request_id, OPEN)
    if request.arrived_at is not None:
        raise Answered
    request.state, request.closed_at = RequestState.WITHDRAWN, now
    request.save(update_fields=["state", "closed_at"])
    _write(request.case, request, "withdrawn", "", actor, now)
    awaiting.answered(request, now=now)
    with override(nearest(case.shop.language)):
        said = _("I withdraw my request: %(kind)s.") % {"kind": request.get_kind_display()}
    tell_of_words(case.shop, request.case, said, "", now=now)


@transaction.atomic
def approve(
    shop: Shop, case_id: int, request_id: int, agreed: Mapping[int, int], words: str, actor: Actor, *, now: datetime
) -> tuple[CustomerRequest, Outcome | None]:
    """Agree to a request, or to a part of it: `agreed` are the pieces by line. The customer is told what comes next.

    The cancellation of all that an order holds is carried out by its workflow's own move, which tells them. Raises
    `Answered`, `NotPossible` where nothing was agreed to, and `orders.operations.Refused` where the move is not
    allowed.
    """
    request = _held(shop, case_id, request_id, (RequestState.REQUESTED,))
    rows = list(request.lines.select_related("line"))
    for row in rows:
        row.agreed = max(0, min(row.pieces, agreed.get(row.line_id, 0)))
    if not any(row.agreed for row in rows):
        raise NotPossible(_("Agree to one piece at least, or decline the request."))
    RequestedLine.objects.bulk_update(rows, ["agreed"])
    _answer(request, RequestState.APPROVED, words, actor, now)
    case, outcome = request.case, None
    _write(case, request, "approved", words, actor, now)
    awaiting.answered(request, now=now)
    if request.kind == RequestKind.CANCEL and _whole(case, rows):
        outcome = _cancel(case, words, actor, now)
    if outcome is None or not _told(outcome):
        tell_customer(case, MessageKind.REQUEST, now=now, turn=f"{request.kind}-approved", note=words)
    request.refresh_from_db()
    return request, outcome


@transaction.atomic
def decline(shop: Shop, case_id: int, request_id: int, words: str, actor: Actor, *, now: datetime) -> CustomerRequest:
    """Say no, with words; also to one that was agreed to, when the goods do not come. Raises `Answered`."""
    request = _held(shop, case_id, request_id, OPEN)
    request.closed_at = now
    _answer(request, RequestState.DECLINED, words, actor, now)
    _write(request.case, request, "declined", words, actor, now)
    awaiting.answered(request, now=now)
    tell_customer(request.case, MessageKind.REQUEST, now=now, turn=f"{request.kind}-declined", note=words)
    return request


@transaction.atomic
def arrived(shop: Shop, case_id: int, request_id: int, actor: Actor, *, now: datetime) -> CustomerRequest:
    """The goods of an approved return are back; the customer is told. Their money is sent by a refund.

    Raises `Answered`.
    """
    request = _held(shop, case_id, request_id, (RequestState.APPROVED,))
    if request.kind != RequestKind.RETURN or request.arrived_at is not None:
        raise Answered
    request.arrived_at = now
    request.save(update_fields=["arrived_at"])
    _write(request.case, request, "arrived", "", actor, now)
    tell_customer(request.case, MessageKind.REQUEST, now=now, turn="return-arrived")
    return request


def _cancellation(case: Case, out: tuple[tuple[Line, int], ...], opened: set[str], now: datetime) -> Offer:
    flow = case.flow
    if RequestKind.CANCEL in opened:
        return Offer(RequestKind.CANCEL, why=_("You have asked for this already."), asked=True)
    guarded = any(move.guards for move in flow.moves_from(case.status) if move.event == CANCEL)
    values = hooks.facts([case.pk])[case.pk] if guarded else {}
    facts = Facts(case.status, case.since, case.placed_at, values)
    answer = decide(flow, facts, Event(CANCEL), now)
    at_once = isinstance(answer, Decision) and answer.status.phase == Phase.ENDED
    by_hand = {move.target for move in flow.moves_from(case.status) if move.by == "hand"}
    if at_once or by_hand & cancelled_statuses(flow):
        return Offer(RequestKind.CANCEL, out, at_once=at_once)
    return Offer(RequestKind.CANCEL, why=_("Your order is on its way, so it cannot be cancelled any more."))


def _return(
    case: Case, order: Order, out: tuple[tuple[Line, int], ...], opened: set[str], days: int, now: datetime
) -> Offer:
    kind = RequestKind.RETURN
    if RequestKind.RETURN in opened:
        return Offer(kind, why=_("You have asked for this already."), asked=True)
    if not days:
        return Offer(kind, why=_("This shop does not take returns here. If something is not right, write to us."))
    if case.phase != Phase.DONE:
        return Offer(kind, why=_("Once you have your order, you can ask here to return it."))
    zone = ZoneInfo(case.shop.timezone)
    delivered = order.delivered_on or (case.closed_at or case.since).astimezone(zone).date()
    until = delivered + timedelta(days=days)
    if now.astimezone(zone).date() > until:
        return Offer(kind, until=until, why=_("The time in which it could be returned is over."))
    if not out:
        return Offer(kind, why=_("All of it has been returned already."))
    return Offer(kind, out, until=until)


def _chosen(offer: Offer, pieces: Mapping[int, int]) -> dict[int, int]:
    known = {line.pk: (line, most) for line, most in offer.lines}
    chosen = {}
    for line_id, count in pieces.items():
        if line_id not in known:
            raise NotPossible(_("This is not possible for this order."))
        line, most = known[line_id]
        if not 0 <= count <= most:
            raise NotPossible(
                _("“%(product)s”: you have %(pieces)s of it.")
                % {"product": line.name, "pieces": digits.number(most, nearest(get_language() or "en"))}
            )
        if count:
            chosen[line_id] = count
    if not chosen:
        raise NotPossible(_("Choose at least one piece."))
    return chosen


def _cancel_at_once(
    case: Case, asked: Asked, chosen: Mapping[int, int], offer: Offer, actor: Actor, now: datetime
) -> None:
    outcome = advance(case.shop, [case.pk], Event(CANCEL, asked.words), actor, now=now)
    if case.pk in outcome.refused:
        raise NotPossible(_("This is not possible for this order."))
    items = [[chosen[line.pk], str(line.name)] for line, _most in offer.lines if line.pk in chosen]
    data = {"by": "customer", "request": "cancel", "turn": "cancelled", "items": items, "text": asked.words}
    if asked.reason:
        data["reason"] = asked.reason
    write(case.shop_id, [NewEntry(case.pk, NOTE, data, shown=True)], actor, now)
    case.refresh_from_db()
    with override(nearest(case.shop.language)):
        reason = str(RequestReason(asked.reason).label) if asked.reason else ""
        said = "\n".join(filter(None, (_("I have cancelled the order."), reason)))
    tell_of_words(case.shop, case, said, asked.words, now=now)


def _cancel(case: Case, words: str, actor: Actor, now: datetime) -> Outcome:
    """Carry out the whole cancellation by the move of the workflow."""
    targets = cancelled_statuses(case.flow)
    target = next(
        (one.target for one in case.flow.moves_from(case.status) if one.by == "hand" and one.target in targets), None
    )
    with override(nearest(case.shop.language)):
        note = words or _("As the customer asked.")
    target = target or min(targets)
    notify_options = NotifyOptions(note_shown=bool(words))
    outcome = advance(
        case.shop, [case.pk], ByHand(target, actor.role, note), actor, now=now, notify_options=notify_options
    )
    if outcome.refused:
        raise Refused(outcome.refused[case.pk])
    return outcome


def _told(outcome: Outcome) -> bool:
    """Whether the move that carried it out tells the customer by itself."""
    return any(
        name.startswith("message.") and name != "message.nobody" and count for name, count in outcome.tally.items()
    )


def _whole(case: Case, rows: Sequence[RequestedLine]) -> bool:
    """Whether everything that the order still holds was asked for and agreed to."""
    agreed = {row.line_id: row.agreed for row in rows}
    return all(agreed.get(line.pk, 0) >= left for line, left in _out(case, queries.lines(case)))


def _out(case: Case, lines: Iterable[Line]) -> tuple[tuple[Line, int], ...]:
    """The lines of which pieces are out, with how many: none that came back or for which a refund is under way."""
    coming = refunds.coming_back(case)
    left = ((line, line.quantity - line.came_back - coming[line.pk]) for line in lines)
    return tuple((line, count) for line, count in left if count > 0)


def _held(shop: Shop, case_id: int, request_id: int, states: Sequence[str]) -> CustomerRequest:
    case = lock_case(shop, case_id)
    request = CustomerRequest.objects.select_for_update().filter(pk=request_id, case=case).first()
    if request is None or request.state not in states:
        raise Answered
    request.case = case
    return request


def _answer(request: CustomerRequest, state: RequestState, words: str, actor: Actor, now: datetime) -> None:
    request.state, request.answer = state, words
    request.answered_at, request.answered_by = now, actor.name[:150]
    request.save(update_fields=["state", "answer", "answered_at", "answered_by", "closed_at"])


def _write(case: Case, request: CustomerRequest, turn: str, words: str, actor: Actor, now: datetime) -> None:
    """The timeline's entry of a turn, for both sides; what it says is read from its codes in the reader's language."""
    rows = sorted(request.lines.select_related("line"), key=lambda row: row.line.position)
    agreed = turn in ("approved", "arrived")
    counted = [(row.agreed if agreed else row.pieces, row.line.name) for row in rows]
    data: dict[str, object] = {
        "request": request.kind, "turn": turn, "items": [[count, name] for count, name in counted if count],
        "text": words,
    }  # fmt: skip
    if turn in ("requested", "withdrawn"):
        data["by"] = "customer"
    if turn == "requested" and request.reason:
        data["reason"] = request.reason
    write(case.shop_id, [NewEntry(case.pk, NOTE, data, shown=True)], actor, now)
    announce(case.shop, [case.pk])


def _tell_shop(case: Case, request: CustomerRequest, words: str, now: datetime) -> None:
    language = nearest(case.shop.language)
    with override(language):
        said = [str(request.get_kind_display()), *queries.named(request, language)]
        said += [str(request.get_reason_display())] if request.reason else []
        photos = request.photos.count()
        shown = digits.number(photos, language)
        said += [ngettext("With %(count)s photo", "With %(count)s photos", photos) % {"count": shown}] if photos else []
    tell_of_words(case.shop, case, "\n".join(said), words, now=now)
