"""What callers send to reach people by: e-mail addresses checked, and what there is to say of phones and addresses."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tartib.api.problems import invalid
from tartib.api.requests import AddressIn, OrderIn, OrderPatch
from tartib.api.shows import Data
from tartib.cases.models import Case
from tartib.customers import contact
from tartib.l10n import phones
from tartib.orders.drafts import OrderDraft
from tartib.shops.models import Shop
from tartib.web import places


def email(text: str, pointer: str) -> str:
    """An e-mail address in its one form; raises a problem for what is none."""
    try:
        return contact.email(text)
    except ValidationError as problem:
        raise invalid(pointer, problem.messages[0]) from None


def of_order(shop: Shop, draft: OrderDraft, body: OrderIn) -> list[Data]:
    """What there is to say of an order that is taken as it is: nothing of it was lost, and some may reach nobody."""
    said = _phone(shop, body.customer.phone, draft.customer.country, "#/customer/phone")
    if not draft.customer.email and not draft.customer.phone:
        where, words = "#/customer", _("There is neither an e-mail address nor a phone: nobody can be told.")
        said.append({"pointer": where, "code": "no-contact", "detail": words})
    return said + _address(shop, body.ship_to, "#/ship_to") + _address(shop, body.bill_to, "#/bill_to")


def of_patch(case: Case, body: OrderPatch) -> list[Data]:
    """What there is to say of a correction."""
    said: list[Data] = []
    if body.customer and body.customer.phone:
        country = case.customer.country if case.customer else ""
        said = _phone(case.shop, body.customer.phone, country, "#/customer/phone")
    return said + _address(case.shop, body.ship_to, "#/ship_to") + _address(case.shop, body.bill_to, "#/bill_to")


def _address(shop: Shop, given: AddressIn | None, pointer: str) -> list[Data]:
    if given is None:
        return []
    email(given.email, f"{pointer}/email")
    said = _phone(shop, given.phone, given.country, f"{pointer}/phone")
    parts = {"postcode": given.postcode}
    return said + [
        {"pointer": f"{pointer}/{part}", "code": code, "detail": words}
        for part, code, words in places.remarks(parts, given.country)
    ]


def _phone(shop: Shop, text: str, country: str, pointer: str) -> list[Data]:
    if not text:
        return []
    return [
        {"pointer": pointer, "code": code, "detail": words}
        for code, words in contact.remarks(phones.read_phone(text, country, shop.country), country or shop.country)
    ]
