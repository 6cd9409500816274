"""Orders: listing, reading, placing, correcting, and what is written on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router

from tartib.api import contact, etags, shows
from tartib.api.answers import NoteOut, OrderList, OrderOut, Timeline
from tartib.api.fields import EARLIEST
from tartib.api.idempotency import Answer, once
from tartib.api.keys import ApiRequest, BearerKey
from tartib.api.lists import Cursor, Limit, OrderFilters, filters, link, numbered, only_known
from tartib.api.problems import Problem, invalid, not_found
from tartib.api.requests import AddressIn, LineIn, NoteIn, OrderIn, OrderPatch, ParcelIn
from tartib.api.shows import Data
from tartib.cases import queries
from tartib.cases.filters import SORTS, read_cursor
from tartib.cases.hooks import AS_USUAL
from tartib.cases.models import Case
from tartib.cases.operations import Stale, lock_case, note, write_to
from tartib.customers.address import Address
from tartib.customers.operations import CustomerDraft
from tartib.l10n import digits, money, phones
from tartib.orders import ORDER
from tartib.orders.drafts import LineDraft, OrderDraft
from tartib.orders.operations import Processing, edit, process
from tartib.orders.placing import NoWorkflow, place
from tartib.orders.queries import lines
from tartib.payments.queries import with_banks
from tartib.shops.models import Shop

SOURCE = "api"
MOST_MONEY = Decimal(10) ** 13
_AHEAD = timedelta(days=1)

router = Router(tags=["Orders"], by_alias=True)


@router.get("", response=OrderList, auth=BearerKey("orders:read"), summary="List orders")
def list_orders(
    request: ApiRequest, narrowed: Query[OrderFilters], cursor: Cursor = "", limit: Limit = 50
) -> HttpResponse:
    """Orders that match every filter given, a stretch at a time. `next`, also as a `Link`, leads to the next one."""
    only_known(request, OrderFilters, "cursor", "limit")
    wanted = filters(narrowed)
    if cursor and read_cursor(cursor, SORTS[wanted.sort][0]) is None:
        raise invalid("cursor", _("This cursor belongs to another list, or to none. Begin without one."))
    page = queries.case_page(request.auth.shop, ORDER, wanted, now=timezone.now(), cursor=cursor, size=limit)
    cases = _complete(Case.objects.filter(pk__in=[case.pk for case in page.cases])).in_bulk()
    banks = with_banks(list(cases.values()))
    for case in cases.values():
        case.shop = request.auth.shop
    rows = [shows.summary(cases[case.pk], banks[case.pk]) for case in page.cases]
    data = {"orders": rows, "next": page.following or None}
    return Answer(data, headers=link(request, page.following)).response()


@router.post("", response={201: OrderOut, 200: OrderOut}, auth=BearerKey("orders:write"), summary="Place an order")
def place_order(request: ApiRequest, body: OrderIn) -> HttpResponse:
    """Place an order in the shop's workflow. One whose `external_id` is here already is answered as it is, with 200."""
    draft = _draft(request.auth.shop, body, timezone.now())
    warnings = contact.of_order(request.auth.shop, draft, body)

    def work() -> Answer:
        shop = request.auth.shop
        code = _placed(request, draft, notify=body.notify)
        case = find(shop, code) if code else _by_external_id(shop, body.external_id)
        headers = etags.header(case.version) | {"Location": f"/api/v1/orders/{case.code}"}
        return Answer(shows.order(case, lines(case)) | {"warnings": warnings}, 201 if code else 200, headers)

    return once(request, work)


@router.get("/{code}", response=OrderOut, auth=BearerKey("orders:read"), summary="Read an order")
def read_order(request: ApiRequest, code: str) -> HttpResponse:
    """An order with its lines, addresses and parcel. Its `ETag` is its version, for `If-Match`."""
    case = find(request.auth.shop, code)
    return Answer(shows.order(case, lines(case)), headers=etags.header(case.version)).response()


@router.patch("/{code}", response=OrderOut, auth=BearerKey("orders:write"), summary="Correct an order")
def correct_order(request: ApiRequest, code: str, body: OrderPatch) -> HttpResponse:
    """Correct the customer, the addresses or the language. Each change is on the timeline, before and after."""
    case = find(request.auth.shop, code)
    given = body.customer.model_dump(exclude_none=True) if body.customer else None
    if given and "email" in given:
        given["email"] = contact.email(given["email"], "#/customer/email")
    return _changed(
        request,
        case,
        lambda version: edit(
            case.shop,
            case.pk,
            request.auth.actor,
            now=timezone.now(),
            version=version,
            customer=given,
            ship_to=_address(body.ship_to),
            bill_to=_address(body.bill_to),
            language=body.language,
        ),
        contact.of_patch(case, body),
    )


@router.put("/{code}/parcel", response=OrderOut, auth=BearerKey("orders:write"), summary="Enter the parcel")
def enter_parcel(request: ApiRequest, code: str, body: ParcelIn) -> HttpResponse:
    """Enter the carrier and the tracking number. A workflow may move an order when its parcel becomes known."""
    case = find(request.auth.shop, code)
    form = Processing(carrier=body.carrier, tracking_number=body.tracking_number, tracking_url=body.tracking_url)
    return _changed(
        request,
        case,
        lambda version: process(case.shop, case.pk, form, request.auth.actor, now=timezone.now(), version=version),
    )


@router.get("/{code}/timeline", response=Timeline, auth=BearerKey("orders:read"), summary="Read the timeline")
def read_timeline(request: ApiRequest, code: str, cursor: Cursor = "", limit: Limit = 50) -> HttpResponse:
    """Everything that happened to an order, the newest first: for staff, notes that customers do not see included."""
    only_known(request, None, "cursor", "limit")
    case = find(request.auth.shop, code)
    entries = queries.timeline(case)
    if cursor:
        entries = entries.filter(seq__lt=numbered(cursor))
    rows = list(entries[: limit + 1])
    following = str(rows[limit - 1].seq) if len(rows) > limit else ""
    data = {"entries": [shows.entry(one) for one in rows[:limit]], "next": following or None}
    return Answer(data, headers=link(request, following)).response()


@router.post("/{code}/notes", response={201: NoteOut}, auth=BearerKey("notes:write"), summary="Write a note")
def write_note(request: ApiRequest, code: str, body: NoteIn) -> HttpResponse:
    """Write a note on the timeline, for staff; with `shown` to the customer, who is told of it by what reaches them."""

    def work() -> Answer:
        case, now, sent = as_seen(request, code), timezone.now(), False
        if body.shown:
            sent = write_to(case.shop, case.pk, body.text, request.auth.actor, now=now)
        else:
            note(case, body.text, request.auth.actor, shown=False, now=now)
        return Answer({"order": case.code, "text": body.text, "shown": body.shown, "sent": sent}, 201)

    return once(request, work)


def find(shop: Shop, code: str) -> Case:
    """The shop's order of that tracking code, however its digits and letters are typed; raises the problem 404."""
    case = _complete(Case.objects.filter(shop=shop, code=typed(code), kind=ORDER)).first()
    if case is None:
        raise not_found()
    # One shop for the whole request: what is set up on it is not read again.
    case.shop = shop
    return case


def as_seen(request: ApiRequest, code: str) -> Case:
    """The same, held where `If-Match` says which version the caller has seen; raises the problem 412 for another."""
    case, seen = find(request.auth.shop, code), etags.version(request)
    if seen is not None:
        try:
            lock_case(case.shop, case.pk, seen)
        except Stale as stale:
            raise etags.changed(stale.case) from None
    return case


def typed(code: str) -> str:
    """A tracking code as it is kept."""
    return digits.latin(code).strip().upper()[:41]


def _complete(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related("customer", "owner__user", "branch", "order").defer("search")


def _changed(
    request: ApiRequest, case: Case, change: Callable[[int | None], object], warnings: Sequence[Data] = ()
) -> HttpResponse:
    """Carry out a change of an order that nobody else changed since the caller read it, and show the order."""
    try:
        change(etags.version(request))
    except Stale as stale:
        raise etags.changed(stale.case) from None
    except Case.DoesNotExist:
        raise not_found() from None
    after = find(case.shop, case.code)
    data = shows.order(after, lines(after)) | {"warnings": list(warnings)}
    return Answer(data, headers=etags.header(after.version)).response()


def _placed(request: ApiRequest, draft: OrderDraft, *, notify: bool) -> str:
    """Place the draft; its tracking code, or "" when the shop has that order already."""
    shop = request.auth.shop
    try:
        with transaction.atomic():
            notify_options = AS_USUAL if notify else None
            placed = place(shop, [draft], request.auth.actor, now=timezone.now(), notify_options=notify_options)
    except NoWorkflow:
        raise Problem(
            "refused", _("The shop takes no orders yet: it has no workflow for them."), code="no-workflow"
        ) from None
    except IntegrityError:
        # Another request has just placed it.
        if not draft.external_id:
            raise
        return ""
    return placed[0].code if placed else ""


def _by_external_id(shop: Shop, external_id: str) -> Case:
    case = _complete(Case.objects.filter(shop=shop, order__source=SOURCE, order__external_id=external_id)).get()
    case.shop = shop
    return case


def _draft(shop: Shop, body: OrderIn, now: datetime) -> OrderDraft:
    """The order as the domain knows it; raises a problem for what no single value of the body shows to be wrong."""
    currency = body.currency or shop.currency
    placed_at = body.placed_at or now
    if not EARLIEST <= placed_at <= now + _AHEAD:
        raise invalid("#/placed_at", _("An order cannot have been placed then."))
    for name in ("shipping", "discount", "tax"):
        exact(getattr(body, name), currency, f"#/{name}")
    positions = tuple(_line(line, currency, f"#/lines/{place}") for place, line in enumerate(body.lines))
    person = body.customer
    country = person.country or (body.ship_to.country if body.ship_to else "")
    phone = phones.read_phone(person.phone, country, shop.country)
    draft = OrderDraft(
        currency=currency,
        lines=positions,
        customer=CustomerDraft(
            person.name, contact.email(person.email, "#/customer/email"), phone.number[:32], person.language or "",
            country, phone_said=phone.said, given_name=person.given_name,
        ),
        placed_at=placed_at,
        number=body.number,
        source=SOURCE,
        external_id=body.external_id,
        language=person.language or "",
        shipping=body.shipping,
        discount=body.discount,
        tax=body.tax,
        payment_method=body.payment_method,
        payment_method_name=body.payment_method_name,
        shipping_method=body.shipping_method,
        ship_to=_address(body.ship_to) or Address(),
        bill_to=_address(body.bill_to) or Address(),
        customer_note=body.customer_note,
        staff_note=body.staff_note,
        ip=body.ip,
        channel=body.channel,
    )  # fmt: skip
    if draft.discount > draft.subtotal + draft.shipping + draft.tax:
        raise invalid("#/discount", _("The discount is larger than what the order costs."))
    if max(draft.due, draft.subtotal) >= MOST_MONEY:
        raise invalid("#/lines", _("The total is too large."))
    return draft


def _line(line: LineIn, currency: str, pointer: str) -> LineDraft:
    exact(line.price, currency, f"{pointer}/price")
    exact(line.discount, currency, f"{pointer}/discount")
    if line.discount > line.price * line.quantity:
        raise invalid(f"{pointer}/discount", _("The discount is larger than the price of all pieces."))
    return LineDraft(line.name, line.quantity, line.price, line.sku, line.variant, line.discount)


def exact(amount: Decimal, currency: str, pointer: str) -> None:
    """Refuse an amount with more decimals than its currency has."""
    if money.rounded(amount, currency) != amount:
        places = money.exponent(currency)
        said = _("%(currency)s has %(places)s decimals.") % {"currency": currency, "places": places}
        raise invalid(pointer, said)


def _address(given: AddressIn | None) -> Address | None:
    return None if given is None else Address.read(given.model_dump())
