"""The hours of a shop, as its owner writes them, and the hold before dispatch counted in them (E9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tartib.cases.workflows import publish
from tartib.desk.settings.hours import HoursForm
from tartib.flow.facts import Refusal
from tartib.flow.presets import preset
from tartib.orders.models import OrderSettings
from tartib.shops import worktime
from tartib.shops.models import Shop
from tartib.shops.operations import change_shop
from tests.factories import NOW, make_order, make_shop, move, pay

pytestmark = pytest.mark.django_db

WEEK = {f"day_{day}": "09:00–18:00" for day in range(5)}
FORM = {"dispatch_hold_hours": "24", "hold_in_worktime": "on", "holidays": "", **WEEK}


def owner(shop: Shop) -> Client:
    """A browser of the shop's owner."""
    assert shop.default_owner is not None
    client = Client()
    client.force_login(shop.default_owner.user)
    return client


def save(shop: Shop, **changes: str) -> int:
    """Send the form with `changes`; the status of the answer."""
    status: int = owner(shop).post(f"/desk/{shop.slug}/settings/hours/", FORM | changes).status_code
    shop.refresh_from_db()
    return status


@pytest.mark.parametrize(
    ("country", "free"),
    [("UA", {5, 6}), ("IR", {4}), ("SA", {4, 5}), ("AE", {5, 6}), ("HK", {6}), ("", {5, 6}), ("XX", {5, 6})],
)
def test_the_usual_week_is_that_of_the_country(country: str, free: set[int]) -> None:
    week = worktime.usual_week(country)
    assert {day for day in range(7) if not week[day]} == free


def test_the_page_begins_with_the_usual_and_keeps_what_is_written() -> None:
    shop = make_shop(country="UA", timezone="Europe/Kyiv")
    assert 'value="09:00–18:00"' in owner(shop).get(f"/desk/{shop.slug}/settings/hours/").content.decode()
    assert save(shop, day_0="۹-۱۳، ١٤:٣٠–۱۸:۰۰", holidays="2026-12-25 Christmas\n2027-01-01") == 302
    assert shop.week[0] == [[540, 780], [870, 1080]]
    assert shop.week[6] == []
    assert shop.holidays == {"2026-12-25": "Christmas", "2027-01-01": ""}
    assert OrderSettings.of(shop).hold_in_worktime
    page = owner(shop).get(f"/desk/{shop.slug}/settings/hours/").content.decode()
    assert "09:00–13:00, 14:30–18:00" in page
    assert "Christmas" in page


def test_closed_days_are_written_and_read_in_the_shops_calendar() -> None:
    shop = make_shop(country="IR", calendar="jalali", timezone="Asia/Tehran")
    assert save(shop, holidays="1405/10/04 کریسمس") == 302
    assert shop.holidays == {"2026-12-25": "کریسمس"}
    page = owner(shop).get(f"/desk/{shop.slug}/settings/hours/").content.decode()
    kept = page.split("<textarea")[1].split(">")[1].split("<")[0]
    assert save(shop, holidays=kept) == 302
    assert shop.holidays == {"2026-12-25": "کریسمس"}


@pytest.mark.parametrize(
    ("calendar", "lines", "kept"),
    [
        ("gregorian", "1 Jan 2027 New Year\n25.12.26 Christmas", {"2027-01-01": "New Year", "2026-12-25": "Christmas"}),
        ("jalali", "۱ فروردین ۱۴۰۶ نوروز\n2026-12-25", {"2027-03-21": "نوروز", "2026-12-25": ""}),
        ("hijri", "١ شوال ١٤٤٨ عيد الفطر", {"2027-03-09": "عيد الفطر"}),
    ],
)
def test_closed_days_are_written_in_words_too(calendar: str, lines: str, kept: dict[str, str]) -> None:
    shop = make_shop(calendar=calendar)
    assert save(shop, holidays=lines) == 302
    assert shop.holidays == kept


def test_the_public_holidays_of_the_country_are_added_on_demand() -> None:
    shop = make_shop(country="HK", timezone="Asia/Hong_Kong")
    assert save(shop, public="1", holidays="2070-05-05 Moving house") == 302
    assert len(shop.holidays) > 10
    assert shop.holidays["2070-05-05"] == "Moving house"
    assert worktime.public_holidays("XX", [2026]) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"day_0": "all day"},
        {"day_0": "09:00-25:00"},
        {"day_0": "09:60-10:00"},
        {"day_0": "18:00-09:00"},
        {"day_0": "09:00-12:00, 11:00-13:00"},
        {"holidays": "some day"},
        {"holidays": "2648-02-19 far away"},
        {"holidays": "31 February 2027"},
        {"dispatch_hold_hours": "-1"},
        dict.fromkeys(WEEK, ""),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(changes: dict[str, str]) -> None:
    shop = make_shop()
    assert save(shop, **changes) == 422
    assert shop.week == []


@pytest.mark.parametrize(
    ("workflow", "way", "target"),
    [
        ("essential", ("processing",), "completed"),
        ("delivery", ("picking", "packed"), "ready"),
        ("delivery", ("picking", "packed"), "in-transit"),
        ("checkout", ("preparing",), "sent"),
    ],
)
def test_nothing_leaves_before_the_hold_is_over_in_any_workflow(
    workflow: str, way: tuple[str, ...], target: str
) -> None:
    """E9: hold new orders before dispatch; how long, each shop says itself."""
    shop = make_shop(workflow, dispatch_hold_hours=30)
    case = make_order(shop)
    pay(case)
    for step in way:
        move(case, step)
    refusal = move(case, target).refused[case.pk]
    assert isinstance(refusal, Refusal)
    assert refusal.code == "on-hold-until"
    assert move(case, target, now=case.placed_at + timedelta(hours=30)).moved


def test_a_shop_sees_the_hold_only_where_its_workflow_has_one() -> None:
    shop = make_shop("delivery")
    assert "dispatch_hold_hours" in HoursForm(shop, OrderSettings.of(shop)).fields
    flow = preset("delivery")
    own = replace(flow, moves=tuple(replace(one, guards=()) for one in flow.moves))
    publish(shop, own, NOW + timedelta(days=1))
    assert "dispatch_hold_hours" not in HoursForm(shop, OrderSettings.of(shop)).fields


def test_the_hold_is_counted_in_calendar_or_working_hours() -> None:
    """E9: hold new orders before dispatch, as the shop set it. 20 November 2026 is a Friday."""
    friday = datetime(2026, 11, 20, 16, tzinfo=UTC)
    shop = make_shop("checkout", dispatch_hold_hours=4)
    case = make_order(shop, status="recorded", placed_at=friday)
    pay(case)
    move(case, "preparing", now=friday)
    change_shop(shop, OrderSettings.of(shop), hold_in_worktime=True)
    saturday = datetime(2026, 11, 21, 12, tzinfo=UTC)
    refusal = move(case, "sent", now=saturday).refused[case.pk]
    assert isinstance(refusal, Refusal)
    assert refusal.code == "on-hold-until"
    assert refusal.params["until"] == datetime(2026, 11, 23, 11, tzinfo=UTC)
    change_shop(shop, OrderSettings.of(shop), hold_in_worktime=False)
    assert move(case, "sent", now=saturday).moved
