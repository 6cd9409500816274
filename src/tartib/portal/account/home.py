"""All cases of a person in a shop, and each with everything about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tartib.cases import queries
from tartib.cases.models import Case
from tartib.customers.identity import Account
from tartib.customers.queries import customers
from tartib.orders.models import Order
from tartib.portal.account.access import AccountRequest, account
from tartib.portal.seeing import seen
from tartib.portal.story import Story, tell
from tartib.web import audience


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
    found = theirs(request.account, code)
    return render(request, "portal/account/case.html", seen(found) | {"account": request.account, "tab": "cases"})


def theirs(account: Account, code: str) -> Case:
    """The case of that code among the account's own; raises `Http404` for everybody else's."""
    found = queries.by_code(account.shop, code)
    if found is None or found.customer_id not in customers(account):
        raise Http404
    return found


def cards(found: Sequence[Case]) -> list[Card]:
    """The cases with their stories, in three queries however many there are."""
    reader = audience.current()
    orders = {order.pk: order for order in Order.objects.filter(case__in=[case.pk for case in found])}
    entries = queries.timelines(found)
    return [_card(case, orders.get(case.pk), tell(
        case, orders.get(case.pk), entries[case.pk], reader.language, now=reader.now
    )) for case in found]  # fmt: skip


def _card(case: Case, order: Order | None, story: Story) -> Card:
    return Card(case, story, order.number if order and order.number else case.code)
