"""Forms of the window: a listing's texts in each language, its options and variants, headings, the window itself."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tartib.catalog.models import Product
from tartib.catalog.variants import Row
from tartib.catalog.window import Category
from tartib.desk.days import Day
from tartib.l10n import names
from tartib.shops.models import Shop
from tartib.web.forms import Amount, Dressed, Whole, dress
from tartib.web.kept import Kept

_BETWEEN = re.compile(r"[,،、;؛\n]+")
OPTIONS = 3


def _line(most: int, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})
    return forms.CharField(max_length=most, widget=widget, **options)


def _words(most: int, rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(max_length=most, widget=forms.Textarea(attrs={"dir": "auto", "rows": rows}), **options)


def _written_in(form: forms.Form, shop: Shop, language: str, *texts: str) -> None:
    """Say of these fields which language is written in them, as it is written where the shop is."""
    for name in texts or form.fields:
        form.fields[name].widget.attrs["lang"] = shop.tag(language)


class ListingForm(Kept):
    """What a listing says in the shop's own language, and where it stands."""

    title = _line(200, label=gettext_lazy("Title"))
    summary = _line(
        300,
        label=gettext_lazy("In one sentence"),
        required=False,
        help_text=gettext_lazy("Stands under the title, and in the results of search engines."),
    )
    description = _words(
        20_000,
        6,
        label=gettext_lazy("Description"),
        required=False,
        help_text=gettext_lazy("An empty line begins a new paragraph."),
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("Category"), required=False, empty_label=gettext_lazy("none")
    )
    slug = _line(100, label=gettext_lazy("Address"), help_text=gettext_lazy("The last part of the page’s address."))

    def __init__(self, shop: Shop, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        _choices(self, "category", shop)
        _written_in(self, shop, shop.language, "title", "summary", "description")


class TextsForm(Kept):
    """The same texts in another language; what is left empty is shown in the shop's own."""

    title = _line(200, label=gettext_lazy("Title"), required=False)
    summary = _line(300, label=gettext_lazy("In one sentence"), required=False)
    description = _words(20_000, 4, label=gettext_lazy("Description"), required=False)

    def __init__(self, shop: Shop, language: str, *given: Any, **options: Any) -> None:
        super().__init__(*given, prefix=language, **options)
        _written_in(self, shop, language)


class NewForm(Dressed):
    """The beginning of a listing: the rest is written on its page."""

    title = _line(200, label=gettext_lazy("Title"))
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("Category"), required=False, empty_label=gettext_lazy("none")
    )
    sku = forms.CharField(
        label=gettext_lazy("SKU"), max_length=64, widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"})
    )
    price = Amount(label=gettext_lazy("Price"))
    stocked = forms.BooleanField(
        label=gettext_lazy("Has a stock"),
        required=False,
        help_text=gettext_lazy("Leave it off for services and gift cards: of those there is always enough."),
    )

    def __init__(self, shop: Shop, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        _choices(self, "category", shop)
        priced(self, shop)


class OptionsForm(Dressed):
    """What tells the variants of a listing apart: up to three options, each with its values."""

    price = Amount(label=gettext_lazy("Price of new variants"))

    def __init__(self, shop: Shop, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        priced(self, shop)
        for number in range(1, OPTIONS + 1):
            self.fields[f"name_{number}"] = _line(40, label=_("Option"), required=False)
            values = _line(1_000, label=_("Values, with commas between them"), required=False)
            self.fields[f"values_{number}"] = values
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

    @staticmethod
    def initial_of(known: list[list[Any]], price: object) -> dict[str, object]:
        """The fields' values for the options a listing has."""
        found: dict[str, object] = {"price": price}
        for number, (name, values) in enumerate(known[:OPTIONS], start=1):
            found |= {f"name_{number}": name, f"values_{number}": "، ".join(values)}
        return found

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of each option together."""
        return [(self[f"name_{number}"], self[f"values_{number}"]) for number in range(1, OPTIONS + 1)]

    @property
    def options(self) -> list[tuple[str, list[str]]]:
        """The options as they were written, without empty ones."""
        found = []
        for number in range(1, OPTIONS + 1):
            name = self.cleaned_data[f"name_{number}"].strip()
            written = _BETWEEN.split(self.cleaned_data[f"values_{number}"])
            values = list(dict.fromkeys(value.strip()[:60] for value in written if value.strip()))
            if name and values:
                found.append((name, values))
        return found


class VariantForm(Kept):
    """One row of the table of variants."""

    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=64, widget=forms.TextInput(attrs={"dir": "ltr"}))
    price = Amount(label=gettext_lazy("Price"))
    compare_at = Amount(label=gettext_lazy("Former price"), required=False)
    weight_grams = Whole(label=gettext_lazy("Weight, g"), required=False)
    expected_on = Day(label=gettext_lazy("More expected on"), required=False)
    active = forms.BooleanField(label=gettext_lazy("On sale"), required=False)

    def __init__(self, shop: Shop, product: Product, *given: Any, **options: Any) -> None:
        initial = {name: getattr(product, name) for name in self.base_fields}
        super().__init__(*given, prefix=f"v{product.pk}", initial=initial, **options)
        self.product = product
        for name in ("price", "compare_at"):
            field = self.fields[name]
            assert isinstance(field, Amount)
            field.currency = shop.currency
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{self[name].label}: {product.variant or product.name}"
            field.widget.attrs["size"] = 6 if name == "weight_grams" else 10

    def clean(self) -> dict[str, Any]:
        """A former price tells of a saving, or it is none."""
        given = self.cleaned_data
        if given.get("compare_at") and given.get("price") is not None and given["compare_at"] <= given["price"]:
            self.add_error("compare_at", ValidationError(_("The former price must be higher than the price.")))
        return given

    @property
    def row(self) -> Row:
        """What was written."""
        return Row(**self.cleaned_data)


class CategoryForm(Kept):
    """A heading, and its name in the shop's other languages."""

    name = _line(80, label=pgettext_lazy("a thing", "Name"))
    parent = forms.ModelChoiceField(
        Category.objects.none(),
        label=gettext_lazy("Under"),
        required=False,
        empty_label=gettext_lazy("nothing: it is one of the uppermost"),
    )

    def __init__(self, shop: Shop, category: Category | None, *given: Any, **options: Any) -> None:
        if category is not None:
            named = {f"name_{code}": texts.get("name", "") for code, texts in category.texts.items()}
            options["initial"] = {"name": category.name, "parent": category.parent_id, **named}
        super().__init__(*given, **options)
        _choices(self, "parent", shop, without=category)
        self.codes = shop.spoken[1:]
        for code in self.codes:
            field = _line(80, label=names.own_name(code), required=False)
            dress(field)
            self.fields[f"name_{code}"] = field
            _written_in(self, shop, code, f"name_{code}")
        _written_in(self, shop, shop.language, "name")

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """The names in other languages, of those that have one."""
        return {code: {"name": said} for code in self.codes if (said := self.cleaned_data[f"name_{code}"])}


class WindowForm(Kept):
    """What the window says of the shop, and whether it is open."""

    open = forms.BooleanField(
        label=gettext_lazy("The window is open"),
        required=False,
        help_text=gettext_lazy("While it is closed, only the people of this shop see it."),
    )
    headline = _line(120, label=gettext_lazy("Headline"), required=False)
    about = _words(4_000, 4, label=gettext_lazy("About the shop"), required=False)
    picture = forms.FileField(
        label=gettext_lazy("Picture for other sites"),
        required=False,
        help_text=gettext_lazy("Shown where a link to the shop is shared. Best 1200 × 630."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    domain = forms.CharField(
        label=gettext_lazy("Own domain"),
        max_length=253,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "placeholder": "shop.example"}),
    )

    def __init__(self, shop: Shop, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        _written_in(self, shop, shop.language, "headline", "about")

    def clean_domain(self) -> str:
        """The domain as the net knows it, whatever script it was written in."""
        written = str(self.cleaned_data["domain"]).strip().lower()
        try:
            return written.encode("idna").decode() if written else ""
        except UnicodeError as problem:
            raise ValidationError(_("This is no domain. Write it like shop.example.")) from problem


class WindowTextsForm(Kept):
    """The same in another language."""

    headline = _line(120, label=gettext_lazy("Headline"), required=False)
    about = _words(4_000, 3, label=gettext_lazy("About the shop"), required=False)

    def __init__(self, shop: Shop, language: str, *given: Any, **options: Any) -> None:
        super().__init__(*given, prefix=language, **options)
        _written_in(self, shop, language)


def priced(form: forms.Form, shop: Shop) -> None:
    """Let a form's price be in the shop's currency."""
    price = form.fields["price"]
    assert isinstance(price, Amount)
    price.currency = shop.currency


def _choices(form: forms.Form, name: str, shop: Shop, without: Category | None = None) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    known = Category.objects.filter(shop=shop).order_by("position", "pk")
    field.queryset = known.exclude(pk=without.pk) if without else known
