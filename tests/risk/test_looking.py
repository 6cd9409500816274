"""Orders are looked at as they come in, held where the shop wants it, and cleared by a person (E9)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.cases import queries as lists
from tartib.cases.filters import Filters
from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.cases.timeline import EVENT, MOVED
from tartib.customers.address import Address
from tartib.customers.operations import CustomerDraft
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.orders.placing import place
from tartib.payments.attempts import apply_notice
from tartib.payments.gateways.protocol import Fate, GatewayNotice
from tartib.payments.models import Account, Attempt
from tartib.payments.operations import record_payment
from tartib.risk import jobs, queries
from tartib.risk.models import Check, Level, Rules, Signal
from tartib.risk.operations import clear, look, save_rules
from tartib.risk.timeline import CHECKED
from tartib.shops.models import Shop
from tests.factories import NOW, actor, make_order, make_orders, make_shop, move, order_draft, pay

pytestmark = pytest.mark.django_db

THROWAWAY = CustomerDraft("Sam Reed", "sam@mailinator.com", "+380501112233")


def hold_for(shop: Shop, *signals: str) -> Rules:
    """Let the shop hold orders for these signals."""
    return save_rules(shop, levels=dict.fromkeys(signals, Level.HOLD))


def found(case: Case) -> list[str]:
    """The signals found about an order."""
    return sorted(check.signal for check in queries.checks(case))


class TestLooking:
    """`look`, as it runs when an order is placed."""

    def test_a_new_order_is_looked_at_and_only_hinted_at(self) -> None:
        shop = make_shop()
        case = make_order(shop, customer=THROWAWAY, ip="2.17.36.1", ip_country="PL", ship_to=Address(country="UA"))
        assert found(case) == [Signal.EMAIL, Signal.IP_COUNTRY]
        assert (case.status, case.doubts) == ("pending", 2)

    def test_an_ordinary_order_and_one_from_an_import_are_left_alone(self) -> None:
        shop = make_shop()
        plain, imported = make_order(shop), make_order(shop, customer=THROWAWAY, imported=True)
        assert (found(plain), plain.doubts, found(imported), imported.doubts) == ([], 0, [], 0)

    def test_what_the_shop_does_not_look_at_is_not_found(self) -> None:
        shop = make_shop()
        save_rules(shop, levels={Signal.EMAIL: Level.OFF})
        assert found(make_order(shop, customer=THROWAWAY)) == []
        save_rules(shop, levels=dict.fromkeys(Signal.values, Level.OFF))
        with CaptureQueriesContext(connection) as captured:
            look(shop, [make_order(shop, customer=THROWAWAY).pk], now=NOW)
        assert not [query for query in captured if "percentile" in query["sql"]]

    def test_many_orders_in_a_short_time_are_counted_up_to_each(self) -> None:
        shop = make_shop()
        at = [NOW - timedelta(hours=hours) for hours in (40, 3, 2, 1, 0)]
        drafts = [
            order_draft(
                shop, ip="93.184.216.34", placed_at=moment, customer=CustomerDraft(f"P{n}", f"p{n}@example.com")
            )
            for n, moment in enumerate(at)
        ]
        placed = place(shop, drafts, actor(shop), now=NOW)
        shown = [Signal.VELOCITY in found(Case.objects.get(pk=order.case_id)) for order in placed]
        assert shown == [False, False, False, False, True]
        (check,) = Check.objects.filter(signal=Signal.VELOCITY)
        assert check.params == {"by": "ip", "count": 4, "hours": 24}

    def test_another_shops_orders_count_for_nothing(self) -> None:
        other, shop = make_shop(), make_shop()
        make_orders(other, 5, ip="93.184.216.34")
        assert Signal.VELOCITY not in found(make_order(shop, ip="93.184.216.34"))

    def test_an_amount_is_high_only_where_enough_is_known(self) -> None:
        shop = make_shop()
        assert Signal.AMOUNT not in found(make_order(shop, total=Decimal(9000)))
        make_orders(shop, 19)
        high, usual = make_order(shop, total=Decimal(251)), make_order(shop, total=Decimal(250))
        assert Signal.AMOUNT in found(high)
        assert Signal.AMOUNT not in found(usual)
        foreign = make_order(shop, total=Decimal(9000), currency="JPY")
        assert Signal.AMOUNT not in found(foreign)

    def test_the_number_of_statements_does_not_depend_on_the_number_of_orders(self) -> None:
        shop = make_shop()
        hold_for(shop, Signal.EMAIL)
        counts = []
        for many in (1, 3, 200):
            cases = make_orders(shop, many, customer=THROWAWAY, imported=True)
            with CaptureQueriesContext(connection) as captured:
                look(shop, [case.pk for case in cases], now=NOW)
            counts.append(len(captured))
        assert len(set(counts)) == 1, counts

    def test_what_was_settled_stays_settled_when_it_is_looked_at_again(self) -> None:
        shop = make_shop()
        case = make_order(shop, customer=THROWAWAY)
        clear(case, actor(shop), now=NOW)
        look(shop, [case.pk], now=NOW)
        case.refresh_from_db()
        assert case.doubts == 0
        assert Check.objects.get(case=case).cleared_by == "Olive Owner"

    def test_deleting_an_order_takes_its_checks_along(self) -> None:
        shop = make_shop()
        case = make_order(shop, customer=THROWAWAY)
        delete(shop, [case.pk], actor(shop), reason="double", now=NOW)
        assert not Check.objects.exists()

    def test_rules_that_make_no_sense_are_refused(self) -> None:
        with pytest.raises(ValidationError):
            save_rules(make_shop(), velocity_hours=0)


class TestHolding:
    """Orders held for review."""

    @pytest.mark.parametrize(
        ("workflow", "review"), [("essential", "on-hold"), ("delivery", "problem"), ("checkout", "under-review")]
    )
    def test_every_preset_leads_a_doubtful_order_to_its_review(self, workflow: str, review: str) -> None:
        shop = make_shop(workflow)
        hold_for(shop, Signal.EMAIL)
        status = "recorded" if workflow == "checkout" else ""
        case = make_order(shop, customer=THROWAWAY, status=status)
        assert case.status == review
        (entry,) = Entry.objects.filter(case_id=case.pk, kind=MOVED)
        assert (entry.data["by"], entry.actor_name) == ("order.doubtful", "Tartib")

    def test_an_order_still_in_checkout_is_held_once_it_is_recorded(self) -> None:
        shop = make_shop("checkout")
        hold_for(shop, Signal.EMAIL)
        case = make_order(shop, customer=THROWAWAY)
        assert case.status == "incomplete"
        assert not Entry.objects.filter(case_id=case.pk, kind=EVENT)
        pay(case)
        jobs.look_again(shop.pk, [case.pk])
        case.refresh_from_db()
        assert case.status == "under-review"

    def test_an_order_is_held_once_and_not_again_after_a_person_let_it_go(self) -> None:
        shop = make_shop()
        hold_for(shop, Signal.EMAIL)
        case = make_order(shop, customer=THROWAWAY)
        move(case, "pending")
        look(shop, [case.pk], now=NOW)
        case.refresh_from_db()
        assert case.status == "pending"

    def test_a_signal_that_only_hints_holds_nothing(self) -> None:
        shop = make_shop()
        hold_for(shop, Signal.AMOUNT)
        assert make_order(shop, customer=THROWAWAY).status == "pending"


class TestCards:
    """The country of the card, known after the payment."""

    def test_a_payment_has_the_order_looked_at_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        deferred: list[dict[str, Any]] = []
        monkeypatch.setattr(jobs.look_again, "defer", lambda **given: deferred.append(given))
        shop = make_shop()
        hold_for(shop, Signal.CARD_COUNTRY)
        case = make_order(shop, ip="93.184.216.34", ip_country="UA", ship_to=Address(country="UA"))
        assert found(case) == []
        account = Account.objects.create(shop=shop, gateway="practice", created_at=NOW)
        Attempt.objects.create(
            shop=shop, account=account, case=case, code=case.code, amount=1, currency="USD", language="en",
            card_country="BR", started_at=NOW,
        )  # fmt: skip
        assert case.amount is not None
        record_payment(shop, case.pk, case.amount, case.currency, SYSTEM, now=NOW)
        assert deferred == [{"shop_id": shop.pk, "case_ids": [case.pk]}]
        jobs.look_again(**deferred[0])
        case.refresh_from_db()
        assert found(case) == [Signal.CARD_COUNTRY]
        assert case.status == "on-hold"
        assert queries.checks(case)[0].params == {"country": "BR", "others": [["ip", "UA"]]}

    def test_one_card_for_many_customers_is_noticed(self) -> None:
        """E9: by the gateway's name for the card, of which only a digest is kept, and only among the shop's orders."""
        shop, other = make_shop(), make_shop()
        save_rules(shop, velocity_most=1)
        cases = [make_order(shop) for _number in range(3)]
        for case, card in zip([*cases, make_order(other)], ["one", "one", "another", "one"], strict=True):
            account = Account.objects.get_or_create(shop=case.shop, gateway="practice", created_at=NOW)[0]
            attempt = Attempt.objects.create(
                shop=case.shop, account=account, case=case, code=case.code, amount=50, currency="USD", language="en",
                started_at=NOW,
            )  # fmt: skip
            told = GatewayNotice(
                attempt.key, Fate.DONE, attempt=attempt.key, amount=Decimal(50), currency="USD", card=card
            )
            apply_notice(account, told, now=NOW)
            attempt.refresh_from_db()
            assert len(attempt.card) == 32
        look(shop, [case.pk for case in cases], now=NOW)
        assert [found(case) for case in cases] == [[Signal.VELOCITY], [Signal.VELOCITY], []]
        assert queries.checks(cases[0])[0].params == {"by": "card", "count": 2, "hours": 24}

    def test_a_shop_that_is_gone_is_passed_over(self) -> None:
        jobs.look_again(0, [1])


def test_the_list_finds_what_nobody_has_looked_at() -> None:
    shop = make_shop()
    case, _plain = make_order(shop, customer=THROWAWAY), make_order(shop)
    wanted = Filters.read({"doubtful": ["1"]})
    assert wanted.as_query() == "doubtful=1"
    assert lists.case_page(shop, "order", wanted, now=NOW).cases == [case]
    clear(case, actor(shop), now=NOW)
    assert lists.case_page(shop, "order", wanted, now=NOW).cases == []
    (entry,) = Entry.objects.filter(case_id=case.pk, kind=CHECKED)
    assert (entry.data, entry.shown) == ({"act": "cleared", "checks": 1}, False)
    assert clear(case, actor(shop), now=NOW) == 0
