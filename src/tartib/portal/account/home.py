"""All cases of a person in a shop, and each with everything about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tartib.cases import queries
from tartib.cases.models import Case
from tartib.customers.identity import Account
from tartib.customers.queries import customers
from tartib.orders import ORDER
from tartib.orders import queries as orders
from tartib.orders.models import Order
from tartib.payments import queries as payments
from tartib.portal import requested
from tartib.portal.account.access import AccountRequest, account
from tartib.portal.order_context import seen
from tartib.portal.story import Story, tell
from tartib.support import SUPPORT
from tartib.web import audience
from tartib.web.files import answer


@dataclass(frozen=True, slots=True)
class Card:
    """A case in the list: where it is, what comes, and the number its owner knows it by."""

    case: Case
    story: Story
    number: str


@require_safe
@account
def cases(request: AccountRequest) -> HttpResponseBase:
    """All of the person's cases in this shop, open ones first."""
    cursor = request.GET.get("cursor", "")
    page = queries.of_customers(request.shop, customers(request.account), cursor=cursor)
    context = {
        "shop": request.shop,
        "account": request.account,
        "cards": cards(page.cases),
        "following": page.following,
        "begun": bool(cursor),
        "tab": "cases",
    }
    return render(request, "portal/account/cases.html", context)


@require_safe
@account
def case(request: AccountRequest, code: str) -> HttpResponseBase:
    """One of the person's cases, with all that its own page shows."""
    found = theirs(request.account, code, kind="")
    if found.kind == SUPPORT:
        return redirect("portal:thread", found.token)
    return _page(request, found)


@require_safe
@account
def photo(request: AccountRequest, code: str, token: str, width: int) -> HttpResponseBase:
    """A picture the shop shows the customer of the work on their case."""
    upload = queries.picture(theirs(request.account, code), token, shown_only=True)
    if upload is None:
        raise Http404
    return answer(upload, width)


def _page(request: AccountRequest, found: Case) -> HttpResponseBase:
    context = seen(found) | {"account": request.account, "tab": "cases", "buyable": orders.buyable(found)}
    return render(request, "portal/account/case.html", context)


def theirs(account: Account, code: str, kind: str = ORDER) -> Case:
    """The case of that code among the account's own; raises `Http404` for everybody else's."""
    found = queries.by_code(account.shop, code, kind)
    if found is None or found.customer_id not in customers(account):
        raise Http404
    return found


def cards(found: Sequence[Case]) -> list[Card]:
    """The cases with their stories, in a fixed number of queries however many there are."""
    reader = audience.current()
    numbers = [case.pk for case in found]
    known = {order.pk: order for order in Order.objects.filter(case__in=numbers).select_related("case")}
    asked = orders.requests_about(numbers)
    entries, banks = queries.timelines(found), payments.with_banks(found)
    return [_card(case, known.get(case.pk), tell(
        case, known.get(case.pk), entries[case.pk], reader, request=requested.telling(asked[case.pk]),
        banks=banks[case.pk],
    )) for case in found]  # fmt: skip


def _card(case: Case, order: Order | None, story: Story) -> Card:
    return Card(case, story, order.number if order and order.number else case.code)
