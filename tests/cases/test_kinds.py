"""A kind of case, and an entry of its own, is described once: a third one touches no room that serves all kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tartib.cases import kinds, queries
from tartib.cases.engine import advance, undo
from tartib.cases.filters import Filters
from tartib.cases.hooks import AS_USUAL
from tartib.cases.kinds import Kind
from tartib.cases.models import Case, PaymentState
from tartib.cases.operations import NewCase, look_at_opened, open_cases, tell_opened
from tartib.cases.search_index import reindex
from tartib.cases.workflows import Unfit, publish
from tartib.customers.erasing import erase, hindrances, person
from tartib.customers.models import Customer
from tartib.customers.operations import CustomerDraft, find_or_add
from tartib.flow import as_data, preset, read_workflow
from tartib.flow.facts import ByHand
from tartib.journal import kinds as entry_kinds
from tartib.journal.erasing import erase as erase_entries
from tartib.journal.kinds import CREATED, EntryKind, Group
from tartib.journal.models import Entry
from tartib.journal.operations import NewEntry, write
from tartib.journal.reading import EntryContext, EntryView
from tartib.journal.verify import verify
from tartib.l10n import normal
from tartib.notify import queries as messages
from tartib.notify.models import Channel, Message, MessageKind
from tartib.shops.models import Shop
from tests.factories import NOW, PASSWORD, actor, make_order, make_shop

pytestmark = pytest.mark.django_db
FLOW = read_workflow({**as_data(preset("support")), "code": "loans", "kind": "loan"})


def found_by(cases: Sequence[Case]) -> dict[int, str]:
    return {case.pk: normal.search_text(case.title, case.customer.name if case.customer else "") for case in cases}


LOAN = Kind(
    code="loan", name="Loan", area="loans", page="desk:order", customer_page="portal:tracking", search_text=found_by,
    titled_by_customer=True,
)  # fmt: skip


def lent(entry: Entry, context: EntryContext) -> EntryView:
    """How staff read that something was lent: to whom is theirs alone."""
    until = context.day(date.fromisoformat(entry.data["until"]))
    return EntryView(title=f"Lent until {until}", text=str(entry.data.get("to", "")))


def lent_to_you(entry: Entry, context: EntryContext) -> EntryView:
    return EntryView(title=f"Yours until {context.day(date.fromisoformat(entry.data['until']))}")


LENT = EntryKind(
    code="lent", label="Lent", icon="book", group=Group.MOVES, facts=frozenset({"until"}), staff=lent,
    customer=lent_to_you,
)  # fmt: skip


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop that lends things, where there are loans beside orders and support requests."""
    monkeypatch.setattr(kinds, "connected", {**kinds.connected, LOAN.code: LOAN})
    entries = (*entry_kinds.connected.entries, LENT)
    monkeypatch.setattr(entry_kinds, "connected", replace(entry_kinds.connected, entries=entries))
    shop = make_shop()
    publish(shop, FLOW, NOW)
    return shop


def lend(shop: Shop, title: str = "Grey tablet") -> Case:
    """A loan, opened as a room of a kind opens its cases."""
    version = queries.current_workflow(shop, "loan")
    assert version is not None
    assert shop.default_owner_id is not None
    (customer,) = find_or_add(shop, [CustomerDraft("Iryna", "iryna@example.com", language="en")], NOW)
    new = NewCase(
        kind="loan", workflow_id=version.pk, status=FLOW.start, placed_at=NOW, since=NOW, customer_id=customer,
        owner_id=shop.default_owner_id, language="en", title=title, amount=None, currency="",
        payment=PaymentState.UNPAID, channel="counter", search=normal.search_text(title, "Iryna"),
        history=(NewEntry(0, CREATED, {"status": FLOW.start}, True, NOW, actor(shop)),),
    )  # fmt: skip
    branch = shop.branches.get()
    (opened,) = open_cases(shop, branch, [new], actor(shop), now=NOW)
    tell_opened(shop, branch, [opened], [new], actor(shop), AS_USUAL, now=NOW)
    look_at_opened(shop, [opened], actor(shop), now=NOW)
    return Case.objects.get(pk=opened.id)


def test_it_is_opened_moved_and_moved_back_by_the_same_engine(shop: Shop) -> None:
    """X1, X3: one engine for all kinds."""
    case = lend(shop)
    moved = advance(shop, [case.pk], ByHand("in-work", "owner"), actor(shop), now=NOW)
    assert [one.target for one in moved.moved] == ["in-work"]
    undo(shop, moved.act_id, actor(shop), now=NOW)
    case.refresh_from_db()
    assert case.status == FLOW.start
    assert list(verify(shop)) == []


def test_its_customer_is_told_and_the_shop_chooses_what_is_told_of_it(shop: Shop) -> None:
    case = lend(shop)
    confirmed = Message.objects.get(case=case, channel=Channel.EMAIL, kind=MessageKind.PLACED)
    assert confirmed.recipient == "iryna@example.com"
    assert messages.kind_of(shop, FLOW.start) in {"loan", "support"}


def test_it_is_listed_found_and_found_anew(shop: Shop) -> None:
    case = lend(shop)
    page = queries.case_page(shop, "loan", Filters(text="tablet"), now=NOW)
    assert [one.pk for one in page.cases] == [case.pk]
    Customer.objects.filter(pk=case.customer_id or 0).update(name="Oksana")
    reindex(shop.pk, [case.customer_id or 0])
    assert [one.pk for one in queries.case_page(shop, "loan", Filters(text="oksana"), now=NOW).cases] == [case.pk]
    assert not queries.case_page(shop, "order", Filters(), now=NOW).cases


def test_its_code_leads_staff_to_its_own_page(shop: Shop, client: Client) -> None:
    case = lend(shop)
    assert shop.default_owner is not None
    client.login(username=shop.default_owner.user.email, password=PASSWORD)
    found = client.get(reverse("desk:find", args=[shop.slug]), {"q": case.code})
    assert found.headers["Location"] == reverse(LOAN.page, args=[shop.slug, case.code])


def test_its_customer_is_erased_only_when_it_has_ended_and_their_words_go(shop: Shop) -> None:
    case = lend(shop)
    whom = person(shop, [case.customer_id or 0])
    assert [case.code in reason for reason in hindrances(whom)] == [True]
    for status in ("in-work", "settled"):
        assert advance(shop, [case.pk], ByHand(status, "owner", "Done."), actor(shop), now=NOW).moved
    erase(whom, actor(shop), now=NOW)
    case.refresh_from_db()
    assert case.title == ""


def test_an_entry_of_its_own_is_read_by_staff_and_customers_and_erased_but_for_its_facts(
    shop: Shop, client: Client
) -> None:
    """E5, X3: something is lent with an order; its page, the tracking page and erasing know what that is."""
    case = make_order(shop)
    said = {"until": "2026-12-24", "to": "Iryna, Flat 5"}
    write(shop.pk, [NewEntry(case.pk, LENT.code, said, shown=True)], actor(shop), NOW)
    assert shop.default_owner is not None
    client.login(username=shop.default_owner.user.email, password=PASSWORD)
    desk = reverse("desk:order", args=[shop.slug, case.code])
    page = client.get(desk, {"tl": "moves"}).content.decode()
    assert "Lent until 24 Dec 2026" in page
    assert "Iryna, Flat 5" in page
    assert "Lent until" not in client.get(desk, {"tl": "notes"}).content.decode()
    tracking = client.get(reverse("portal:tracking", args=[case.token])).content.decode()
    assert "Yours until 24 Dec 2026" in tracking
    assert "Flat 5" not in tracking
    erase_entries(shop.pk, [case.pk], actor(shop), now=NOW)
    page = client.get(desk).content.decode()
    assert "Lent until 24 Dec 2026" in page
    assert "Flat 5" not in page
    assert list(verify(shop)) == []


def test_a_workflow_of_a_kind_that_nobody_described_is_not_published() -> None:
    with pytest.raises(Unfit, match="loan"):
        publish(make_shop(), FLOW, NOW)
