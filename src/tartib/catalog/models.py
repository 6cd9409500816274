"""Products, the stock of each at each branch, and the ledger of every movement of stock."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tartib.catalog.window import Category, Listing, Photo, Window
from tartib.shops.keys import in_shop
from tartib.shops.models import Branch, Shop

__all__ = (
    "Category", "Listing", "Movement", "MovementKind", "Photo", "Product", "Stock", "Window",
)  # fmt: skip


class Product(models.Model):
    """Something a shop sells: goods of which there is a stock, or a service of which there is none."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="products", db_index=False)
    sku = models.CharField(_("SKU"), max_length=64)
    name = models.CharField(pgettext_lazy("a thing", "name"), max_length=200)
    variant = models.CharField(_("variant"), max_length=120, blank=True)
    price = models.DecimalField(_("price"), max_digits=16, decimal_places=3)
    stocked = models.BooleanField(_("has a stock"), default=True)
    tax_class = models.CharField(_("tax class"), max_length=20, blank=True)
    active = models.BooleanField(_("on sale"), default=True)
    listing = models.ForeignKey(
        Listing, verbose_name=_("listing"), on_delete=models.SET_NULL, null=True, blank=True, related_name="variants"
    )
    options = models.JSONField(default=dict, blank=True, help_text="Which variant of its listing: {option: value}.")
    place = models.PositiveSmallIntegerField(default=0, help_text="Among the variants of its listing.")
    compare_at = models.DecimalField(_("former price"), max_digits=16, decimal_places=3, null=True, blank=True)
    weight_grams = models.PositiveIntegerField(_("weight in grams"), null=True, blank=True)
    expected_on = models.DateField(_("more expected on"), null=True, blank=True)
    search = models.TextField(editable=False, default="")
    sort = models.TextField(db_collation="C", editable=False, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "sku"], name="product_sku_unique"),
            models.CheckConstraint(condition=Q(price__gte=0), name="product_price_not_negative"),
            models.CheckConstraint(
                condition=Q(compare_at__isnull=True) | Q(compare_at__gt=F("price")),
                name="product_was_dearer",
                violation_error_message=_("The former price must be higher than the price."),
            ),
            in_shop("catalog_product"),
        ]
        indexes = [models.Index(fields=["shop", "sort", "id"], name="product_by_name")]

    def __str__(self) -> str:
        return f"{self.name} {self.variant}".strip()


class Stock(models.Model):
    """How many pieces of a product a branch has, and how many of those are promised to orders not yet taken."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="stocks", db_index=False)
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    low_at = models.PositiveIntegerField(_("low at"), default=0)
    anchored = models.BigIntegerField(db_default=0, help_text="Its newest movement that an anchor of the shop holds.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "branch"], name="stock_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="stock_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand")), name="stock_reserved_is_there"),
            in_shop("catalog_stock"),
        ]
        indexes = [models.Index(fields=["shop", "branch", "product"], name="stock_by_branch")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.on_hand} (−{self.reserved})"


class MovementKind(models.TextChoices):
    """Why stock changed."""

    RESERVED = "reserved", _("Reserved")
    RELEASED = "released", _("Released")
    TAKEN = "taken", _("Taken")
    RETURNED = "returned", _("Returned")
    COUNTED = "counted", _("Counted")
    RECEIVED = "received", _("Received")


class Movement(models.Model):
    """One change of a stock. The sum of `on_hand` over a stock's movements is its `on_hand`, likewise `reserved`."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    stock = models.ForeignKey(Stock, on_delete=models.CASCADE, related_name="movements", db_index=False)
    kind = models.CharField(max_length=10, choices=MovementKind)
    on_hand = models.IntegerField(help_text="Change of the pieces on hand.")
    reserved = models.IntegerField(help_text="Change of the pieces reserved.")
    case_id = models.BigIntegerField(null=True)
    line_id = models.BigIntegerField(null=True, help_text="The line of the case that it served.")
    act_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=150)
    note = models.CharField(max_length=250, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["stock", "-id"], name="movement_by_stock"),
            models.Index(fields=["case_id"], name="movement_by_case", condition=Q(case_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on_hand:+d}/{self.reserved:+d}"
