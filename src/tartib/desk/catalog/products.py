"""The catalogue on the desk: the list, one product with its shelves and ledger, and what is done to them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tartib.cases.models import Case
from tartib.catalog import operations, queries
from tartib.catalog.models import Product
from tartib.catalog.operations import CountTooLow
from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.shops.access import May
from tartib.shops.models import Branch, Shop
from tartib.web.forms import Amount, Dressed, Whole, number_of
from tartib.web.kept import Kept
from tartib.web.toasts import toast

LEDGER = 50


class ProductForm(Kept):
    """What is known of a product."""

    name = forms.CharField(
        label=pgettext_lazy("a thing", "Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    variant = forms.CharField(
        label=gettext_lazy("Variant"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Size, colour, capacity: what tells it from its sisters."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    sku = forms.CharField(
        label=gettext_lazy("SKU"),
        max_length=64,
        help_text=gettext_lazy("Your own code of the product. Orders and imports find it by this."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    price = Amount(label=gettext_lazy("Price"))
    weight_grams = Whole(label=gettext_lazy("Weight in grams"), required=False)
    tax_class = forms.CharField(
        label=gettext_lazy("Tax class"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Empty for the usual rate; else a class of your tax rates, such as books."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    stocked = forms.BooleanField(
        label=gettext_lazy("Has a stock"),
        required=False,
        help_text=gettext_lazy("Leave it off for services and gift cards: of those there is always enough."),
    )
    active = forms.BooleanField(label=gettext_lazy("On sale"), required=False)

    def __init__(self, shop: Shop, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        price = self.fields["price"]
        assert isinstance(price, Amount)
        price.currency = shop.currency


class ShelfForm(Dressed):
    """A branch and a number of pieces."""

    branch = forms.ModelChoiceField(Branch.objects.none(), label=gettext_lazy("Branch"), empty_label=None)
    pieces = Whole(label=gettext_lazy("Pieces"))
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=250, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    def __init__(self, shop: Shop, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        branches = list(shop.branches.order_by("pk"))
        choice = self.fields["branch"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = shop.branches.order_by("pk")
        if len(branches) == 1:
            choice.initial, choice.widget = branches[0].pk, forms.HiddenInput()


class ReceiveForm(ShelfForm):
    """Goods that arrived."""

    pieces = Whole(label=gettext_lazy("Pieces that arrived"), least=1)


class CountForm(ShelfForm):
    """A shelf that was counted."""

    pieces = Whole(label=gettext_lazy("Pieces counted on the shelf"))


class LowForm(ShelfForm):
    """From how few free pieces on a product is called low."""

    note = None  # type: ignore[assignment]
    pieces = Whole(label=gettext_lazy("Call it low at"))


@staff(May.CATALOG)
@require_GET
def product_list(request: StaffRequest) -> HttpResponseBase:
    """The products of the shop, searched and narrowed; what follows a cursor comes as rows alone."""
    text, low = request.GET.get("q", "").strip()[:200], request.GET.get("low") == "1"
    cursor = request.GET.get("cursor", "")
    page = queries.product_page(request.shop, text=text, low=low, cursor=cursor)
    branches = list(request.shop.branches.order_by("pk"))
    context = {"page": page, "text": text, "low": low, "several": len(branches) > 1}
    target = request.headers.get("HX-Target")
    if target == "following":
        return render(request, "desk/catalog/product_rows.html", context)
    if target == "products":
        return render(request, "desk/catalog/product_list.html", context)
    context["how_many_low"] = queries.how_many_low(request.shop)
    return render(request, "desk/catalog/products.html", context)


@staff(May.CATALOG)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponseBase:
    """Add a product."""
    initial = {"stocked": True, "active": True, "name": request.GET.get("name", "")[:200]}
    form = ProductForm(request.shop, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        more = {name: given.pop(name) for name in ("active", "tax_class", "weight_grams")}
        try:
            product = operations.add_product(request.shop, now=timezone.now(), **given)
        except ValidationError as problem:
            form.refuse(_about_sku(problem))
        else:
            operations.change_product(product, **more)
            toast(request, _("%(product)s is in the catalogue.") % {"product": product})
            return redirect("desk:product", request.shop.slug, product.pk)
    return render(request, "desk/catalog/product_new.html", {"form": form}, status=422 if form.errors else 200)


@staff(May.CATALOG)
@in_turn
@require_http_methods(["GET", "POST"])
def detail(request: StaffRequest, pk: int) -> HttpResponseBase:
    """One product: what it is, what each branch has, and every movement of its stock."""
    product = _product(request, pk)
    if request.method == "GET" and request.headers.get("HX-Target") == "following":
        return render(request, "desk/catalog/ledger_rows.html", _ledger(request, product))
    initial = {name: getattr(product, name) for name in ProductForm.base_fields}
    form = ProductForm(request.shop, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_product(product, **form.cleaned_data)
        except ValidationError as problem:
            form.refuse(_about_sku(problem))
            product.refresh_from_db()
        else:
            toast(request, _("%(product)s is saved.") % {"product": product})
            return redirect("desk:product", request.shop.slug, product.pk)
    return _page(request, product, form=form)


@staff(May.CATALOG)
@require_POST
def receive(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Add goods that arrived."""
    product = _product(request, pk)
    form = ReceiveForm(request.shop, request.POST, prefix="receive")
    if not form.is_valid():
        return _page(request, product, receive=form)
    branch, pieces, note = (form.cleaned_data[name] for name in ("branch", "pieces", "note"))
    operations.receive(product, branch, pieces, request.actor, now=timezone.now(), note=note)
    toast(request, ngettext("%(n)d piece is added.", "%(n)d pieces are added.", pieces) % {"n": pieces})
    return redirect("desk:product", request.shop.slug, product.pk)


@staff(May.CATALOG)
@require_POST
def count(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Set the stock to what was counted."""
    product = _product(request, pk)
    form = CountForm(request.shop, request.POST, prefix="count")
    if not form.is_valid():
        return _page(request, product, count=form)
    branch, pieces, note = (form.cleaned_data[name] for name in ("branch", "pieces", "note"))
    try:
        operations.count(product, branch, pieces, request.actor, now=timezone.now(), note=note)
    except CountTooLow as problem:
        form.add_error("pieces", str(problem))
        return _page(request, product, count=form)
    toast(request, ngettext("The stock is now %(n)d piece.", "The stock is now %(n)d pieces.", pieces) % {"n": pieces})
    return redirect("desk:product", request.shop.slug, product.pk)


@staff(May.CATALOG)
@require_POST
def low(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Say from how few pieces on the product is low."""
    product = _product(request, pk)
    form = LowForm(request.shop, request.POST, prefix="low")
    if not form.is_valid():
        return _page(request, product, low=form)
    operations.warn_at(product, form.cleaned_data["branch"], form.cleaned_data["pieces"])
    toast(request, _("Saved. It is called low at %(n)d free pieces or fewer.") % {"n": form.cleaned_data["pieces"]})
    return redirect("desk:product", request.shop.slug, product.pk)


def _product(request: StaffRequest, pk: int) -> Product:
    return get_object_or_404(Product, shop=request.shop, pk=pk)


def _page(request: StaffRequest, product: Product, **bound: Dressed) -> HttpResponseBase:
    """The page of a product; `bound` are forms that came back with errors."""
    row = queries.row(product)
    initial = {name: getattr(product, name) for name in ProductForm.base_fields}
    forms_ = {
        "form": ProductForm(request.shop, initial=initial),
        "receive": ReceiveForm(request.shop, prefix="receive"),
        "count": CountForm(request.shop, prefix="count"),
        "low": LowForm(request.shop, prefix="low", initial={"pieces": max(s.low_at for s in row.shelves)}),
    } | bound
    context = {"row": row, "product": product, "several": len(row.shelves) > 1, **forms_, **_ledger(request, product)}
    wrong = any(form.errors for form in bound.values())
    return render(request, "desk/catalog/product.html", context, status=422 if wrong else 200)


def _ledger(request: StaffRequest, product: Product) -> dict[str, object]:
    """Movements with the tracking codes of their orders, in two queries."""
    before = number_of(request.GET.get("before", ""))
    found = list(queries.movements(product, before=before)[: LEDGER + 1])
    moves = found[:LEDGER]
    wanted = {move.case_id for move in moves if move.case_id is not None}
    codes = dict(Case.objects.filter(shop=request.shop, pk__in=wanted).values_list("pk", "code")) if wanted else {}
    entries = [(move, codes.get(move.case_id) if move.case_id else None) for move in moves]
    return {"entries": entries, "before": moves[-1].pk if len(found) > LEDGER else None, "product": product}


def _about_sku(problem: ValidationError) -> ValidationError:
    """Two products of one SKU: the database's sentence, said in people's words at the field it is about."""
    for error in getattr(problem, "error_dict", {}).get("__all__", ()):
        if error.code == "unique_together":
            return ValidationError({"sku": [_("Another product has this SKU already.")]})
    return problem
