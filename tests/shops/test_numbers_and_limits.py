"""Tracking codes without gaps or doubles, and limits that hold across connections (requirements D1, X4)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from tartib.shops.models import Branch, Counter, Limit
from tartib.shops.operations import forget_limits, give_back, tracking_codes, used_up, within_limit, within_limits
from tests.factories import make_shop
from tests.threads import at_once

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.django_db
class TestCodes:
    """The readable code of a case: shop, branch, month of the shop's calendar, running number."""

    def test_codes_run_by_month_in_the_order_asked(self) -> None:
        shop = make_shop()
        branch = shop.branches.get()
        codes = tracking_codes(shop, branch, [(2026, 11), (2026, 12), (2026, 11)])
        stem = f"{shop.code}-{branch.code}"
        assert codes == [f"{stem}-2611-0001", f"{stem}-2612-0001", f"{stem}-2611-0002"]
        assert tracking_codes(shop, branch, [(2026, 11)]) == [f"{stem}-2611-0003"]

    def test_each_branch_counts_for_itself_and_years_of_any_calendar_fit(self) -> None:
        shop = make_shop()
        second = Branch.objects.create(shop=shop, code="K2", name="Second")
        assert tracking_codes(shop, second, [(1405, 9)]) == [f"{shop.code}-K2-0509-0001"]
        assert tracking_codes(shop, shop.branches.get(code="1"), [(1405, 9)]) == [f"{shop.code}-1-0509-0001"]

    def test_the_number_grows_past_four_digits(self) -> None:
        shop = make_shop()
        branch = shop.branches.get()
        Counter.objects.create(shop=branch.shop, branch=branch, period=202611, last=9_998)
        assert [code[-5:] for code in tracking_codes(shop, branch, [(2026, 11)] * 2)] == ["-9999", "10000"]

    def test_a_rolled_back_registration_gives_its_numbers_back(self) -> None:
        shop = make_shop()
        branch = shop.branches.get()
        with transaction.atomic():
            tracking_codes(shop, branch, [(2026, 11)] * 5)
            transaction.set_rollback(True)
        assert tracking_codes(shop, branch, [(2026, 11)])[0].endswith("-0001")

    @pytest.mark.parametrize("how_many", [1, 3, 1000])
    def test_one_statement_whatever_the_number(
        self, how_many: int, django_assert_num_queries: Callable[..., AbstractContextManager[object]]
    ) -> None:
        shop = make_shop()
        branch = shop.branches.get()
        with django_assert_num_queries(1):
            assert len(set(tracking_codes(shop, branch, [(2026, 11)] * how_many))) == how_many


@pytest.mark.django_db(transaction=True)
def test_registrations_at_the_same_time_leave_neither_gap_nor_double() -> None:
    """Every third one fails after it took its numbers; what the others have is still 1 … n."""
    shop = make_shop()
    branch = shop.branches.get()

    def register(job: int) -> list[str]:
        with transaction.atomic():
            codes = tracking_codes(shop, branch, [(2026, 11)] * (1 + job % 4))
            if job % 3 == 0:
                transaction.set_rollback(True)
                return []
            return codes

    numbers = sorted(int(code.rsplit("-", 1)[1]) for codes in at_once(register, 60) for code in codes)
    assert numbers == list(range(1, len(numbers) + 1))
    assert Counter.objects.get(branch=branch).last == len(numbers)


@pytest.mark.django_db
class TestLimits:
    """Attempts are counted by purpose and subject."""

    def test_the_attempt_past_the_limit_is_refused_until_the_window_ends(self) -> None:
        def attempt(now: datetime, subject: str = "1.2.3.4", purpose: str = "look-up") -> bool:
            return within_limit(purpose, [subject], most=3, window=HOUR, now=now)

        assert [attempt(NOW + timedelta(minutes=minute)) for minute in range(5)] == [True, True, True, False, False]
        assert attempt(NOW, subject="5.6.7.8")
        assert attempt(NOW, purpose="sign-in")
        assert not attempt(NOW + HOUR - timedelta(seconds=1))
        assert attempt(NOW + HOUR)

    def test_any_subject_over_the_limit_is_enough(self) -> None:
        for number in range(3):
            assert within_limit("code", ["phone", f"address {number}"], most=3, window=HOUR, now=NOW)
        assert not within_limit("code", ["phone", "a new address"], most=3, window=HOUR, now=NOW)

    def test_what_is_not_known_is_not_counted(self) -> None:
        assert within_limit("code", ["", ""], most=0, window=HOUR, now=NOW)
        assert not Limit.objects.exists()

    def test_what_is_given_back_can_be_tried_again(self) -> None:
        assert not used_up("code", ["phone"], most=1, window=HOUR, now=NOW)
        assert within_limits([("code", ["phone"], 1), ("visit", ["ip"], 1)], window=HOUR, now=NOW)
        assert used_up("code", ["phone", "ip"], most=1, window=HOUR, now=NOW)
        assert not used_up("code", ["phone"], most=1, window=HOUR, now=NOW + HOUR)
        for _more_than_there_is in range(2):
            give_back("code", ["phone", "never counted", ""])
        assert not used_up("code", ["phone"], most=1, window=HOUR, now=NOW)
        assert not within_limits([("visit", ["ip"], 1), ("code", ["phone"], 1)], window=HOUR, now=NOW)
        assert used_up("code", ["phone"], most=1, window=HOUR, now=NOW), "each is counted, whatever another says"

    def test_what_is_long_over_is_forgotten(self) -> None:
        for days in range(4):
            within_limit("code", [f"{days} days ago"], most=3, window=HOUR, now=NOW - timedelta(days=days))
        assert forget_limits(NOW) == 1
        assert Limit.objects.count() == 3

    def test_the_subject_itself_is_not_stored(self) -> None:
        within_limit("code", ["+380501112233"], most=3, window=HOUR, now=NOW)
        assert "380501112233" not in Limit.objects.get().subject


@pytest.mark.django_db(transaction=True)
def test_attempts_from_many_processes_are_counted_together() -> None:
    allowed = at_once(lambda _job: within_limit("code", ["phone", "ip"], most=10, window=HOUR, now=NOW), 64)
    assert allowed.count(True) == 10
    assert {limit.count for limit in Limit.objects.all()} == {64}
