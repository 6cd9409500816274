"""Where a customer has things sent: the addresses they keep in their account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tartib.customers import address_book, contact
from tartib.customers.address import Address
from tartib.customers.identity import SavedAddress
from tartib.portal.account.access import AccountRequest, account
from tartib.shipping import queries as shipping
from tartib.web import audience
from tartib.web.postal import AGAIN, PARTS, Places
from tartib.web.toasts import toast


def _text(label: Any, most: int, autocomplete: str, *, required: bool = False, direction: str = "auto") -> Any:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, "dir": direction})
    return forms.CharField(label=label, max_length=most, required=required, widget=widget)


class AddressForm(Places):
    """An address as people of its country write it."""

    name = _text(pgettext_lazy("a person", "Name"), 200, "name", required=True)
    company = _text(gettext_lazy("Company"), 200, "organization")
    phone = _text(gettext_lazy("Phone"), 200, "tel", direction="ltr")
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), widget=forms.Select(attrs={"autocomplete": "country", "data-place": "place"})
    )
    line1 = _text(gettext_lazy("Street and house"), 200, "address-line1")
    line2 = _text(gettext_lazy("Flat, floor, entrance"), 200, "address-line2")
    city = _text(gettext_lazy("City"), 100, "address-level2")
    region = _text(gettext_lazy("Region"), 100, "address-level1")
    postcode = _text(gettext_lazy("Postcode"), 20, "postal-code", direction="ltr")

    def __init__(self, request: AccountRequest, saved: SavedAddress | None = None) -> None:
        person = request.account.customer
        fresh = Address(name=person.name, phone=request.account.phone or person.phone, country=request.shop.country)
        address = saved.address if saved else fresh
        again = AGAIN in request.POST
        start = request.POST.dict() if again else {name: getattr(address, name) for name in self.base_fields}
        super().__init__(None if again else request.POST or None, initial=start)
        self.shop = request.shop
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = shipping.destinations(request.shop, request.visit.language)
        chosen = str(self["country"].value() or request.shop.country)
        self.place = self.settle("", chosen, request.visit.language)

    def clean_phone(self) -> str:
        """As it was written; one that nobody could dial is refused."""
        country = str(self["country"].value() or "")
        reading = contact.phone(str(self.cleaned_data["phone"]), country, self.shop.country)
        return reading.said or reading.number

    def clean(self) -> dict[str, Any]:
        """See that it has what addresses of its country need, so that one tap is enough at checkout."""
        self.check("", self.cleaned_data)
        return self.cleaned_data

    def address(self) -> Address:
        """What a valid form says."""
        said = {name: str(value).strip() for name, value in self.cleaned_data.items() if name not in PARTS}
        return Address(**said, **self.settled("", self.cleaned_data))


@require_http_methods(["GET", "HEAD", "POST"])
@account
def addresses(request: AccountRequest) -> HttpResponseBase:
    """All of them, and a form for another one."""
    form = AddressForm(request)
    if request.method == "POST" and form.is_valid():
        try:
            address_book.keep(request.account, form.address(), now=audience.current().now)
        except address_book.Full:
            form.add_error(None, _("You have as many addresses as can be kept. Remove one first."))
        else:
            toast(request, _("The address is kept. You will find it at checkout."))
            return _back(request)
    context = _context(request, form) | {"saved": address_book.of(request.account), "opened": request.method == "POST"}
    return render(request, "portal/account/addresses.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@account
def address(request: AccountRequest, address_id: int) -> HttpResponseBase:
    """Correct one."""
    saved = address_book.of(request.account).filter(pk=address_id).first()
    if saved is None:
        raise Http404
    form = AddressForm(request, saved)
    if request.method == "POST" and form.is_valid():
        address_book.correct(request.account, saved.pk, form.address())
        toast(request, _("Saved."))
        return _back(request)
    context = _context(request, form)
    return render(request, "portal/account/address.html", context, status=422 if form.errors else 200)


@require_POST
@account
def forget(request: AccountRequest, address_id: int) -> HttpResponseBase:
    """Remove one."""
    try:
        address_book.forget(request.account, address_id)
    except SavedAddress.DoesNotExist as unknown:
        raise Http404 from unknown
    toast(request, _("The address is removed."))
    return _back(request)


@require_POST
@account
def usual(request: AccountRequest, address_id: int) -> HttpResponseBase:
    """Have one offered first."""
    try:
        address_book.make_usual(request.account, address_id)
    except SavedAddress.DoesNotExist as unknown:
        raise Http404 from unknown
    toast(request, _("This is your usual address now."))
    return _back(request)


def _context(request: AccountRequest, form: AddressForm) -> dict[str, object]:
    return {"shop": request.shop, "account": request.account, "form": form, "tab": "addresses"}


def _back(request: AccountRequest) -> HttpResponseBase:
    return HttpResponseRedirect(request.visit.path("portal:account-addresses"))
