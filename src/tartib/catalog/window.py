"""The shop window: what is shown, under which headings, in which words. What is sold and stocked is a product."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tartib.files.models import Upload
from tartib.shops.keys import in_shop
from tartib.shops.models import Shop
from tartib.shops.search import SearchField, words_index


class Window(models.Model):
    """Whether a shop's window is open, and what it says of the shop. A shop without one has none to look into."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="window")
    open = models.BooleanField(_("open to everybody"), default=False)
    headline = models.CharField(_("headline"), max_length=120, blank=True)
    about = models.TextField(_("about the shop"), max_length=4_000, blank=True)
    texts = models.JSONField(
        default=dict, blank=True, help_text="{language: {headline, about}}, besides the shop's own language."
    )
    picture = models.ForeignKey(
        Upload, verbose_name=_("picture for other sites"), on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    words = models.JSONField(default=dict, blank=True, help_text="{language: {word of an option: its translation}}.")

    def __str__(self) -> str:
        return f"window of {self.shop_id}"


class Category(models.Model):
    """A heading under which things are found, itself under another or under none."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="categories", db_index=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    slug = models.CharField(_("address"), max_length=80)
    name = models.CharField(pgettext_lazy("a thing", "name"), max_length=80)
    texts = models.JSONField(default=dict, blank=True, help_text="{language: {name}}, besides the shop's own language.")
    position = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="category_slug_unique"),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="category_not_under_itself"),
            in_shop("catalog_category"),
        ]

    def __str__(self) -> str:
        return self.name


class Listing(models.Model):
    """Something on show, with one or more products as its variants.

    Texts are in the shop's own language; `texts` has them in others. `options` names what tells the variants apart, in
    order: [["Size", ["S", "M"]], …]. What it costs from and to is kept here as its variants on sale have it.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="listings", db_index=False)
    slug = models.CharField(_("address"), max_length=100)
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("in one sentence"), max_length=300, blank=True)
    description = models.TextField(_("description"), max_length=20_000, blank=True)
    texts = models.JSONField(default=dict, blank=True, help_text="{language: {title, summary, description}}.")
    options = models.JSONField(default=list, blank=True)
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.SET_NULL, null=True, blank=True, related_name="listings"
    )
    position = models.IntegerField(default=0)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    price_from = models.DecimalField(max_digits=16, decimal_places=3, null=True, blank=True)
    price_to = models.DecimalField(max_digits=16, decimal_places=3, null=True, blank=True)
    sort_title = models.CharField(max_length=400, db_collation="C", editable=False, default="")
    search = SearchField(editable=False, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="listing_slug_unique"),
            in_shop("catalog_listing"),
        ]
        indexes = [
            words_index("listing_by_words"),
            models.Index(
                fields=["shop", "position", "id"], name="listing_by_position", condition=Q(published_at__isnull=False)
            ),
            models.Index(
                fields=["shop", "-published_at", "-id"], name="listing_by_age", condition=Q(published_at__isnull=False)
            ),
            models.Index(
                fields=["shop", "price_from", "id"], name="listing_by_price", condition=Q(published_at__isnull=False)
            ),
            models.Index(fields=["shop", "sort_title", "id"], name="listing_by_title"),
            models.Index(fields=["shop", "category", "position", "id"], name="listing_by_category"),
        ]

    def __str__(self) -> str:
        return self.title


class Photo(models.Model):
    """A picture of a listing, or of one of its variants. What was removed can be put back for a while."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="photos", db_index=False)
    product = models.ForeignKey(
        "catalog.Product", verbose_name=_("variant"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="+")
    alt = models.CharField(_("what it shows"), max_length=200, blank=True)
    texts = models.JSONField(default=dict, blank=True, help_text="{language: {alt}}.")
    position = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["listing", "position", "id"], name="photo_by_position")]

    def __str__(self) -> str:
        return self.alt or str(self.upload)
