"""Carts and their lines, discount codes and their uses."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.catalog.models import Product
from tartib.customers.models import Customer
from tartib.payments.models import Account
from tartib.shipping.models import Method
from tartib.shops.keys import in_shop
from tartib.shops.models import LANGUAGE_CHOICES, Shop


def new_cart_token() -> str:
    """An unguessable name for a guest's cart: 192 random bits in 32 characters."""
    return secrets.token_urlsafe(24)


class Cart(models.Model):
    """What somebody is about to buy, and what they have said so far about themselves, delivery and payment.

    A guest's is found by `token`, which only their browser knows; a customer's by who they are. Once confirmed it
    points to its order and never changes again: `key` makes a repeated confirmation the same order.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    token = models.CharField(max_length=32, unique=True, default=new_cart_token)
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGE_CHOICES)
    details: models.JSONField[Any, Any] = models.JSONField(default=dict, help_text="See `details.Details`.")
    method = models.ForeignKey(Method, on_delete=models.SET_NULL, null=True, related_name="+")
    account = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, related_name="+", help_text="The way to pay."
    )
    discount_code = models.CharField(_("discount code"), max_length=40, blank=True)
    points = models.PositiveIntegerField(_("points to spend"), default=0)
    case = models.OneToOneField(Case, on_delete=models.SET_NULL, null=True, related_name="cart")
    confirmed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "customer"],
                name="cart_open_once",
                condition=Q(customer__isnull=False, confirmed_at__isnull=True),
            ),
            in_shop("checkout_cart"),
        ]
        indexes = [models.Index(fields=["updated_at"], name="cart_by_age", condition=Q(confirmed_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.key}"


class CartLine(models.Model):
    """Pieces of a product in a cart, and the price of one as the customer last saw it."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))
    price = models.DecimalField(_("price"), max_digits=16, decimal_places=3)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "product"], name="cart_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"


class DiscountKind(models.TextChoices):
    """What a code takes off."""

    PERCENT = "percent", _("Percent of the goods")
    AMOUNT = "amount", _("An amount of the goods")
    SHIPPING = "shipping", _("Delivery is free")


class Discount(models.Model):
    """A code that customers enter, what it takes off, and within which limits."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="discounts", db_index=False)
    code = models.CharField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=DiscountKind)
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=3, default=0)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    minimum = models.DecimalField(_("goods for at least"), max_digits=16, decimal_places=3, default=0)
    most_uses = models.PositiveIntegerField(_("uses in all"), null=True, blank=True)
    most_per_customer = models.PositiveIntegerField(_("uses per customer"), null=True, blank=True)
    active = models.BooleanField(_("valid"), default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "code"], name="discount_code_once"),
            models.CheckConstraint(condition=Q(code=Upper("code")), name="discount_code_upper"),
            models.CheckConstraint(
                condition=Q(value__gte=0, minimum__gte=0) & (~Q(kind=DiscountKind.PERCENT) | Q(value__lte=100)),
                name="discount_value_possible",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="discount_times_in_order",
            ),
            in_shop("checkout_discount"),
        ]

    def __str__(self) -> str:
        return self.code


class Redemption(models.Model):
    """A code used for an order. A cancelled order gives its use back."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    discount = models.ForeignKey(Discount, on_delete=models.CASCADE, related_name="redemptions", db_index=False)
    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="+")
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=3)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["discount", "customer"], name="redemption_by_discount")]

    def __str__(self) -> str:
        return f"{self.discount_id}: {self.amount}"
