"""Whose case it is, on the desk: taken, handed over and assigned on the page and in the list, and given back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tartib.cases.models import Case
from tartib.dispatch.assigning import claim
from tartib.journal.models import Entry
from tartib.shops.models import Membership, Role, Shop
from tartib.support.operations import Written, ask
from tests.dispatch.test_assigning import by
from tests.factories import NOW, make_order, make_orders, make_staff

SignIn = Callable[..., Client]
WHY = "On holiday from tomorrow"


def me(client: Client) -> Membership:
    return Membership.objects.select_related("user", "shop").get(user=client.session["_auth_user_id"])


def colleague(shop: Shop, name: str = "Tom") -> Membership:
    return make_staff(shop, Role.EXPERT, name).memberships.select_related("user", "shop").get(shop=shop)


def at(name: str, case: Case) -> str:
    return reverse(f"desk:{name}", args=[case.shop.slug, case.code])


def said(response: object) -> list[str]:
    return [str(one) for one in response.context["messages"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["order", "request"])
def test_a_case_is_taken_handed_over_with_the_reason_and_given_back(shop: Shop, sign_in: SignIn, kind: str) -> None:
    """B4, D8, X4: on the page of either kind, with the reason where the receiver sees it."""
    order = make_order(shop)
    case = order if kind == "order" else ask(shop, Written("Where is it?"), now=NOW, about=order)
    client, to = sign_in(Role.EXPERT), colleague(shop)
    page = client.get(at(kind, case)).content.decode()
    assert "/taking/" in page and "anybody may take it" in page and "Hand over…" not in page
    taken = client.post(at("case-take", case), {"next": at(kind, case)}, follow=True)
    assert said(taken) == ["It is yours now."] and taken.redirect_chain[-1][0] == at(kind, case)
    page = taken.content.decode()
    assert "/taking/" not in page and "Hand over…" in page
    given = client.post(at("case-hand-over", case), {"owner": to.pk, "reason": WHY, "seen": me(client).pk}, follow=True)
    assert said(given) == ["Tom is responsible now."]
    assert WHY in given.content.decode()
    act = Entry.objects.filter(case_id=case.pk, kind="assigned").latest("seq").act_id
    back = client.post(reverse("desk:act-undo", args=[shop.slug, act]), follow=True)
    assert said(back) == ["It is back with who was responsible before."]
    assert Case.objects.get(pk=case.pk).owner == me(client)


def test_without_a_reason_nothing_is_handed_over_and_nothing_typed_is_lost(shop: Shop, sign_in: SignIn) -> None:
    """X1: the form comes back with what was typed, also where somebody else has the case by now."""
    case, client, to = make_order(shop), sign_in(Role.EXPERT), colleague(shop)
    claim(shop, [case.pk], me(client), by(me(client)), now=NOW)
    empty = client.post(at("case-hand-over", case), {"owner": to.pk, "reason": " "})
    assert empty.status_code == 422 and f'value="{to.pk}" selected' in empty.content.decode()
    manager, other = sign_in(Role.MANAGER), colleague(shop, "Nadia")
    stale = manager.post(at("case-assign", case), {"owner": to.pk, "reason": WHY, "seen": other.pk})
    assert stale.status_code == 409
    assert WHY in stale.content.decode() and "meanwhile" in stale.content.decode()
    assert Case.objects.get(pk=case.pk).owner == me(client)
    assert said(manager.post(at("case-assign", case), {"owner": to.pk, "seen": me(client).pk}, follow=True)) == [
        "Tom is responsible now."
    ]


def test_who_comes_second_is_told_who_has_it(shop: Shop, sign_in: SignIn) -> None:
    case, client, first = make_order(shop), sign_in(Role.TECHNICIAN), colleague(shop)
    claim(shop, [case.pk], first, by(first), now=NOW)
    second = client.post(at("case-take", case), follow=True)
    assert said(second) == [f"{case.code} is with Tom already. Take another one, or ask them to hand it over."]
    refused = client.post(at("case-hand-over", case), {"owner": me(client).pk, "reason": WHY})
    assert refused.status_code in (409, 422) and client.get(at("case-assign", case)).status_code == 403


def test_many_are_handed_over_from_the_list_and_what_stays_stays_chosen(shop: Shop, sign_in: SignIn) -> None:
    """B5: the three that may not go are named with the reason, and another try touches only them."""
    own, theirs = make_orders(shop, 3), make_order(shop)
    client, to, other = sign_in(Role.EXPERT), colleague(shop), colleague(shop, "Nadia")
    claim(shop, [theirs.pk], other, by(other), now=NOW)
    chosen = {"case": [str(case.pk) for case in (*own, theirs)], "query": ""}
    taken = client.post(reverse("desk:bulk-take", args=[shop.slug]), chosen, follow=True)
    assert said(taken)[0] == "3 are yours now." and "Nadia" in said(taken)[1]
    silent = client.post(reverse("desk:bulk-assign", args=[shop.slug]), chosen | {"owner": to.pk})
    assert silent["Location"].endswith("picked=" + ",".join(str(case.pk) for case in (*own, theirs)))
    given = client.post(reverse("desk:bulk-assign", args=[shop.slug]), chosen | {"owner": to.pk, "reason": WHY})
    assert given["Location"].endswith(f"picked={theirs.pk}")
    assert set(Case.objects.filter(owner=to).values_list("pk", flat=True)) == {case.pk for case in own}
    recent = client.get(reverse("desk:acts", args=[shop.slug])).content.decode()
    assert "3 orders" in recent and "Tom" in recent


def test_lists_show_what_is_mine_nobodys_and_late(shop: Shop, sign_in: SignIn) -> None:
    """B3, B4: each by one filter of the list, for requests as for orders."""
    free, mine, theirs = make_orders(shop, 3)
    client, other = sign_in(Role.EXPERT), colleague(shop)
    claim(shop, [mine.pk], me(client), by(me(client)), now=NOW)
    claim(shop, [theirs.pk], other, by(other), now=NOW)
    orders = reverse("desk:orders", args=[shop.slug])
    assert {row.code for row in client.get(f"{orders}?free=1&open=1").context["page"].cases} == {free.code}
    home = client.get(reverse("desk:mine", args=[shop.slug]), follow=True)
    assert {row.code for row in home.context["page"].cases} == {mine.code}
    question = ask(shop, Written("Where is it?"), now=NOW, about=free)
    support = reverse("desk:support", args=[shop.slug])
    for tab, found in (("free", [question.code]), ("late", [question.code]), ("mine", [])):
        assert [row.code for row in client.get(f"{support}?tab={tab}").context["page"].cases] == found, tab


def test_a_page_asks_no_more_of_the_database_after_many_assignments(shop: Shop, sign_in: SignIn) -> None:
    counts = []
    client = sign_in(Role.MANAGER)
    for size in (1, 3):
        cases = make_orders(shop, size)
        for number in range(size):
            one = colleague(shop, f"Person {number}")
            client.post(at("case-assign", cases[0]), {"owner": one.pk, "reason": WHY})
        client.get(at("order", cases[0]))
        with CaptureQueriesContext(connection) as captured:
            client.get(at("order", cases[0]))
        counts.append(len(captured))
    assert counts[0] == counts[1]
