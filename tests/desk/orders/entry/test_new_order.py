"""Entering an order by hand: what is written is placed, what is wrong is told beside its field and nothing is lost."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal

import pytest
from django.test import Client

from tartib.cases.models import Case
from tartib.catalog.operations import add_product
from tartib.checkout import discounts
from tartib.checkout.models import Redemption
from tartib.customers.address import Address
from tartib.customers.operations import CustomerDraft
from tartib.notify.models import Message
from tartib.orders.models import Line, Order
from tartib.orders.taxes import Tax, set_taxes
from tartib.shipping.operations import set_up
from tartib.shipping.quoting import Tier
from tartib.shops.models import Shop
from tartib.shops.operations import change_shop
from tests.factories import NOW, PASSWORD, make_order, make_product, make_shop, make_staff, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop(country="UA", languages=["en", "uk"], currency="UAH")


@pytest.fixture
def desk(client: Client, shop: Shop) -> Client:
    client.login(email=make_staff(shop).email, password=PASSWORD)
    return client


def form(**changes: str) -> dict[str, str]:
    """A filled-in form with one line."""
    return {
        "phone": "050 111 22 33", "email": "olena@example.com", "name": "Олена", "language": "uk", "line1": "Main 1",
        "city": "Lviv", "postcode": "79000", "country": "UA", "shipping_method": "Courier", "shipping": "۵۰",
        "method": "", "code": "",
        "discount": "", "tax": "", "payment_method": "on-receipt", "channel": "phone", "customer_note": "Ring twice",
        "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-product": "Gift card", "lines-0-sku": "",
        "lines-0-quantity": "٢", "lines-0-price": "100,50",
    } | changes  # fmt: skip


def test_an_order_taken_by_phone_is_placed_and_told(desk: Client, shop: Shop) -> None:
    """E8, X5: entered with local digits; the clerk is responsible, the customer is told when that is ticked."""
    answer = desk.post(f"/desk/{shop.slug}/orders/new/", form(tell="on"))
    case = Case.objects.get()
    assert answer["Location"] == f"/desk/{shop.slug}/orders/{case.code}/"
    assert case.customer is not None
    assert (case.amount, case.language, case.customer.phone) == (Decimal(251), "uk", "+380501112233")
    assert str(case.owner) == "Erin Expert"
    assert Order.objects.get().ship_to.country == "UA"
    assert Message.objects.filter(case=case, kind="placed").count() == 1


def test_nobody_is_told_unless_asked(desk: Client, shop: Shop) -> None:
    desk.post(f"/desk/{shop.slug}/orders/new/", form())
    assert Case.objects.count() == 1
    assert not Message.objects.exists()


def test_a_product_without_a_price_costs_what_the_catalogue_says(desk: Client, shop: Shop) -> None:
    product = make_product(shop, price="120.00")
    lines = {"lines-0-product": product.name, "lines-0-sku": product.sku, "lines-0-price": "", "lines-0-quantity": ""}
    desk.post(f"/desk/{shop.slug}/orders/new/", form(**lines))
    line = Line.objects.get()
    assert (line.product, line.price, line.quantity) == (product, 120, 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lines-0-product": ""}, "Add at least one product."),
        ({"lines-0-price": ""}, "Write the price of one piece."),
        ({"lines-0-price": "-5"}, "The amount cannot be negative."),
        ({"lines-0-quantity": "1.5"}, "Write a whole number."),
        ({"name": "", "phone": "", "email": ""}, "Write the customer&#x27;s name, phone or e-mail."),
        ({"phone": "no", "email": ""}, "This number cannot be dialled."),
        ({"phone": "050 111 22", "email": ""}, "or with + and the code of its country"),
        ({"email": "a@b"}, "This is not an e-mail address"),
        ({"postcode": "7900"}, "There are no such postcodes in that country."),
        ({"country": "Ukraine"}, "Please choose one of what is offered."),
        ({"phone": "", "email": "", "tell": "on"}, "no phone or e-mail to tell"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_written_stays(
    desk: Client, shop: Shop, changes: dict[str, str], said: str
) -> None:
    page = desk.post(f"/desk/{shop.slug}/orders/new/", form(**changes)).content.decode()
    assert said in page
    assert "Ring twice" in page
    assert not Case.objects.exists()


def test_another_line_keeps_what_was_written_without_scripts(desk: Client, shop: Shop) -> None:
    page = desk.post(f"/desk/{shop.slug}/orders/new/", form(more="1")).content.decode()
    assert 'name="lines-1-product"' in page
    assert "Gift card" in page
    assert "Олена" in page


def test_products_and_customers_are_found_while_one_writes(desk: Client, shop: Shop) -> None:
    product = make_product(shop, name="Blue shirt")
    customer = make_order(shop).customer
    assert customer is not None
    assert product.sku in desk.get(f"/desk/{shop.slug}/orders/new/products/?q=blue").content.decode()
    found = desk.get(f"/desk/{shop.slug}/orders/new/customers/?q={customer.phone[-6:]}").content.decode()
    assert customer.email in found
    assert desk.get(f"/desk/{shop.slug}/orders/new/customers/?q=zz").content.decode().strip() == ""


@pytest.mark.parametrize(
    "wanted",
    [
        "ivan",
        "FRANKO",
        "franko ivan",
        "anko",
        "ivan 0501",
        "کیانی",
        "كياني",
        "شيرين",
        "ivan@",
        "050 111-22-33",
        "٠٥٠١١١",
    ],
)
def test_customers_are_found_by_any_part_however_it_is_written(desk: Client, shop: Shop, wanted: str) -> None:
    """E8, X5: no case, no order of words, no keyboard's form of a letter stands in the way."""
    where = Address(line1="Main 1", city="Lviv", country="UA", postcode="79000")
    person = CustomerDraft("Ivan Franko شیرین کیانی", "ivan@example.com", "+380501112233")
    make_order(shop, customer=person, ship_to=where)
    make_order(shop, customer=CustomerDraft("Someone Else", "else@example.com", "+380679998877"))
    found = desk.get(f"/desk/{shop.slug}/orders/new/customers/", {"q": wanted}).content.decode()
    assert found.count("data-person") == 1
    assert "ivan@example.com" in found
    for part in ('data-line1="Main 1"', 'data-city="Lviv"', 'data-postcode="79000"', 'data-country="UA"'):
        assert part in found


def test_more_customers_ask_no_more_questions(
    desk: Client, shop: Shop, django_assert_num_queries: Callable[..., AbstractContextManager[object]]
) -> None:
    for _number in (1, 3):
        make_order(shop, customer=CustomerDraft("Ivan", f"ivan{_number}@example.com", ""))
        with django_assert_num_queries(6):
            desk.get(f"/desk/{shop.slug}/orders/new/customers/?q=ivan")


def test_the_product_with_that_very_sku_comes_first(desk: Client, shop: Shop) -> None:
    for name, sku in (("A linen shirt", "LS-L-WX"), ("Z linen shirt", "LS-L-W")):
        add_product(shop, sku=sku, name=name, price=Decimal(20), now=NOW)
    found = desk.get(f"/desk/{shop.slug}/orders/new/products/?q=ls-l-w").content.decode()
    assert found.index('data-sku="LS-L-W"') < found.index('data-sku="LS-L-WX"')


def test_another_shops_customers_are_not_offered(desk: Client, shop: Shop) -> None:
    stranger = make_order(make_shop()).customer
    assert stranger is not None
    assert (
        stranger.email not in desk.get(f"/desk/{shop.slug}/orders/new/customers/?q={stranger.email}").content.decode()
    )


def test_a_shop_without_a_workflow_says_what_to_do(desk: Client, shop: Shop) -> None:
    shop.workflows.all().delete()
    assert "choose a workflow" in desk.post(f"/desk/{shop.slug}/orders/new/", form()).content.decode()


def test_technicians_and_strangers_do_not_enter_orders(client: Client, shop: Shop) -> None:
    client.login(email=make_staff(shop, "technician").email, password=PASSWORD)
    assert client.get(f"/desk/{shop.slug}/orders/new/").status_code == 403
    client.login(email=make_user().email, password=PASSWORD)
    assert client.get(f"/desk/{shop.slug}/orders/new/").status_code == 404


def test_it_is_added_up_as_the_window_adds_up(desk: Client, shop: Shop) -> None:
    """E1: delivery by the shop's rates, a code that counts as used, tax by the rule; the same before and after."""
    method = set_up(
        shop,
        [Tier(Decimal(60), country="UA"), Tier(Decimal(90), country="PL")],
        kind="courier",
        names={"en": "By van", "uk": "Авто"},
    )
    change_shop(shop, tax_included=False, tax_shipping=False)
    set_taxes(shop, [Tax(Decimal(20), "UA")])
    discount = discounts.set_up(shop, code="TENTH", kind="percent", value=10, most_uses=1, now=NOW)
    asked = form(method=str(method.pk), code="tenth", shipping="", shipping_method="")
    sums = desk.post(f"/desk/{shop.slug}/orders/new/sums/", asked).content.decode()
    for amount in ("201.00", "20.10", "60.00", "36.18", "277.08"):
        assert amount in sums
    whole = desk.post(f"/desk/{shop.slug}/orders/new/", asked | {"sum": "1"}).content.decode()
    assert "277.08" in whole
    assert "Ring twice" in whole
    desk.post(f"/desk/{shop.slug}/orders/new/", asked)
    order = Order.objects.get()
    assert (order.case.amount, order.shipping, order.discount, order.tax) == (
        Decimal("277.08"), Decimal(60), Decimal("20.10"), Decimal("36.18"),
    )  # fmt: skip
    assert (order.shipping_method, order.discount_code) == ("Авто", "TENTH")
    assert Redemption.objects.get(discount=discount).amount == Decimal("20.10")
    again = desk.post(f"/desk/{shop.slug}/orders/new/", asked)
    assert "has been used up" in again.content.decode()
    elsewhere = asked | {"code": "", "country": "DE"}
    assert "not offered for these goods" in desk.post(f"/desk/{shop.slug}/orders/new/sums/", elsewhere).content.decode()
    assert "Write its price" in desk.post(f"/desk/{shop.slug}/orders/new/", elsewhere).content.decode()
    desk.post(f"/desk/{shop.slug}/orders/new/", elsewhere | {"shipping": "150", "tax": "5"})
    assert Order.objects.latest("pk").case.amount == Decimal("356.00"), "what is written by hand stands"
