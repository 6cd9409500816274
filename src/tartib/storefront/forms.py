"""The forms of the checkout. They read what people write in any of the five languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tartib.checkout.details import Details
from tartib.customers import contact
from tartib.customers.address import Address
from tartib.customers.identity import Account, SavedAddress
from tartib.l10n import countries
from tartib.l10n.phones import Reading
from tartib.shipping import queries as shipping
from tartib.shops.models import Shop
from tartib.web.postal import PARTS, Places

_BILL = ("company", "name", "country", *PARTS)


def _text(label: Any, most: int, autocomplete: str, **more: Any) -> forms.CharField:
    attrs = {"autocomplete": autocomplete, "dir": more.pop("dir", "auto")} | more.pop("attrs", {})
    return forms.CharField(
        label=label, max_length=most, required=more.pop("required", False), widget=forms.TextInput(attrs=attrs), **more
    )


class DetailsForm(Places):
    """Who orders, where it goes, who is billed. What an address needs depends on its country."""

    name = _text(pgettext_lazy("a person", "Name"), 200, "name", required=True)
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr", "inputmode": "email"}),
    )
    phone = _text(
        gettext_lazy("Phone"), 200, "tel", dir="ltr", attrs={"inputmode": "tel", "type": "tel"},
        help_text=gettext_lazy("We use it only for this order."),
    )  # fmt: skip
    way = forms.ChoiceField(
        label=gettext_lazy("How do you want to get it?"),
        widget=forms.RadioSelect,
        choices=(
            ("send", gettext_lazy("Send it to me")),
            ("pickup", gettext_lazy("I pick it up at a branch")),
        ),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        widget=forms.Select(attrs={"autocomplete": "shipping country", "data-place": "goes-to"}),
    )
    line1 = _text(gettext_lazy("Street and house"), 200, "shipping address-line1")
    line2 = _text(
        gettext_lazy("Flat, floor, entrance"), 200, "shipping address-line2", help_text=gettext_lazy("If there is one.")
    )
    city = _text(gettext_lazy("City"), 100, "shipping address-level2")
    region = _text(gettext_lazy("Region"), 100, "shipping address-level1")
    postcode = _text(gettext_lazy("Postcode"), 20, "shipping postal-code", dir="ltr")
    keep = forms.BooleanField(label=gettext_lazy("Keep this address in my account"), required=False)
    note = forms.CharField(
        label=gettext_lazy("A few words for the shop"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("If there is anything we should know."),
    )
    bills = forms.BooleanField(label=gettext_lazy("Bill to another name or address"), required=False)
    bill_company = _text(gettext_lazy("Company"), 200, "billing organization")
    bill_name = _text(pgettext_lazy("a person", "Name"), 200, "billing name")
    bill_country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        required=False,
        widget=forms.Select(attrs={"autocomplete": "billing country", "data-place": "billed-at"}),
    )
    bill_line1 = _text(pgettext_lazy("an address", "Address"), 200, "billing address-line1")
    bill_line2 = _text(gettext_lazy("Flat, floor, entrance"), 200, "billing address-line2")
    bill_city = _text(gettext_lazy("City"), 100, "billing address-level2")
    bill_region = _text(gettext_lazy("Region"), 100, "billing address-level1")
    bill_postcode = _text(gettext_lazy("Postcode"), 20, "billing postal-code", dir="ltr")

    def __init__(
        self,
        shop: Shop,
        language: str,
        given: Any,
        *,
        sent: bool,
        pickup: bool,
        sends: bool = True,
        initial: dict[str, Any],
        keeps: bool = False,
    ) -> None:
        super().__init__(given, initial=initial, label_suffix="")
        self.use_required_attribute = False
        self.shop, self.sent = shop, sent
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = shipping.destinations(shop, language)
        if not sent or not pickup:
            del self.fields["way"]
        elif not sends:
            # There is one way only: it is chosen already, and no address is asked for.
            way = self.fields["way"]
            assert isinstance(way, forms.ChoiceField)
            way.choices = [("pickup", _("I pick it up at a branch"))]
            self.initial["way"] = "pickup"
        if not sent or not keeps:
            del self.fields["keep"]
        billed = self.fields["bill_country"]
        assert isinstance(billed, forms.ChoiceField)
        billed.choices = countries.listed(shop.country, language)
        self.reading = Reading("")
        self.place = []
        if not sent:
            for name in ("country", *PARTS):
                del self.fields[name]
        else:
            self.place = self.settle("", str(self["country"].value() or shop.country), language)
            if len(country.choices) == 1:
                country.widget = forms.HiddenInput()
        self.billed = self.settle("bill_", str(self["bill_country"].value() or shop.country), language)

    @property
    def picks_up(self) -> bool:
        """Whether the customer comes for it."""
        return "way" in self.fields and self["way"].value() == "pickup"

    def clean_phone(self) -> str:
        """The number in its one form; what was written beside it is kept as `reading`."""
        country = str(self["country"].value() or "") if "country" in self.fields else ""
        self.reading = contact.phone(str(self.cleaned_data["phone"]), country, self.shop.country)
        return self.reading.number

    def clean_email(self) -> str:
        """The address in its one form."""
        return contact.email(str(self.cleaned_data["email"]))

    def clean(self) -> dict[str, Any]:
        """See that the shop can reach the person, and the parcel can reach them too."""
        given = super().clean() or self.cleaned_data
        sends = self.sent and given.get("way") != "pickup"
        missing = _("Please fill this in.")
        if not given.get("email") and not given.get("phone") and not {"email", "phone"} & set(self.errors):
            self.add_error("email", _("We need your e-mail or your phone, to tell you about your order."))
        elif sends and not given.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Whoever brings the parcel needs your phone."))
        if sends:
            self.check("", given)
        if given.get("bills"):
            self.check("bill_", given, needed=False)
        if given.get("bills") and not any(given.get(f"bill_{name}") for name in _BILL if name != "country"):
            self.add_error("bill_name", missing)
        return given

    def details(self) -> Details:
        """What a valid form says."""
        given = self.cleaned_data
        address = Address(
            name=given["name"], phone=self.reading.said or given["phone"], email=given["email"],
            country=given.get("country", ""), **(self.settled("", given) if self.sent else {}),
        )  # fmt: skip
        bill = Address(
            company=given["bill_company"], name=given["bill_name"],
            country=given["bill_country"] or given.get("country", "") or self.shop.country,
            **self.settled("bill_", given),
        )  # fmt: skip
        return Details(
            given["name"], given["email"], given["phone"], address, bill if given["bills"] else None, given["note"],
            pickup=given.get("way") == "pickup", ready=True, phone_said=self.reading.said,
        )  # fmt: skip

    def to_keep(self) -> Address | None:
        """The address of a valid form that its owner wants to find again next time."""
        if not self.cleaned_data.get("keep") or self.cleaned_data.get("way") == "pickup":
            return None
        return replace(self.details().ship_to, email="")


def known(details: Details, account: Account | None, saved: Sequence[SavedAddress]) -> Details:
    """What the cart says; where it says nothing yet, what the account knows, with its usual address."""
    if account is None or details.ready or details.name or details.ship_to.line1:
        return details
    person, usual = account.customer, saved[0].address if saved else Address()
    return replace(
        details,
        name=person.name or usual.name,
        email=account.email or person.email,
        phone=account.phone or person.phone or usual.phone,
        phone_said="" if account.phone else person.phone_said,
        ship_to=usual,
    )


def tapped_on(details: Details, account: Account | None, one: SavedAddress, shop: Shop) -> dict[str, Any]:
    """The form as if one of the saved addresses had been written into it; everything else is as the cart has it."""
    place, former = one.address, known(details, account, [one])
    said = replace(
        former,
        name=place.name or former.name,
        phone=place.phone or former.phone,
        phone_said="" if place.phone else former.phone_said,
        ship_to=place,
        pickup=False,
    )
    return {name: value for name, value in initial(said, shop).items() if value is not False}


def initial(details: Details, shop: Shop) -> dict[str, Any]:
    """The form's fields as the cart has them."""
    place, bill = details.ship_to, details.bill_to
    fields: dict[str, Any] = {
        "name": details.name, "email": details.email, "phone": details.phone_said or details.phone,
        "note": details.note, "country": place.country or shop.country, "bills": bool(bill),
        "way": "pickup" if details.pickup else "send",
    }  # fmt: skip
    fields |= {"bill_country": place.country or shop.country}
    fields |= {name: getattr(place, name) for name in PARTS}
    return fields | ({f"bill_{name}": getattr(bill, name) for name in _BILL} if bill else {})
