"""Two people who edit one thing: neither undoes nor overlooks what the other has saved."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client
from lxml import html

from tartib.catalog.models import Product
from tartib.catalog.showing import add_category
from tartib.notify import queries
from tartib.orders.models import OrderSettings
from tartib.shops.models import Shop
from tests.factories import make_listing, make_product


class Opened:
    """A page that somebody has open, and the form in it that has a field called `field`."""

    def __init__(self, client: Client, path: str, field: str) -> None:
        self.client, self.path = client, path
        self._read(client.get(path).content, field)

    def _read(self, page: bytes, field: str) -> None:
        form = next(one for one in html.fromstring(page).forms if field in one.fields)
        self.action = form.action or self.path
        self.sent: dict[str, list[str]] = {}
        for name, value in form.form_values():
            self.sent.setdefault(name, []).append(value.removeprefix("\n"))  # as browsers read a text area
        self.field = field

    def save(self, **changed: str | list[str]) -> HttpResponse:
        """Send the form with what was changed; where it comes back, that is the page that is open now."""
        self.sent |= {name.replace("__", "-"): [v] if isinstance(v, str) else v for name, v in changed.items()}
        answer = self.client.post(self.action, self.sent)
        if answer.status_code != 302:
            self._read(answer.content, self.field)
        assert isinstance(answer, HttpResponse)
        return answer


def test_what_was_left_alone_takes_what_another_saved(owner: Client, shop: Shop) -> None:
    product = make_product(shop, name="Cup", price="10")
    path = f"/desk/{shop.slug}/products/{product.pk}/"
    mine, theirs = (Opened(owner, path, "tax_class") for _who in range(2))
    assert theirs.save(price="12.50", active=[]).status_code == 302
    assert mine.save(name="Mug").status_code == 302
    kept = Product.objects.get(pk=product.pk)
    assert (kept.name, kept.price, kept.active) == ("Mug", Decimal("12.5"), False)


def test_what_both_changed_is_shown_before_it_is_saved_over(owner: Client, shop: Shop) -> None:
    product = make_product(shop, name="Cup", price="10")
    path = f"/desk/{shop.slug}/products/{product.pk}/"
    mine, theirs = (Opened(owner, path, "tax_class") for _who in range(2))
    theirs.save(price="12.50", name="Bowl")
    refused = mine.save(price="11")
    assert refused.status_code == 422
    assert "to “12.50”" in refused.content.decode()
    assert mine.sent["price"] == ["11"]
    assert mine.sent["name"] == ["Bowl"]
    assert Product.objects.get(pk=product.pk).price == Decimal("12.5")
    assert mine.save().status_code == 302
    kept = Product.objects.get(pk=product.pk)
    assert (kept.price, kept.name) == (Decimal(11), "Bowl")


def test_the_same_change_by_both_is_no_conflict(owner: Client, shop: Shop) -> None:
    product = make_product(shop, name="Cup", price="10")
    path = f"/desk/{shop.slug}/products/{product.pk}/"
    mine, theirs = (Opened(owner, path, "tax_class") for _who in range(2))
    theirs.save(price="12.50")
    assert mine.save(price="12.50").status_code == 302


def test_who_sees_a_conflict_again_is_told_again(owner: Client, shop: Shop) -> None:
    product = make_product(shop, name="Cup", price="10")
    path = f"/desk/{shop.slug}/products/{product.pk}/"
    mine, theirs = (Opened(owner, path, "tax_class") for _who in range(2))
    theirs.save(price="12")
    assert mine.save(price="11").status_code == 422
    Opened(owner, path, "tax_class").save(price="13")
    assert "to “13.00”" in mine.save().content.decode()
    Opened(owner, path, "tax_class").save(price="14")
    assert "to “14.00”" in mine.save(price="much").content.decode()


def test_choices_and_lists_are_put_together_like_texts(owner: Client, shop: Shop) -> None:
    path = f"/desk/{shop.slug}/settings/"
    mine, theirs = (Opened(owner, path, "timezone") for _who in range(2))
    theirs.save(languages=["en", "fa", "uk"], timezone="Europe/Kyiv")
    assert mine.save(return_days="30").status_code == 302
    shop.refresh_from_db()
    assert (set(shop.languages), shop.timezone, OrderSettings.of(shop).return_days) == (
        {"en", "fa", "uk"},
        "Europe/Kyiv",
        30,
    )
    late = mine.save(languages=["en", "ar"])
    assert "to “English, فارسی, Українська”" in late.content.decode()


def test_a_wording_is_not_saved_over_unseen(owner: Client, shop: Shop) -> None:
    path = f"/desk/{shop.slug}/templates/processing/email/en/"
    mine, theirs = (Opened(owner, path, "body") for _who in range(2))
    theirs.save(body="Theirs, line one.\r\nLine two of {order_number}.", subject="Theirs")
    assert mine.save(body="Mine for {order_number}.").status_code == 422
    kept = queries.template(shop, "processing", "email", "en")
    assert (kept.subject, kept.body) == ("Theirs", "Theirs, line one.\nLine two of {order_number}.")
    assert mine.save().status_code == 302
    kept = queries.template(shop, "processing", "email", "en")
    assert (kept.subject, kept.body) == ("Theirs", "Mine for {order_number}.")


@pytest.mark.parametrize(
    ("path", "field", "theirs", "mine"),
    [
        ("settings/messages/", "feedback_days", {"feedback_days": "5"}, {"hold_back_seconds": "7"}),
        ("settings/hours/", "day_0", {"day_0": "10:00–12:00"}, {"day_1": "08:00–12:00"}),
        ("settings/checks/", "velocity_most", {"velocity_most": "9"}, {"level_words": "off"}),
        ("settings/points/", "months", {"points_each": "3"}, {"months": "7"}),
        ("settings/selling/", "pay_minutes", {"pay_minutes": "44"}, {"tax_shipping": "on"}),
        ("window/settings/", "headline", {"headline": "New", "fa__headline": "تازه"}, {"about": "Said"}),
    ],
)
def test_every_page_of_settings_keeps_both(
    owner: Client, shop: Shop, path: str, field: str, theirs: dict[str, str], mine: dict[str, str]
) -> None:
    one, other = (Opened(owner, f"/desk/{shop.slug}/{path}", field) for _who in range(2))
    assert other.save(**theirs).status_code == 302
    assert one.save(**mine).status_code == 302
    now = Opened(owner, f"/desk/{shop.slug}/{path}", field).sent
    for name, value in (theirs | mine).items():
        assert now[name.replace("__", "-")] == [value]


def test_branches_listings_variants_and_categories_keep_both(owner: Client, shop: Shop) -> None:
    listing, shelf = make_listing(shop, "Cup"), add_category(shop, "Things")
    variant, branch = listing.variants.get(), shop.branches.get()
    places = [
        ("settings/branches/", f"b{branch.pk}-", "address", "phone", "5 Quay", "+380441234567"),
        (f"window/listings/{listing.pk}/", f"v{variant.pk}-", "weight_grams", "compare_at", "12", "900.00"),
        (f"window/listings/{listing.pk}/", "", "summary", "description", "Short.", "Long."),
        (f"window/listings/{listing.pk}/", "fa-", "title", "summary", "فنجان", "کوتاه."),
        ("window/categories/", f"c{shelf.pk}-", "name", "name_fa", "Stuff", "چیزها"),
    ]
    for path, prefix, first, second, by_them, by_me in places:
        one, other = (Opened(owner, f"/desk/{shop.slug}/{path}", prefix + first) for _who in range(2))
        assert other.save(**{prefix + first: by_them}).status_code == 302
        assert one.save(**{prefix + second: by_me}).status_code == 302
        now = Opened(owner, f"/desk/{shop.slug}/{path}", prefix + first).sent
        assert (now[prefix + first], now[prefix + second]) == ([by_them], [by_me])


@pytest.mark.parametrize("carried", ["", "[1]", "{", "null", '{"price": 3}', "x" * 30_000, "[" * 19_000])
def test_what_cannot_be_read_of_the_fingerprints_is_no_fault(owner: Client, shop: Shop, carried: str) -> None:
    product = make_product(shop, name="Cup", price="10")
    opened = Opened(owner, f"/desk/{shop.slug}/products/{product.pk}/", "tax_class")
    assert opened.save(carried=carried, name="Mug").status_code in (302, 422)
