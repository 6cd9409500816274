"""Settings of a shop: saved or refused in place, secrets never shown, the last owner stays (requirements X4, X5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tartib.api.keys import SCOPES
from tartib.cases.models import Case, WorkflowVersion
from tartib.cases.queries import current_workflow
from tartib.desk.settings.hours import HoursForm
from tartib.dispatch.timeline import ASSIGNED
from tartib.journal.models import Entry
from tartib.orders.models import OrderSettings
from tartib.shops.access import Scope
from tartib.shops.models import ApiKey, Branch, Membership, Role, Shop, User
from tartib.shops.operations import LastOwner, NotTheirs, change_role, change_shop, employ, let_go, open_shop
from tests.factories import make_order, make_orders, make_shop, make_staff, make_user, move
from tests.threads import at_once

SignIn = Callable[..., Client]
PATHS = ("", "messages/", "staff/", "branches/", "keys/", "workflow/", "hours/", "checks/", "embedding/")


def _url(shop: Shop, path: str = "") -> str:
    return f"/desk/{shop.slug}/settings/{path}"


def _shop_form(shop: Shop, **changes: object) -> dict[str, object]:
    assert shop.default_owner is not None
    return {
        "name": shop.name, "colour": shop.colour, "language": "en", "languages": ["en", "fa"], "calendar": "gregorian",
        "timezone": "UTC", "currency": "UAH", "default_owner": shop.default_owner.pk,
        "stale_after_days": "7", "return_days": "14", "answer_days": "2", "paper_years": "10",
    } | changes  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_settings_are_the_owners(sign_in: SignIn, shop: Shop, path: str) -> None:
    assert sign_in(Role.MANAGER).get(_url(shop, path)).status_code == 403
    assert sign_in(Role.OWNER).get(_url(shop, path)).status_code == 200
    assert sign_in(Role.OWNER, "fa").get(_url(shop, path)).status_code == 200
    assert sign_in(Role.OWNER).get(_url(make_shop(), path)).status_code == 404


class TestShop:
    """The shop itself."""

    def test_it_is_saved(self, owner: Client, shop: Shop) -> None:
        given = _shop_form(
            shop, name="کفش آرا", colour="#AA3300", language="fa", languages=["uk"], calendar="jalali",
            timezone="Asia/Tehran", currency="irt", country="ir", email="a@b.example", stale_after_days="۱۴",
        )  # fmt: skip
        assert owner.post(_url(shop), given).status_code == 302
        shop.refresh_from_db()
        assert (shop.name, shop.colour, shop.calendar) == ("کفش آرا", "#aa3300", "jalali")
        assert (shop.currency, shop.country, OrderSettings.of(shop).stale_after_days) == ("IRT", "IR", 14)
        assert shop.languages == ["fa", "uk"]

    def test_its_time_zone_is_chosen_by_its_name_in_the_readers_language(self, sign_in: SignIn, shop: Shop) -> None:
        change_shop(shop, country="UA", timezone="Europe/Kiev")
        page = sign_in(Role.OWNER, "uk").get(_url(shop)).content.decode()
        assert re.search(
            r'<optgroup label="Україна">\s*<option value="Europe/Kiev" selected>Київ · .* · Україна<', page
        )
        assert page.count("Київ · ") == 1, "a former name is kept as it is, and the place offered once"
        change_shop(shop, timezone="Etc/GMT-3")
        assert '<option value="Etc/GMT-3" selected>' in sign_in(Role.OWNER, "uk").get(_url(shop)).content.decode()
        assert re.search(
            r'<optgroup label="Азія">.*<option value="Asia/Tehran">Тегеран · [^<]* · Іран<', page, re.DOTALL
        )

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("name", "", "Please fill this in."),
            ("colour", "red", "six digits"),
            ("timezone", "Mars/Olympus", "Please choose one of what is offered."),
            ("currency", "XQQ", "no such currency"),
            ("country", "U1", "two letters"),
            ("email", "nobody", "This is not an e-mail address"),
            ("stale_after_days", "0", "from 1 to 365"),
            ("return_days", "366", "from 0 to 365"),
            ("answer_days", "0", "from 1 to 60"),
        ],
    )
    def test_nonsense_is_refused_in_place(self, owner: Client, shop: Shop, field: str, value: str, said: str) -> None:
        response = owner.post(_url(shop), _shop_form(shop, **{field: value}))
        assert response.status_code == 422
        assert said in response.content.decode()
        shop.refresh_from_db()
        assert shop.currency == "UAH"

    def test_nobody_of_another_shop_is_made_responsible(self, owner: Client, shop: Shop) -> None:
        foreign = make_shop().default_owner
        assert foreign is not None
        assert owner.post(_url(shop), _shop_form(shop, default_owner=foreign.pk)).status_code == 422


class TestMessages:
    """When and by what customers are told."""

    def test_a_test_mail_reaches_oneself_alone(self, owner: Client, shop: Shop) -> None:
        page = owner.post(_url(shop, "messages/test/"), {"to": "a@b.c"}, follow=True).content.decode()
        user = User.objects.get(name="Erin")
        assert [letter.to for letter in mail.outbox] == [[user.email]]
        assert shop.name in mail.outbox[0].body
        assert f"{user.email}: Sent." in page

    def test_tests_are_limited(self, owner: Client, shop: Shop) -> None:
        for _number in range(12):
            owner.post(_url(shop, "messages/test/"))
        assert len(mail.outbox) == 10


class TestStaff:
    """Who works here."""

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"email": "nobody", "name": "N", "role": "expert"}, "This is not an e-mail address"),
            ({"email": "n@example.com", "name": "", "role": "expert"}, "Please fill this in."),
            ({"email": "n@example.com", "name": "N", "role": "emperor"}, "Please choose one of what is offered."),
        ],
    )
    def test_what_is_wrong_is_said_in_place(self, owner: Client, shop: Shop, given: dict[str, str], said: str) -> None:
        response = owner.post(_url(shop, "staff/add/"), given)
        assert response.status_code == 422
        assert said in response.content.decode()

    def test_one_who_works_here_is_not_added_twice(self, owner: Client, shop: Shop) -> None:
        member = make_staff(shop, Role.MANAGER, "Mila")
        response = owner.post(_url(shop, "staff/add/"), {"email": member.email, "name": "M", "role": "expert"})
        assert "Mila works here already" in response.content.decode()
        assert Membership.objects.get(user=member).role == Role.MANAGER

    def test_a_role_is_changed_but_not_ones_own(self, owner: Client, shop: Shop) -> None:
        member = Membership.objects.get(user=make_staff(shop, Role.EXPERT, "Mila"))
        owner.post(_url(shop, f"staff/{member.pk}/"), {f"m{member.pk}-role": Role.MANAGER})
        member.refresh_from_db()
        assert member.role == Role.MANAGER
        me = Membership.objects.get(shop=shop, user__name="Erin")
        response = owner.post(_url(shop, f"staff/{me.pk}/"), {f"m{me.pk}-role": Role.EXPERT})
        assert "Ask another owner" in response.content.decode()
        foreign = make_shop().default_owner
        assert foreign is not None
        assert owner.post(_url(shop, f"staff/{foreign.pk}/"), {}).status_code == 404

    def test_one_who_leaves_hands_over_every_open_order(self, owner: Client, shop: Shop) -> None:
        cases = make_orders(shop, 3)
        leaving = shop.default_owner
        assert leaving is not None
        stays = Membership.objects.get(shop=shop, user__name="Erin")
        page = owner.post(_url(shop, f"staff/{leaving.pk}/end/"), {"successor": stays.pk}, follow=True).content.decode()
        assert "3 orders are now with Erin" in page
        assert not Case.objects.exclude(owner=stays).exists()
        assert Entry.objects.filter(kind=ASSIGNED, case_id__in=[case.pk for case in cases]).count() == 3
        shop.refresh_from_db()
        assert shop.default_owner == stays
        leaving.refresh_from_db()
        assert not leaving.active
        owner.post(_url(shop, f"staff/{leaving.pk}/back/"))
        leaving.refresh_from_db()
        assert leaving.active

    @pytest.mark.parametrize("successor", ["", "0", "self", "foreign", "words"])
    def test_without_a_real_successor_nobody_leaves(self, owner: Client, shop: Shop, successor: str) -> None:
        leaving = shop.default_owner
        foreign = make_shop().default_owner
        assert leaving is not None
        assert foreign is not None
        chosen = {"self": str(leaving.pk), "foreign": str(foreign.pk)}.get(successor, successor)
        assert owner.post(_url(shop, f"staff/{leaving.pk}/end/"), {"successor": chosen}).status_code == 302
        leaving.refresh_from_db()
        assert leaving.active

    def test_nobody_ends_their_own_work(self, owner: Client, shop: Shop) -> None:
        me = Membership.objects.get(shop=shop, user__name="Erin")
        owner.post(_url(shop, f"staff/{me.pk}/end/"), {"successor": shop.default_owner_id})
        me.refresh_from_db()
        assert me.active

    def test_the_number_of_queries_does_not_grow(self, owner: Client, shop: Shop) -> None:
        Branch.objects.create(shop=shop, code="2", name="Second")

        def ask() -> int:
            with CaptureQueriesContext(connection) as queries:
                owner.get(_url(shop, "staff/"))
            return len(queries)

        ask()
        once = ask()
        for _number in range(4):
            make_staff(shop)
        make_order(shop)
        assert ask() == once


@pytest.mark.django_db
class TestLastOwner:
    """A shop keeps at least one owner."""

    def test_the_only_owner_neither_leaves_nor_steps_down(self) -> None:
        shop = make_shop()
        last = shop.default_owner
        assert last is not None
        other = employ(shop, make_user(), Role.MANAGER)
        with pytest.raises(LastOwner):
            let_go(last, other)
        with pytest.raises(LastOwner):
            change_role(last, Role.MANAGER)
        change_role(other, Role.OWNER)
        change_role(last, Role.MANAGER)

    def test_work_goes_to_a_colleague_only(self) -> None:
        shop = make_shop()
        member = employ(shop, make_user(), Role.EXPERT)
        foreign = make_shop().default_owner
        assert foreign is not None
        for successor in (member, foreign):
            with pytest.raises(NotTheirs):
                let_go(member, successor)


@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_both_step_down_at_once() -> None:
    shop = open_shop(slug="two", code="TWO", name="Two", owner=make_user())
    owners = [Membership.objects.get(shop=shop), employ(shop, make_user(), Role.OWNER)]

    def step_down(number: int) -> bool:
        try:
            with transaction.atomic():
                change_role(owners[number], Role.EXPERT)
        except LastOwner:
            return False
        return True

    for _round in range(5):
        assert sorted(at_once(step_down, 2, hands=2)) == [False, True]
        Membership.objects.filter(shop=shop).update(role=Role.OWNER)


class TestBranches:
    """The places of a shop."""

    def test_one_is_added_and_changed(self, owner: Client, shop: Shop) -> None:
        owner.post(_url(shop, "branches/add/"), {"new-name": "Поділ", "new-code": "pd", "new-phone": "+380"})
        branch = Branch.objects.get(shop=shop, code="PD")
        given = {f"b{branch.pk}-name": "Оболонь", f"b{branch.pk}-code": "OB"}
        assert owner.post(_url(shop, f"branches/{branch.pk}/"), given).status_code == 302
        branch.refresh_from_db()
        assert (branch.name, branch.code) == ("Оболонь", "OB")

    @pytest.mark.parametrize(
        ("code", "said"), [("1", "has this code already"), ("a b", "capital letters"), ("", "Please fill this in.")]
    )
    def test_a_code_that_cannot_be_is_refused(self, owner: Client, shop: Shop, code: str, said: str) -> None:
        response = owner.post(_url(shop, "branches/add/"), {"new-name": "Second", "new-code": code})
        assert response.status_code == 422
        assert said in response.content.decode()
        assert Branch.objects.filter(shop=shop).count() == 1

    def test_a_change_that_cannot_be_stays_open_at_its_row(self, owner: Client, shop: Shop) -> None:
        second = Branch.objects.create(shop=shop, code="2", name="Second")
        given = {f"b{second.pk}-name": "Second", f"b{second.pk}-code": "1"}
        response = owner.post(_url(shop, f"branches/{second.pk}/"), given)
        assert response.status_code == 422
        assert '<details class="person-edit" open' in response.content.decode()
        foreign = make_shop().branches.get()
        assert owner.post(_url(shop, f"branches/{foreign.pk}/"), {}).status_code == 404


class TestKeys:
    """API keys."""

    def test_a_key_is_shown_once(self, owner: Client, shop: Shop) -> None:
        response = owner.post(_url(shop, "keys/"), {"name": "Web site", "scopes": ["orders:read", "notes:write"]})
        page = response.content.decode()
        secret = re.search(r'data-copy="(tt_[^"]+)"', page)
        assert secret
        assert response.headers["Cache-Control"] == "no-store"
        key = ApiKey.objects.get()
        assert key.scopes == ["orders:read", "notes:write"]
        again = owner.get(_url(shop, "keys/")).content.decode()
        assert secret[1] not in again
        assert key.prefix in again

    @pytest.mark.parametrize(
        "given", [{"name": "", "scopes": ["orders:read"]}, {"name": "N"}, {"name": "N", "scopes": ["all"]}]
    )
    def test_a_key_without_name_or_scope_is_not_given_out(
        self, owner: Client, shop: Shop, given: dict[str, object]
    ) -> None:
        assert owner.post(_url(shop, "keys/"), given).status_code == 422
        assert not ApiKey.objects.exists()

    def test_a_key_is_ended(self, owner: Client, shop: Shop) -> None:
        owner.post(_url(shop, "keys/"), {"name": "Old", "scopes": ["orders:read"]})
        key = ApiKey.objects.get()
        assert owner.post(_url(make_shop(), f"keys/{key.pk}/revoke/")).status_code == 404
        owner.post(_url(shop, f"keys/{key.pk}/revoke/"))
        key.refresh_from_db()
        assert key.revoked_at is not None
        assert timezone.now() - key.revoked_at < timedelta(minutes=1)

    def test_the_desk_offers_exactly_the_scopes_the_api_knows(self) -> None:
        assert set(Scope.values) == set(SCOPES)


def _followed(shop: Shop) -> str:
    version = current_workflow(shop, "order")
    return version.code if version else ""


def _hold(shop: Shop) -> int:
    """For how many hours orders wait, as the page of the hours shows it."""
    return int(HoursForm(shop, OrderSettings.of(shop))["dispatch_hold_hours"].value())


class TestWorkflow:
    """The workflow, to be read."""

    def test_it_is_shown_status_by_status(self, owner: Client, shop: Shop) -> None:
        page = owner.get(_url(shop, "workflow/")).content.decode()
        for words in ("Pending payment", "Processing", "Completed", "takes stock", "new orders begin here"):
            assert words in page

    def test_another_is_chosen_while_no_order_is_open(self, owner: Client, shop: Shop) -> None:
        case = make_order(shop)
        url = _url(shop, "workflow/")
        assert 'name="preset"' not in owner.get(url).content.decode()
        owner.post(f"{url}choose/", {"preset": "delivery"})
        assert _followed(shop) == "essential"
        move(case, "cancelled")
        assert owner.get(url).content.decode().count('name="preset"') == 2
        for code, hours in (("checkout", 24), ("essential", 0), ("delivery", 0), ("checkout", 24)):
            owner.post(f"{url}choose/", {"preset": code})
            assert (_followed(shop), _hold(shop)) == (code, hours)
        case.refresh_from_db()
        assert case.workflow.code == "essential"

    def test_a_hold_that_the_shop_chose_stays(self, owner: Client, shop: Shop) -> None:
        change_shop(shop, OrderSettings.of(shop), dispatch_hold_hours=6)
        owner.post(_url(shop, "workflow/choose/"), {"preset": "checkout"})
        assert _hold(shop) == 6

    def test_hours_saved_as_the_workflow_has_them_go_with_the_next_one(self, owner: Client, shop: Shop) -> None:
        hours = {f"day_{day}": "09:00-17:00" for day in range(7)} | {"holidays": ""}
        assert owner.post(_url(shop, "hours/"), hours | {"dispatch_hold_hours": "0"}).status_code == 302
        owner.post(_url(shop, "workflow/choose/"), {"preset": "checkout"})
        assert _hold(shop) == 24

    def test_a_shop_without_one_chooses(self, owner: Client, shop: Shop) -> None:
        WorkflowVersion.objects.all().delete()
        page = owner.get(_url(shop, "workflow/")).content.decode()
        assert page.count('name="preset"') == 3
        assert owner.post(_url(shop, "workflow/choose/"), {"preset": "unknown"}).status_code == 404
        assert owner.post(_url(shop, "workflow/choose/"), {"preset": "delivery"}).status_code == 302
        assert WorkflowVersion.objects.get(shop=shop).code == "delivery"
        assert owner.get(f"/desk/{shop.slug}/templates/").status_code == 200

    def test_templates_point_to_the_choice_when_there_is_none(self, owner: Client, shop: Shop) -> None:
        WorkflowVersion.objects.all().delete()
        assert _url(shop, "workflow/") in owner.get(f"/desk/{shop.slug}/templates/").content.decode()
