"""Two people edit the rows of one table, or the place of one member of staff: nothing is lost, both are seen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from tartib.desk.settings.kept_rows import MOST
from tartib.orders.taxes import Tax, of_shop, set_taxes
from tartib.shipping import operations as shipping
from tartib.shipping.models import Method, MethodKind
from tartib.shipping.queries import tiers
from tartib.shipping.quoting import Tier
from tartib.shops.models import Membership, Role, Shop
from tests.desk.settings.test_two_people import Opened
from tests.factories import make_shop, make_staff
from tests.threads import at_once

TAXES = "settings/selling/"


def opened(client: Client, shop: Shop, path: str, field: str) -> tuple[Opened, Opened]:
    mine, theirs = (Opened(client, f"/desk/{shop.slug}/{path}", field) for _who in range(2))
    return mine, theirs


@pytest.fixture
def taxed(shop: Shop) -> Shop:
    """A shop with two tax rates, shown as rows 0 (everywhere) and 1 (Ukraine)."""
    set_taxes(shop, [Tax(Decimal(5)), Tax(Decimal(20), "UA")])
    return shop


@pytest.fixture
def post(shop: Shop) -> Method:
    """A way of delivery with two rates."""
    two = [Tier(Decimal(70), "UA"), Tier(Decimal(90), "PL")]
    return shipping.set_up(shop, two, kind=MethodKind.CARRIER, names={"en": "Post"})


def kept(shop: Shop) -> list[tuple[str, str, int]]:
    return [(tax.country, tax.region, int(tax.percent)) for tax in of_shop(shop)]


def test_rows_that_two_people_change_and_add_are_put_together(owner: Client, taxed: Shop) -> None:
    mine, theirs = opened(owner, taxed, TAXES, "pay_minutes")
    assert theirs.save(row0__percent="7", row2__percent="19", row2__country="de").status_code == 302
    assert mine.save(row1__region="Kyiv", row2__percent="23", row2__country="pl").status_code == 302
    assert kept(taxed) == [("", "", 7), ("DE", "", 19), ("PL", "", 23), ("UA", "Kyiv", 20)]


def test_one_cell_that_both_changed_is_shown_before_it_is_saved_over(owner: Client, taxed: Shop) -> None:
    mine, theirs = opened(owner, taxed, TAXES, "pay_minutes")
    theirs.save(row1__percent="21", row2__percent="19", row2__country="DE")
    refused = mine.save(row1__percent="22")
    assert refused.status_code == 422
    assert "to “21”" in refused.content.decode()
    assert "DE" in [value for values in mine.sent.values() for value in values]
    assert kept(taxed) == [("", "", 5), ("DE", "", 19), ("UA", "", 21)]
    assert mine.save().status_code == 302
    assert kept(taxed) == [("", "", 5), ("DE", "", 19), ("UA", "", 22)]


def test_a_row_that_one_removed_and_the_other_left_alone_is_gone(owner: Client, taxed: Shop) -> None:
    mine, theirs = opened(owner, taxed, TAXES, "pay_minutes")
    assert theirs.save(row0__percent="").status_code == 302
    assert mine.save(row1__percent="21").status_code == 302
    assert kept(taxed) == [("UA", "", 21)]


def test_a_row_that_one_removed_and_the_other_changed_is_asked_about(owner: Client, taxed: Shop) -> None:
    mine, theirs = opened(owner, taxed, TAXES, "pay_minutes")
    theirs.save(row1__percent="")
    refused = mine.save(row1__percent="21")
    assert refused.status_code == 422
    assert "Somebody else removed this row meanwhile" in refused.content.decode()
    assert kept(taxed) == [("", "", 5)]
    assert mine.save().status_code == 302
    assert kept(taxed) == [("", "", 5), ("UA", "", 21)]


def test_a_row_that_one_changed_and_the_other_removes_is_asked_about(owner: Client, taxed: Shop) -> None:
    mine, theirs = opened(owner, taxed, TAXES, "pay_minutes")
    theirs.save(row1__region="Kyiv")
    refused = mine.save(row1__percent="")
    assert refused.status_code == 422
    assert "Somebody else changed this row meanwhile (Region: Kyiv)" in refused.content.decode()
    assert kept(taxed) == [("", "", 5), ("UA", "Kyiv", 20)]
    assert mine.save().status_code == 302
    assert kept(taxed) == [("", "", 5)]


def test_the_same_place_from_both_is_refused_once_and_shows_both(owner: Client, taxed: Shop) -> None:
    mine, theirs = opened(owner, taxed, TAXES, "pay_minutes")
    theirs.save(row2__percent="19", row2__country="DE")
    refused = mine.save(row2__percent="16", row2__country="DE")
    assert refused.status_code == 422
    assert "Two of the tax rates are for the same place and class." in refused.content.decode()
    assert [mine.sent[name][0] for name in sorted(mine.sent) if name.endswith("-percent")].count("19") == 1
    assert kept(taxed) == [("", "", 5), ("DE", "", 19), ("UA", "", 20)]


def test_the_same_row_from_both_is_one(owner: Client, taxed: Shop) -> None:
    mine, theirs = opened(owner, taxed, TAXES, "pay_minutes")
    theirs.save(row2__percent="19", row2__country="DE")
    assert mine.save(row2__percent="19", row2__country="DE").status_code == 302
    assert kept(taxed) == [("", "", 5), ("DE", "", 19), ("UA", "", 20)]


def test_two_places_may_change_their_rows_between_them(owner: Client, taxed: Shop) -> None:
    mine, _theirs = opened(owner, taxed, TAXES, "pay_minutes")
    assert mine.save(row0__country="UA", row1__country="").status_code == 302
    assert kept(taxed) == [("", "", 20), ("UA", "", 5)]


def test_rates_of_a_way_of_delivery_keep_both(owner: Client, shop: Shop, post: Method) -> None:
    mine, theirs = opened(owner, shop, f"settings/delivery/{post.pk}/", "name_en")
    theirs.save(row0__price="75", row2__price="120", name_en="Parcel post")
    assert mine.save(row1__weight_to="1000").status_code == 302
    post = Method.objects.get(pk=post.pk)
    assert post.names["en"] == "Parcel post"
    rates = [(int(tier.price), tier.country, tier.weight_to) for tier in tiers(post)]
    assert sorted(rates, key=lambda rate: rate[0]) == [(75, "UA", None), (90, "PL", 1000), (120, "", None)]


def test_a_way_of_delivery_that_was_removed_meanwhile_keeps_what_was_typed(
    owner: Client, shop: Shop, post: Method
) -> None:
    mine, _theirs = opened(owner, shop, f"settings/delivery/{post.pk}/", "name_en")
    owner.post(f"/desk/{shop.slug}/settings/delivery/{post.pk}/removal/")
    refused = mine.save(row0__price="75", name_en="Parcel post")
    assert refused.status_code == 422
    assert "Somebody else removed this way of delivery meanwhile" in refused.content.decode()
    assert mine.save().status_code == 302
    again = Method.objects.get(shop=shop)
    assert (again.names["en"], [int(tier.price) for tier in tiers(again)]) == ("Parcel post", [75])


def test_a_number_of_another_shops_row_is_none(owner: Client, taxed: Shop) -> None:
    other = make_shop()
    set_taxes(other, [Tax(Decimal(3))])
    mine, _theirs = opened(owner, taxed, TAXES, "pay_minutes")
    foreign = str(of_shop(other)[0].row)
    assert mine.save(row0__row=foreign, row0__percent="9").status_code == 422
    assert [int(tax.percent) for tax in of_shop(other)] == [3]
    for strange in ("x", "-1", "9" * 30, ""):
        assert mine.save(row0__row=strange, rows=strange).status_code in (302, 422)
    assert [int(tax.percent) for tax in of_shop(other)] == [3]


def test_a_longer_table_than_one_form_takes_loses_no_row(owner: Client, shop: Shop) -> None:
    set_taxes(shop, [Tax(Decimal(5), tax_class=f"{place:03}") for place in range(MOST + 5)])
    mine, _theirs = opened(owner, shop, TAXES, "pay_minutes")
    assert mine.save(row0__percent="6").status_code == 302
    assert [int(tax.percent) for tax in of_shop(shop)] == [6, *[5] * (MOST + 4)]


def test_a_role_that_two_people_change_is_shown_before_it_is_given(owner: Client, shop: Shop) -> None:
    member = Membership.objects.get(user=make_staff(shop, Role.TECHNICIAN), shop=shop)
    field = f"m{member.pk}-role"
    mine, theirs = opened(owner, shop, "settings/staff/", field)
    assert theirs.save(**{field: Role.MANAGER}).status_code == 302
    refused = mine.save(**{field: Role.EXPERT})
    assert refused.status_code == 422
    assert "to “Manager”" in refused.content.decode()
    assert Membership.objects.get(pk=member.pk).role == Role.MANAGER
    assert mine.save().status_code == 302
    assert Membership.objects.get(pk=member.pk).role == Role.EXPERT


@pytest.mark.django_db(transaction=True)
def test_who_saves_in_the_same_moment_takes_turns() -> None:
    shop = make_shop(currency="UAH", languages=["en"])
    set_taxes(shop, [Tax(Decimal(5), tax_class=f"{place}") for place in range(4)])
    user = make_staff(shop, Role.OWNER)
    pages = []
    for _place in range(4):
        client = Client()
        client.force_login(user)
        pages.append(Opened(client, f"/desk/{shop.slug}/{TAXES}", "pay_minutes"))
    answers = at_once(lambda place: pages[place].save(**{f"row{place}__percent": "9"}).status_code, 4, hands=4)
    assert answers == [302] * 4
    assert [int(tax.percent) for tax in of_shop(shop)] == [9] * 4
