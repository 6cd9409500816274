"""Opening a shop, employing people, and what each role may do (requirements A1, X4)."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from tartib.shops import access
from tartib.shops.access import ALLOWED, May, may
from tartib.shops.models import ApiKey, Membership, Role, Shop, User
from tartib.shops.operations import KEY_PREFIX, employ, issue_key, open_shop, revoke_key
from tests.factories import PASSWORD, make_shop, make_staff, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_a_new_shop_has_a_branch_an_owner_and_its_own_language() -> None:
    owner = make_user("Darya")
    shop = open_shop(slug="saf", code="SF", name="صاف", owner=owner, language="fa", currency="IRT", calendar="jalali")
    assert [branch.name for branch in shop.branches.all()] == ["صاف"]
    assert shop.languages == ["fa"]
    membership = Membership.objects.get(shop=shop)
    assert (membership.user, membership.role, membership.active) == (owner, Role.OWNER, True)
    assert shop.default_owner == membership


@pytest.mark.parametrize(
    ("field", "value"),
    [("code", "lower"), ("code", "TOOLONG"), ("slug", "with space"), ("language", "de"), ("colour", "red")],
)
def test_a_shop_with_nonsense_in_it_is_not_opened(field: str, value: str) -> None:
    given = {"slug": "good", "code": "GOOD", "name": "Good", field: value}
    with pytest.raises(ValidationError) as raised:
        open_shop(owner=make_user(), **given)
    assert field in raised.value.message_dict
    assert not Shop.objects.filter(name="Good").exists()


def test_two_shops_cannot_share_an_address_or_a_code() -> None:
    taken = make_shop()
    with pytest.raises(ValidationError) as raised:
        open_shop(slug=taken.slug, code=taken.code, name="Another", owner=make_user())
    assert set(raised.value.message_dict) == {"slug", "code"}


def test_employing_again_changes_the_role_and_brings_a_person_back() -> None:
    shop = make_shop()
    user = make_staff(shop, Role.TECHNICIAN)
    Membership.objects.filter(user=user).update(active=False)
    employ(shop, user, Role.MANAGER)
    membership = Membership.objects.get(shop=shop, user=user)
    assert (membership.role, membership.active) == (Role.MANAGER, True)


def test_a_person_has_one_address_however_it_is_typed() -> None:
    user = User.objects.create_user("  Olha@Example.COM ", PASSWORD, name="Olha")
    assert user.email == "olha@example.com"
    assert User.objects.get_by_natural_key("OLHA@example.com") == user
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Other@Example.com", name="Not lower")


def test_each_role_may_do_all_that_the_ones_before_it_may() -> None:
    ladder = [ALLOWED[role] for role in (Role.TECHNICIAN, Role.EXPERT, Role.MANAGER, Role.OWNER)]
    assert all(lower < higher for lower, higher in pairwise(ladder))
    assert ladder[-1] == frozenset(May)


@pytest.mark.parametrize(
    ("act", "least"),
    [
        (May.NOTE, Role.TECHNICIAN),
        (May.CATALOG, Role.EXPERT),
        (May.DELETE, Role.MANAGER),
        (May.TEMPLATES, Role.MANAGER),
        (May.SETTINGS, Role.OWNER),
        (May.KEYS, Role.OWNER),
    ],
)
def test_what_needs_which_role(act: May, least: Role) -> None:
    order = list(ALLOWED)
    for place, role in enumerate(order):
        member = Membership(role=role, active=True)
        assert may(member, act) is (place >= order.index(least))
        assert not may(Membership(role=role, active=False), act)


def test_a_stranger_and_one_who_left_find_no_shop() -> None:
    shop, elsewhere = make_shop(), make_shop()
    user = make_staff(shop)
    assert access.membership(user, shop.slug) is not None
    assert access.membership(user, elsewhere.slug) is None
    assert access.membership(user, "no-such-shop") is None
    assert access.membership(AnonymousUser(), shop.slug) is None
    Membership.objects.filter(user=user).update(active=False)
    assert access.membership(user, shop.slug) is None


def test_the_shops_of_a_person_come_as_they_came_to_them() -> None:
    user = make_user()
    later, first = make_shop(), make_shop()
    for shop in (first, later):
        employ(shop, user, Role.EXPERT)
    assert [membership.shop for membership in access.memberships(user)] == [first, later]


def test_an_api_key_is_shown_once_and_kept_only_as_a_digest() -> None:
    shop = make_shop()
    record, key = issue_key(shop, "Web site", ["orders:read"])
    assert key.startswith(KEY_PREFIX)
    assert key.startswith(record.prefix)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(k)::text FROM shops_apikey AS k WHERE id = %s", [record.pk])
        stored = cursor.fetchone()[0]
    assert key not in stored
    assert key[len(record.prefix) :] not in stored
    assert issue_key(shop, "Another", [])[1] != key


def test_a_revoked_key_keeps_the_moment_of_its_first_revocation() -> None:
    key, _secret = issue_key(make_shop(), "Old", [])
    revoke_key(key, NOW)
    revoke_key(key, NOW.replace(year=2027))
    assert ApiKey.objects.get().revoked_at == NOW
