"""The ways in which a shop delivers, and the rates of each."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tartib.flow.words import Words
from tartib.shops.keys import in_shop
from tartib.shops.models import Branch, Shop

tracking_pattern = RegexValidator(
    r"^https?://[^\s{}]*\{number\}[^\s{}]*$", _("Write an address with {number} where the parcel's number goes.")
)


class MethodKind(models.TextChoices):
    """Who brings the goods."""

    CARRIER = "carrier", _("By a carrier")
    BRANCH = "branch", _("To a carrier’s branch")
    COURIER = "courier", _("By our own courier")
    PICKUP = "pickup", _("Picked up at a branch")


class Method(models.Model):
    """A way of delivery that customers can choose.

    Where it is picked up is the branch; its goods are taken from there. Anything else is sent from the first branch.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="shipping_methods", db_index=False)
    kind = models.CharField(_("kind"), max_length=10, choices=MethodKind)
    names: models.JSONField[Any, Any] = models.JSONField(pgettext_lazy("a thing", "name"), default=dict)
    branch = models.ForeignKey(
        Branch, verbose_name=_("branch"), on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    tracking_pattern = models.CharField(_("tracking link"), max_length=300, blank=True, validators=[tracking_pattern])
    free_from = models.DecimalField(_("free from"), max_digits=16, decimal_places=3, null=True, blank=True)
    active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=MethodKind.PICKUP, branch__isnull=False)
                | (~Q(kind=MethodKind.PICKUP) & Q(branch__isnull=True)),
                name="shipping_branch_of_pickup",
            ),
            models.CheckConstraint(
                condition=Q(free_from__isnull=True) | Q(free_from__gte=0), name="shipping_free_from_not_negative"
            ),
            in_shop("shipping_method"),
        ]
        indexes = [models.Index(fields=["shop", "position", "id"], name="shipping_by_position")]

    def __str__(self) -> str:
        return self.name("en")

    def name(self, language: str) -> str:
        """What it is called in that language; in another one of the shop's where it has no name in that."""
        return Words(self.names).say(language) or next((text for text in self.names.values() if text), "")

    @property
    def delivery(self) -> str:
        """How the goods get to the customer, as workflows call it (`flow.workflow.CIRCUMSTANCES`)."""
        return "home" if self.kind == MethodKind.CARRIER else self.kind

    def tracking_url(self, number: str) -> str:
        """The carrier's page of a parcel; empty where the method has no pattern for it."""
        return self.tracking_pattern.replace("{number}", number) if number else ""


class Rate(models.Model):
    """What a method costs for parcels within these bounds. Empty bounds hold for everything.

    Weights are grams and amounts the shop's currency; each lower bound is included, each upper one is not. An empty
    country or region is every one.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    method = models.ForeignKey(Method, on_delete=models.CASCADE, related_name="rates")
    country = models.CharField(_("country"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    weight_from = models.PositiveIntegerField(_("weight from, grams"), default=0)
    weight_to = models.PositiveIntegerField(_("below, grams"), null=True, blank=True)
    amount_from = models.DecimalField(_("amount from"), max_digits=16, decimal_places=3, default=0)
    amount_to = models.DecimalField(_("below"), max_digits=16, decimal_places=3, null=True, blank=True)
    price = models.DecimalField(_("price"), max_digits=16, decimal_places=3)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0, amount_from__gte=0), name="rate_money_not_negative"),
            models.CheckConstraint(
                condition=(Q(weight_to__isnull=True) | Q(weight_to__gt=F("weight_from")))
                & (Q(amount_to__isnull=True) | Q(amount_to__gt=F("amount_from"))),
                name="rate_bounds_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country or '*'} {self.region} {self.price}".strip()
