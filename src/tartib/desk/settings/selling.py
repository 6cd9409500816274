"""How the shop sells: ways of delivery and their rates, taxes and the time to pay, discount codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tartib.cases.models import Phase
from tartib.checkout import discounts
from tartib.checkout.models import Discount, DiscountKind
from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.desk.days import Day
from tartib.desk.settings.kept_rows import KeptRow, KeptRows
from tartib.orders import taxes
from tartib.orders.models import OrderSettings
from tartib.orders.taxes import Tax
from tartib.shipping import operations as shipping
from tartib.shipping.models import Method, MethodKind
from tartib.shipping.queries import methods, tiers
from tartib.shipping.quoting import Tier
from tartib.shops.access import May
from tartib.shops.models import Branch, Shop
from tartib.shops.room_settings import values
from tartib.web.forms import Amount, Whole
from tartib.web.kept import Kept
from tartib.web.naming import initial_texts, name_fields, texts_given
from tartib.web.templatetags.tartib import with_currency
from tartib.web.toasts import toast


def _line(label: Any, most: int, **attrs: Any) -> forms.CharField:
    given = {"dir": "auto", "autocomplete": "off"} | attrs
    return forms.CharField(label=label, max_length=most, required=False, widget=forms.TextInput(attrs=given))


def _country(text: str) -> str:
    country = text.strip().upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise ValidationError(_("Write the country’s two letters, such as UA."))
    return country


class MethodForm(Kept):
    """A way of delivery, its name in each language of the shop."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=MethodKind.choices)
    branch = forms.ModelChoiceField(
        Branch.objects.none(), label=gettext_lazy("Branch"), required=False, empty_label=gettext_lazy("none"),
        help_text=gettext_lazy("Where it is picked up. Its goods are taken from there."),
    )  # fmt: skip
    carrier = _line(gettext_lazy("Carrier"), 60)
    tracking_pattern = _line(gettext_lazy("Tracking link, with {number}"), 300, dir="ltr")
    free_from = Amount(label=gettext_lazy("Free of charge from"), required=False)
    active = forms.BooleanField(label=gettext_lazy("Customers can choose it"), required=False, initial=True)

    def __init__(self, shop: Shop, method: Method | None, *given: Any, **options: Any) -> None:
        super().__init__(*given, initial=_method_fields(method), **options)
        self.shop, self.names = shop, method.names if method else {}
        branch, free_from = self.fields["branch"], self.fields["free_from"]
        assert isinstance(branch, forms.ModelChoiceField)
        assert isinstance(free_from, Amount)
        branch.queryset, free_from.currency = shop.branches.order_by("pk"), shop.currency
        self.fields = {**name_fields(shop, 80, needed=True), **self.fields}

    def clean(self) -> dict[str, Any]:
        """What is picked up is picked up somewhere; what is sent, nowhere of ours."""
        given = super().clean() or self.cleaned_data
        if given.get("kind") == MethodKind.PICKUP and not given.get("branch"):
            self.add_error("branch", _("Choose the branch."))
        if given.get("kind") != MethodKind.PICKUP:
            given["branch"] = None
        return given

    @property
    def given(self) -> dict[str, Any]:
        """The fields of a method that a valid form says."""
        fields = {name: self.cleaned_data[name] for name in MethodForm.base_fields}
        return fields | {"names": texts_given("name", self.cleaned_data, self.names)}


class RateForm(KeptRow[Tier]):
    """One rate; a row without a price does not count."""

    counts = "price"
    country = _line(gettext_lazy("Country"), 2, dir="ltr", size=3)
    region = _line(gettext_lazy("Region"), 100)
    weight_from = Whole(label=gettext_lazy("From grams"), most=1_000_000, required=False)
    weight_to = Whole(label=gettext_lazy("below grams"), most=1_000_000, required=False)
    amount_from = Amount(label=gettext_lazy("From amount"), required=False)
    amount_to = Amount(label=gettext_lazy("below amount"), required=False)
    price = Amount(label=gettext_lazy("Price"), required=False)

    def __init__(self, *given: Any, shop: Shop, **options: Any) -> None:
        super().__init__(*given, shop=shop, **options)
        for name in ("amount_from", "amount_to", "price"):
            field = self.fields[name]
            assert isinstance(field, Amount)
            field.currency = shop.currency

    def clean_country(self) -> str:
        """ISO 3166 in capitals."""
        return _country(self.cleaned_data["country"])

    def clean(self) -> dict[str, Any]:
        """Bounds are in their order."""
        given = super().clean() or self.cleaned_data
        for low, high in (("weight_from", "weight_to"), ("amount_from", "amount_to")):
            if given.get(high) is not None and given[high] <= (given.get(low) or 0):
                self.add_error(high, _("This has to be more than where it begins."))
        return given

    @staticmethod
    def shown(value: Tier) -> Mapping[str, Any]:
        """Bounds that hold for everything are left empty."""
        bounds = ("country", "region", "weight_from", "weight_to", "amount_from", "amount_to")
        return {name: getattr(value, name) or "" for name in bounds} | {"price": value.price}

    def value(self) -> Tier:
        """The rate of a valid row."""
        given = self.cleaned_data
        return Tier(
            given["price"], given["country"], given["region"], given["weight_from"] or 0, given["weight_to"],
            given["amount_from"] or Decimal(0), given["amount_to"], given["row"],
        )  # fmt: skip


class TaxForm(KeptRow[Tax]):
    """One tax rate; a row without a percent does not count."""

    counts = "percent"
    country = _line(gettext_lazy("Country"), 2, dir="ltr", size=3)
    region = _line(gettext_lazy("Region"), 100)
    tax_class = _line(gettext_lazy("Tax class"), 20)
    percent = Amount(label=gettext_lazy("Percent"), required=False)

    def clean_country(self) -> str:
        """ISO 3166 in capitals."""
        return _country(self.cleaned_data["country"])

    def clean_percent(self) -> Decimal | None:
        """A share of a hundred."""
        percent: Decimal | None = self.cleaned_data["percent"]
        if percent is not None and percent > 100:
            raise ValidationError(_("A percentage is at most 100."))
        return percent

    @staticmethod
    def shown(value: Tax) -> Mapping[str, Any]:
        """A percent has as many decimals as it needs."""
        percent = f"{value.percent.normalize():f}"
        return {"percent": percent, "country": value.country, "region": value.region, "tax_class": value.tax_class}

    def value(self) -> Tax:
        """The rate of a valid row."""
        given = self.cleaned_data
        return Tax(given["percent"], given["country"], given["region"], given["tax_class"].strip(), given["row"])


class RulesForm(Kept):
    """Tax in prices or on top, on delivery or not, and how long goods are held while somebody pays."""

    pay_minutes = Whole(
        label=gettext_lazy("Minutes goods are held while somebody pays"), least=5, most=1_440,
        help_text=gettext_lazy(
            "After that they can be bought by others. Who pays later gets them if they are still there."
        ),
    )  # fmt: skip
    tax_included = forms.BooleanField(
        label=gettext_lazy("Prices include the tax"), required=False,
        help_text=gettext_lazy("Leave it off where tax is added to the prices at the checkout."),
    )  # fmt: skip
    tax_shipping = forms.BooleanField(label=gettext_lazy("Delivery is taxed"), required=False)


class DiscountForm(Kept):
    """A discount code and its limits. Days are whole days of the shop's zone, the last one included."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Letters and digits, as customers type it."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("What it takes off"), choices=DiscountKind.choices)
    value = Amount(label=gettext_lazy("Percent or amount"), required=False)
    minimum = Amount(label=gettext_lazy("From goods for"), required=False)
    starts_on = Day(label=gettext_lazy("From day"), required=False)
    ends_on = Day(label=gettext_lazy("Until day"), required=False)
    most_uses = Whole(label=gettext_lazy("Uses in all"), least=1, required=False)
    most_per_customer = Whole(label=gettext_lazy("Uses per customer"), least=1, required=False)
    active = forms.BooleanField(label=gettext_lazy("Valid"), required=False, initial=True)

    def __init__(self, shop: Shop, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.shop = shop
        minimum = self.fields["minimum"]
        assert isinstance(minimum, Amount)
        minimum.currency = shop.currency
        self.fields["value"].label = with_currency(_("Percent or amount"), shop.currency)

    def clean(self) -> dict[str, Any]:
        """A code that takes something off says how much."""
        given = super().clean() or self.cleaned_data
        kind, value = given.get("kind"), given.get("value")
        if kind in (DiscountKind.PERCENT, DiscountKind.AMOUNT) and not value and "value" not in self.errors:
            self.add_error("value", _("Write how much it takes off."))
        if kind == DiscountKind.PERCENT and value and value > 100:
            self.add_error("value", _("A percentage is at most 100."))
        if given.get("starts_on") and given.get("ends_on") and given["ends_on"] < given["starts_on"]:
            self.add_error("ends_on", _("This is before its first day."))
        return given

    @property
    def given(self) -> dict[str, Any]:
        """The fields of a discount that a valid form says."""
        said, zone = self.cleaned_data, ZoneInfo(self.shop.timezone)
        fields = {name: said[name] for name in ("code", "kind", "most_uses", "most_per_customer", "active")}
        first, last = said["starts_on"], said["ends_on"]
        return fields | {
            "value": said["value"] or Decimal(0),
            "minimum": said["minimum"] or Decimal(0),
            "starts_at": datetime.combine(first, time(), zone) if first else None,
            "ends_at": datetime.combine(last + timedelta(days=1), time(), zone) if last else None,
        }


@staff(May.SETTINGS)
@require_GET
def delivery(request: StaffRequest) -> HttpResponseBase:
    """All ways of delivery."""
    return render(
        request, "desk/settings/settings_delivery.html", {"tab": "delivery", "methods": list(methods(request.shop))}
    )


@staff(May.SETTINGS)
@in_turn
@require_http_methods(["GET", "POST"])
def method(request: StaffRequest, pk: int | None = None) -> HttpResponseBase:
    """Set up a way of delivery, or change one. `more` asks for more rows and keeps what is written."""
    shop, posted = request.shop, request.POST if request.method == "POST" else None
    known = methods(shop).filter(pk=pk).first() if pk is not None else None
    removed = pk is not None and known is None
    if removed and posted is None:
        raise Http404
    form = MethodForm(shop, known, posted)
    table = KeptRows(RateForm, tiers(known) if known else [], posted, shop=shop)
    if removed:
        form.add_error(None, _("Somebody else removed this way of delivery meanwhile. Save again to add it anew."))
    elif posted is not None and "more" not in posted and form.is_valid() & table.is_valid():
        try:
            saved = shipping.set_up(shop, table.values(), method=known, **form.given)
        except ValidationError as problem:
            form.refuse(problem)
        else:
            toast(request, _("%(method)s is saved.") % {"method": saved.name(request.user.language)})
            return redirect("desk:settings-delivery", shop.slug)
    context = {"tab": "delivery", "form": form, "rows": table.rows, "method": known}
    status = 422 if posted is not None and "more" not in posted else 200
    return render(request, "desk/settings/settings_method.html", context, status=status)


@staff(May.SETTINGS)
@require_POST
def method_remove(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take a way of delivery away."""
    known = get_object_or_404(Method, shop=request.shop, pk=pk)
    toast(request, _("%(method)s is removed.") % {"method": known.name(request.user.language)})
    shipping.remove(known)
    return redirect("desk:settings-delivery", request.shop.slug)


@staff(May.SETTINGS)
@in_turn
@require_http_methods(["GET", "POST"])
def rules(request: StaffRequest) -> HttpResponseBase:
    """Taxes, and the time somebody has to pay."""
    shop, posted = request.shop, request.POST if request.method == "POST" else None
    kept = OrderSettings.of(shop)
    form = RulesForm(posted, initial=values(RulesForm.base_fields, shop, kept))
    table = KeptRows(TaxForm, taxes.of_shop(shop), posted, shop=shop)
    if posted is not None and "more" not in posted and form.is_valid() & table.is_valid():
        try:
            taxes.set_rules(shop, kept, table.values(), **form.cleaned_data)
        except ValidationError:
            form.add_error(None, _("Two of the tax rates are for the same place and class."))
        else:
            toast(request, _("The settings are saved."))
            return redirect("desk:settings-rules", shop.slug)
    context = {"tab": "rules", "form": form, "rows": table.rows}
    status = 422 if posted is not None and "more" not in posted else 200
    return render(request, "desk/settings/settings_rules.html", context, status=status)


@staff(May.SETTINGS)
@in_turn
@require_http_methods(["GET", "POST"])
def codes(request: StaffRequest, pk: int | None = None) -> HttpResponseBase:
    """The discount codes with how often each was used, and the form for a new one or the one at `pk`."""
    shop = request.shop
    known = get_object_or_404(Discount, shop=shop, pk=pk) if pk is not None else None
    form = DiscountForm(shop, request.POST or None, initial=_discount_fields(known, shop))
    if request.method == "POST" and form.is_valid():
        try:
            saved = discounts.set_up(shop, discount=known, now=timezone.now(), **form.given)
        except ValidationError:
            form.add_error("code", _("There is a code spelled like this already."))
        else:
            toast(request, _("The code %(code)s is saved.") % {"code": saved})
            return redirect("desk:settings-codes", shop.slug)
    counted = Count("redemptions", filter=~Q(redemptions__case__phase=Phase.ENDED))
    rows = Discount.objects.filter(shop=shop).annotate(used=counted).order_by("-active", "-created_at")
    context = {"tab": "codes", "form": form, "discount": known, "rows": list(rows)}
    return render(request, "desk/settings/settings_codes.html", context, status=422 if form.errors else 200)


def _method_fields(method: Method | None) -> dict[str, Any]:
    if method is None:
        return {"active": True}
    fields = {name: getattr(method, name) for name in MethodForm.base_fields} | {"branch": method.branch_id}
    return fields | initial_texts("name", method.names)


def _discount_fields(discount: Discount | None, shop: Shop) -> dict[str, Any]:
    if discount is None:
        return {"active": True}
    zone = ZoneInfo(shop.timezone)
    first, last = discount.starts_at, discount.ends_at
    names = ("code", "kind", "value", "minimum", "most_uses", "most_per_customer", "active")
    return {name: getattr(discount, name) for name in names} | {
        "value": discount.value.normalize(),
        "starts_on": first.astimezone(zone).date() if first else None,
        "ends_on": (last.astimezone(zone) - timedelta(days=1)).date() if last else None,
    }
