"""Payments and refunds, one row each, never changed into something else once confirmed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.shops.models import Shop


class Direction(models.TextChoices):
    """Which way the money went."""

    IN = "in", _("Payment")
    OUT = "out", _("Refund")


class State(models.TextChoices):
    """What is known of it."""

    UNVERIFIED = "unverified", _("Not verified")
    CONFIRMED = "confirmed", _("Confirmed")
    FAILED = "failed", _("Failed")


class Payment(models.Model):
    """Money that came in for a case or went back. Only `confirmed` rows count."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="payments")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.IN)
    state = models.CharField(max_length=10, choices=State)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("payment method"), max_length=80, blank=True)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    key = models.CharField(max_length=200, null=True, help_text="Makes a repeated notice harmless.")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "key"], name="payment_key_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.amount} {self.currency}"
