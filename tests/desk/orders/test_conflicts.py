"""Two people edit one order: nothing that either saved or typed is lost, and what both changed is shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tartib.cases.models import Case
from tartib.orders.models import Line, Order
from tests.desk.orders.test_moves import at, signed_in
from tests.factories import make_order, make_product, make_shop

pytestmark = pytest.mark.django_db


def sent(client: Client, case: Case, name: str) -> dict[str, Any]:
    """What a form of the page sends when nothing is changed in it."""
    context = client.get(at(case)).context
    seen = context["seen"][name]
    found = {"version": seen.version, "seen": seen.entries, "base": seen.base}
    parts = {"people": [context["people_form"]], "process": [context["process_form"]]}
    for form in parts.get(name, [context["costs_form"], *context["line_rows"]]):
        for field in form:
            value = field.value()
            if value is not None and value is not False and value != "":
                found[field.html_name] = "on" if value is True else str(value)
    return found | ({"whole": "1"} if name == "process" else {})


def differences(page: Any) -> list[tuple[str, str, str]]:
    return [(one.label, one.theirs, one.mine) for one in page.context["differences"]]


def shown(page: Any, name: str) -> dict[str, Any]:
    """What a form that came back shows, as it would be sent again."""
    seen = page.context["seen"][name]
    forms = page.context["line_rows"] if name == "lines" else [page.context[f"{name}_form"]]
    forms = [*forms, page.context["costs_form"]] if name == "lines" else forms
    fields = {field.html_name: field.value() for form in forms for field in form}
    kept = {
        key: "on" if value is True else value
        for key, value in fields.items()
        if value is not None and value is not False
    }
    return {"version": seen.version, "seen": seen.entries, "base": seen.base} | kept


def test_saving_again_keeps_both_where_each_changed_something_else() -> None:
    case = make_order(make_shop())
    client = signed_in(case.shop)
    mine, theirs = sent(client, case, "people"), sent(client, case, "people")
    client.post(at(case, "people/"), theirs | {"ship_city": "Lviv"})
    page = client.post(at(case, "people/"), mine | {"name": "New Name"})
    assert page.status_code == 409 and page.context["opened"] == "people"
    assert ("Town or city", "Lviv", "") in differences(page) or ("City", "Lviv", "") in differences(page)
    html = page.content.decode()
    assert html.index('id="people"') < html.index("changed while you were writing"), "said in the dialog itself"
    assert client.post(at(case, "people/"), shown(page, "people")).status_code == 302
    case = Case.objects.select_related("customer").get(pk=case.pk)
    assert case.customer is not None
    assert (case.customer.name, Order.objects.get(case=case).ship_to.city) == ("New Name", "Lviv")


def test_a_field_that_both_changed_shows_both_and_saves_what_is_then_there() -> None:
    case = make_order(make_shop())
    client = signed_in(case.shop)
    mine, theirs = sent(client, case, "process"), sent(client, case, "process")
    client.post(at(case, "process/"), theirs | {"carrier": "DHL", "points": "5"})
    page = client.post(at(case, "process/"), mine | {"carrier": "UPS"})
    assert page.status_code == 409
    assert sorted(differences(page)) == [("Carrier", "DHL", "UPS"), ("Points this order earns", "5", "")]
    again = shown(page, "process") | {"whole": "1"}
    assert (again["carrier"], again["points"]) == ("UPS", "5")
    assert client.post(at(case, "process/"), again).status_code == 302
    order = Order.objects.get(case=case)
    assert (order.carrier, order.points) == ("UPS", 5)


def test_positions_are_put_together_line_by_line() -> None:
    """A colleague's new quantity stays when somebody else changes another line, adds one or takes one out."""
    shop = make_shop()
    case = make_order(shop, make_product(shop, name="Mint", price="5.00"))
    client = signed_in(shop)
    first = sent(client, case, "lines")
    client.post(at(case, "lines/"), first | {"line-1-name": "Sage", "line-1-quantity": "1", "line-1-price": "3"})
    mine, theirs = sent(client, case, "lines"), sent(client, case, "lines")
    fresh = {"line-2-name": "Thyme", "line-2-quantity": "2", "line-2-price": "2"}
    client.post(at(case, "lines/"), theirs | {"line-0-quantity": "3"} | fresh)
    page = client.post(at(case, "lines/"), mine | {"line-1-quantity": "4", "line-0-quantity": "2"})
    assert page.status_code == 409
    found = differences(page)
    assert ("Mint: Quantity", "3", "2") in found
    assert any(label == "Thyme" and not kept for label, _theirs, kept in found)
    again = shown(page, "lines")
    quantity = next(key for key, value in again.items() if value == "Mint").replace("name", "quantity")
    assert client.post(at(case, "lines/"), again | {quantity: "3"}).status_code == 302
    kept = {line.name: line.quantity for line in Line.objects.filter(case=case)}
    assert kept == {"Mint": 3, "Sage": 4, "Thyme": 2}
    assert Case.objects.get(pk=case.pk).amount == Decimal("31.00")


def test_a_line_that_was_taken_out_meanwhile_does_not_come_back_by_itself() -> None:
    shop = make_shop()
    case = make_order(shop, make_product(shop, name="Mint", price="5.00"))
    client = signed_in(shop)
    first = sent(client, case, "lines")
    client.post(at(case, "lines/"), first | {"line-1-name": "Sage", "line-1-quantity": "1", "line-1-price": "3"})
    mine, theirs = sent(client, case, "lines"), sent(client, case, "lines")
    client.post(at(case, "lines/"), theirs | dict.fromkeys([key for key in theirs if key.startswith("line-1-")], ""))
    page = client.post(at(case, "lines/"), mine | {"costs-shipping": "4"})
    assert ("Sage", "taken out", "") in differences(page)
    assert client.post(at(case, "lines/"), shown(page, "lines")).status_code == 302
    assert list(Line.objects.filter(case=case).values_list("name", flat=True)) == ["Mint"]
    assert Order.objects.get(case=case).shipping == 4


def test_a_form_that_was_refused_for_something_else_still_knows_what_it_was_filled_in_on() -> None:
    case = make_order(make_shop())
    client = signed_in(case.shop)
    mine, theirs = sent(client, case, "people"), sent(client, case, "people")
    client.post(at(case, "people/"), theirs | {"ship_city": "Lviv"})
    page = client.post(at(case, "people/"), mine | {"email": "no address"})
    assert page.status_code == 422 and page.context["seen"]["people"].version == mine["version"]
    page = client.post(at(case, "people/"), shown(page, "people") | {"email": ""})
    assert page.status_code == 409, "and is told of the conflict once it is right"


@pytest.mark.parametrize(
    "base", ["", "nonsense", "[]", '{"fields": 3, "lines": {}}', '{"fields": {}, "lines": {"1": {}}}']
)
def test_a_base_that_cannot_be_read_loses_nothing(base: str) -> None:
    case = make_order(make_shop())
    client = signed_in(case.shop)
    mine, theirs = sent(client, case, "lines"), sent(client, case, "people")
    client.post(at(case, "people/"), theirs | {"ship_city": "Lviv"})
    page = client.post(at(case, "lines/"), mine | {"line-0-quantity": "7", "base": base})
    assert page.status_code == 409 and page.context["line_rows"][0]["quantity"].value() == "7"
