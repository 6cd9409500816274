"""The country of an IP address, and that an order keeps it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tartib.orders import places
from tartib.orders.models import Order
from tartib.orders.places import country_of
from tests.factories import make_order, make_shop


@pytest.fixture
def _opened_anew() -> Iterator[None]:
    places._countries.cache_clear()
    yield
    places._countries.cache_clear()


@pytest.mark.parametrize(
    ("ip", "country"),
    [
        ("8.8.8.8", "US"),
        ("5.160.0.1", "IR"),
        ("178.150.1.1", "UA"),
        ("203.198.7.66", "HK"),
        ("84.235.0.1", "SA"),
        ("2001:4860:4860::8888", "US"),
        ("::ffff:178.150.1.1", "UA"),
    ],
)
def test_a_public_address_has_a_country(ip: str, country: str) -> None:
    """E4: public addresses, old and new, are found in the file that ships."""
    assert country_of(ip) == country


@pytest.mark.parametrize(
    "ip",
    ["10.0.0.1", "192.168.1.9", "127.0.0.1", "::1", "fe80::1", "192.0.2.1", "203.0.113.7", "2001:db8::1", "0.0.0.0",
     "", "8.8.8", "8.8.8.8 ", "somewhere", "\0", "9" * 400],
)  # fmt: skip
def test_what_is_no_public_address_has_none(ip: str) -> None:
    """E4: private addresses, those for documentation, and no addresses at all."""
    assert country_of(ip) == ""


@pytest.mark.django_db
def test_an_order_keeps_the_country_its_address_had() -> None:
    """E9: the country is found when the order is placed; one that came with the order is believed."""
    shop = make_shop()
    cases = [
        make_order(shop, ip="178.150.1.1"),
        make_order(shop, ip="178.150.1.1", ip_country="PL"),
        make_order(shop, ip="192.168.1.9"),
        make_order(shop),
    ]
    kept = Order.objects.in_bulk([case.pk for case in cases])
    assert [kept[case.pk].ip_country for case in cases] == ["UA", "PL", "", ""]


@pytest.mark.usefixtures("_opened_anew")
def test_without_the_file_countries_stay_unknown(settings: Settings, tmp_path: Path) -> None:
    """Orders are placed all the same where the file is missing or broken."""
    settings.TARTIB_COUNTRIES = tmp_path / "none.mmdb"
    assert country_of("8.8.8.8") == ""
    places._countries.cache_clear()
    settings.TARTIB_COUNTRIES.write_text("no such thing")
    assert country_of("8.8.8.8") == ""
