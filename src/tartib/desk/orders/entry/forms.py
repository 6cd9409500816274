"""The entry form: who orders, what, how it is paid and sent, and whether they are told."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tartib.catalog.operations import skus
from tartib.checkout.discounts import Unfit
from tartib.checkout.manual_order import Wish
from tartib.customers import contact
from tartib.customers.address import Address
from tartib.customers.operations import CustomerDraft
from tartib.l10n import countries
from tartib.l10n.phones import Reading
from tartib.orders.drafts import ZERO, LineDraft, OrderDraft
from tartib.orders.models import PaymentMethod
from tartib.shipping.queries import methods
from tartib.shops.models import LANGUAGE_NAMES, Shop
from tartib.web import audience
from tartib.web.forms import Amount, Dressed, Whole
from tartib.web.postal import PARTS, Places

FEWEST_LINES, MOST_LINES = 1, 100
UNFIT = {
    Unfit.UNKNOWN: gettext_lazy("The shop has no such code."),
    Unfit.EARLY: gettext_lazy("This code is not valid yet."),
    Unfit.OVER: gettext_lazy("This code has expired."),
    Unfit.TOO_LITTLE: gettext_lazy("This code needs a higher amount of goods."),
    Unfit.USED_UP: gettext_lazy("This code has been used up."),
    Unfit.USED: gettext_lazy("This customer has used the code already."),
}

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Said = str | _StrPromise


def _text(
    label: str | _StrPromise, most: int, *, required: bool = False, **attrs: str | _StrPromise
) -> forms.CharField:
    given: dict[str, Any] = {"dir": "auto", "autocomplete": "off", **attrs}
    widget = forms.TextInput(attrs=given)
    return forms.CharField(label=label, max_length=most, required=required, widget=widget)


class OrderForm(Dressed, Places):
    """Everything of an order but its lines."""

    phone = _text(gettext_lazy("Phone"), 200, inputmode="tel", dir="ltr")
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    name = _text(pgettext_lazy("a person", "Name"), 200)
    language = forms.ChoiceField(label=gettext_lazy("Language of messages"))
    line1 = _text(gettext_lazy("Street and house"), 200)
    line2 = _text(gettext_lazy("Flat, floor, entrance"), 200)
    city = _text(gettext_lazy("City"), 100)
    region = _text(gettext_lazy("Region"), 100)
    postcode = _text(gettext_lazy("Postcode"), 20, dir="ltr")
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), required=False, widget=forms.Select(attrs={"data-place": "entry-place"})
    )
    method = forms.ChoiceField(label=gettext_lazy("Shipping method"), required=False)
    shipping_method = _text(gettext_lazy("Another shipping method"), 80)
    code = _text(gettext_lazy("Discount code"), 40, dir="ltr")
    shipping = Amount(
        label=gettext_lazy("Shipping"), required=False, help_text=gettext_lazy("Empty: as the shipping method says.")
    )
    discount = Amount(label=gettext_lazy("Discount"), required=False)
    tax = Amount(
        label=gettext_lazy("Tax"), required=False, help_text=gettext_lazy("Empty: by the tax rates of the settings.")
    )
    payment_method = forms.ChoiceField(label=gettext_lazy("Payment method"), choices=PaymentMethod.choices)
    channel = _text(gettext_lazy("Channel"), 40, placeholder=gettext_lazy("phone, counter, Instagram…"))
    customer_note = forms.CharField(
        label=gettext_lazy("Customer's words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    tell = forms.BooleanField(label=gettext_lazy("Tell the customer that the order was received"), required=False)

    def __init__(self, shop: Shop, *given: Any, **options: Any) -> None:
        usual = {"tell": True, "language": shop.language, "payment_method": PaymentMethod.ON_RECEIPT}
        usual["country"] = shop.country
        options["initial"] = options.get("initial") or usual
        super().__init__(*given, **options)
        self.shop = shop
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [(code, LANGUAGE_NAMES[code]) for code in shop.languages]
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = [("", "—"), *countries.listed(shop.country, audience.current().language)]
        self.reading = Reading("")
        chosen = str(self["country"].value() or shop.country)
        self.place = self.settle("", chosen, audience.current().language)
        method = self.fields["method"]
        assert isinstance(method, forms.ChoiceField)
        reader = audience.current().language
        known = [(str(one.pk), one.name(reader)) for one in methods(shop).filter(active=True)]
        method.choices = [("", _("another, or none")), *known]
        for name in ("shipping", "discount", "tax"):
            _in_currency(self.fields[name], shop)

    def clean_phone(self) -> str:
        """The number in its one form; what was written beside it is kept as `reading`."""
        chosen = str(self["country"].value() or "")
        self.reading = contact.phone(str(self.cleaned_data["phone"]), chosen, self.shop.country)
        return self.reading.number

    def clean_email(self) -> str:
        """The address in its one form."""
        return contact.email(str(self.cleaned_data["email"]))

    def clean(self) -> dict[str, Any]:
        """Somebody must be named, and reachable if they are to be told."""
        given = super().clean() or self.cleaned_data
        if not any(given.get(name) for name in ("name", "phone", "email")) and not self.errors:
            self.add_error("name", _("Write the customer's name, phone or e-mail."))
        if given.get("tell") and not (given.get("phone") or given.get("email")) and not self.errors:
            self.add_error("tell", _("There is no phone or e-mail to tell the customer by."))
        self.check("", given, needed=False)
        return given

    @property
    def wish(self) -> Wish:
        """How it is sent and what is taken off, as far as that is written."""
        given = self.cleaned_data
        method = given.get("method", "")
        return Wish(
            int(method) if method else None, given.get("code", ""), given.get("discount") or ZERO,
            given.get("shipping"), given.get("tax"),
        )  # fmt: skip

    def draft(self, lines: tuple[LineDraft, ...], now: datetime) -> OrderDraft:
        """The order with these lines, as far as the form is valid; its sums are reckoned elsewhere."""
        given = dict.fromkeys(self.fields, "") | self.cleaned_data
        address = Address(
            name=given["name"], country=given["country"], phone=self.reading.said or given["phone"],
            **self.settled("", given),
        )  # fmt: skip
        return OrderDraft(
            currency=self.shop.currency,
            lines=lines,
            customer=CustomerDraft(
                given["name"],
                given["email"],
                given["phone"],
                given["language"],
                given["country"],
                phone_said=self.reading.said,
            ),
            placed_at=now,
            language=given["language"],
            payment_method=given["payment_method"],
            shipping_method=given["shipping_method"],
            ship_to=address if any(given[part] for part in PARTS) else Address(),
            customer_note=given["customer_note"],
            channel=given["channel"],
        )


class LineForm(Dressed):
    """One position. Without a price it costs what the catalogue says."""

    product = _text(gettext_lazy("Product"), 250)
    sku = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    quantity = Whole(label=gettext_lazy("Quantity"), least=1, most=10_000, required=False)
    price = Amount(label=gettext_lazy("Price"), required=False)

    def __init__(self, *given: Any, shop: Shop, **options: Any) -> None:
        super().__init__(*given, **options)
        _in_currency(self.fields["price"], shop)


if TYPE_CHECKING:
    BaseLineForms = forms.BaseFormSet[LineForm]
else:
    # Django's classes take type parameters only in the eyes of the type checker.
    BaseLineForms = forms.BaseFormSet


class LineForms(BaseLineForms):
    """All positions; empty ones are left out, and at least one must be filled in."""

    def clean(self) -> None:
        """Read the catalogue once for all lines, and see that each has a price."""
        if any(self.errors):
            return
        filled = [form for form in self.forms if form.cleaned_data.get("product")]
        if not filled:
            raise ValidationError(_("Add at least one product."))
        shop: Shop = self.form_kwargs["shop"]
        products = skus(shop, [form.cleaned_data["sku"] for form in filled if form.cleaned_data["sku"]])
        for form in filled:
            product = products.get(form.cleaned_data["sku"])
            if form.cleaned_data["price"] is None and product is not None:
                form.cleaned_data["price"] = product.price
            if form.cleaned_data["price"] is None:
                form.add_error("price", _("Write the price of one piece."))

    def drafts(self) -> tuple[LineDraft, ...]:
        """The positions of valid forms."""
        return tuple(
            LineDraft(given["product"], given["quantity"] or 1, Decimal(given["price"]), sku=given["sku"])
            for given in (form.cleaned_data for form in self.forms)
            if given.get("product")
        )


def _in_currency(field: forms.Field, shop: Shop) -> None:
    assert isinstance(field, Amount)
    field.currency = shop.currency


def written(post: QueryDict) -> list[dict[str, str]]:
    """The lines as they were written, to be shown again with room for more."""
    total = post.get("lines-TOTAL_FORMS", "")
    lines = range(min(int(total), MOST_LINES) if total.isdecimal() and len(total) < 6 else 0)
    return [{name: post.get(f"lines-{place}-{name}", "") for name in LineForm.base_fields} for place in lines]


LINES: type[LineForms] = forms.formset_factory(  # type: ignore[assignment]
    LineForm, LineForms, extra=FEWEST_LINES, max_num=MOST_LINES, absolute_max=MOST_LINES
)
