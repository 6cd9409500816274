"""Requirement B1: a shop is found under its own domain; hosts nobody knows are refused."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from tartib.shops.operations import change_shop
from tests.factories import make_listing, make_shop, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Client:
    """A browser at the shop's own domain."""
    return Client(headers={"host": "wares.example"})


def test_a_host_nobody_knows_is_refused(client: Client) -> None:
    for host in ("evil.example", "testserver.evil.example", "bad host", ""):
        assert client.get("/sign-in/", headers={"host": host}).status_code == 400, host


def test_a_shops_domain_opens_its_window_and_leads_nowhere_else(there: Client) -> None:
    """B1."""
    shop = make_shop(languages=["en", "fa"])
    listing = make_listing(shop, "Wool throw")
    other = make_listing(make_shop(), "Elsewhere")
    assert there.get("/").status_code == 400, "before it is the shop's"
    change_shop(shop, domain="wares.example")
    page = there.get("/").content.decode()
    assert "Wool throw" in page
    assert f'href="/p/{listing.slug}/"' in page
    assert 'href="/track/"' in page
    assert f"/s/{shop.slug}" not in page, "no address gives two ways to one page"
    assert there.get(f"/p/{listing.slug}/").status_code == 200
    assert there.get("/track/").status_code == 200
    assert 'href="/fa/p/wool-throw/"' in there.get("/fa/").content.decode()
    for path in ("/desk/", "/sign-in/", f"/s/{other.shop.slug}/", f"/track/{other.shop.slug}/", "/api/v1/orders"):
        assert there.get(path).status_code in (301, 404), path
        assert there.get(path, follow=True).status_code == 404, path
    assert there.get("/WARES/", headers={"host": "Wares.Example:443"}).status_code == 404, (
        "case and port are no other host"
    )


def test_the_window_stays_at_its_path_too(client: Client) -> None:
    """For those who are not led on to the domain: staff, and customers with a cart there."""
    shop = make_shop(domain="wares.example")
    listing = make_listing(shop, "Wool throw")
    client.force_login(make_staff(shop))
    page = client.get(f"/s/{shop.slug}/").content.decode()
    assert f'href="/s/{shop.slug}/p/{listing.slug}/"' in page


@pytest.mark.parametrize("domain", ["https://a.example", "a", "a.example/x", "A.example", "-a.example", "localhost"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValidationError):
        change_shop(make_shop(), domain=domain)


def test_a_domain_is_one_shops() -> None:
    make_shop(domain="wares.example")
    with pytest.raises(ValidationError, match="Another shop"):
        make_shop(domain="wares.example")
