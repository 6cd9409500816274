"""What the catcher of practice shops has caught, and the books of the practice gateway."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from tartib.payments.models import Account
from tartib.shops.keys import in_shop
from tartib.shops.models import Shop


class Kind(models.TextChoices):
    """The channel a caught message came by."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"


class Caught(models.Model):
    """An e-mail, SMS or push message that a practice shop sent. Nobody but its staff ever sees it."""

    kind = models.CharField(max_length=5, choices=Kind)
    key = models.CharField(max_length=80, null=True, help_text="The sender's idempotency key.")
    sender = models.CharField(max_length=250, blank=True)
    recipient = models.CharField(max_length=250)
    reply_to = models.CharField(max_length=250, blank=True, help_text="Where it is answered, if that is taken in here.")
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="caught_once")]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject or self.text[:60]}"


def new_reference() -> str:
    """The practice gateway's name for money."""
    return f"pr_{secrets.token_hex(10)}"


class Contest(models.TextChoices):
    """How a dispute at the practice gateway stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Charge(models.Model):
    """Money that the practice gateway took for an order of a shop's, or failed to take; it may be disputed once."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    order = models.CharField(max_length=22, help_text="The shop's key for the payment.")
    reference = models.CharField(max_length=40, unique=True, default=new_reference)
    amount = models.BigIntegerField(help_text="In the currency's smallest units.")
    currency = models.CharField(max_length=3)
    paid = models.BooleanField()
    reason = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    contest = models.CharField(max_length=5, choices=Contest, blank=True)
    contested_at = models.DateTimeField(null=True, help_text="When it was disputed.")
    contest_told_at = models.DateTimeField(null=True, help_text="When the dispute came to stand as it does.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_amount_positive"),
            in_shop("practice_charge"),
        ]
        indexes = [models.Index(fields=["account", "order"], name="charge_by_order")]

    def __str__(self) -> str:
        return self.reference


class SentBack(models.Model):
    """Money that the practice gateway sent back; the shop's key makes a repeated request harmless."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    charge = models.ForeignKey(Charge, on_delete=models.CASCADE, related_name="sent_back")
    reference = models.CharField(max_length=40, unique=True, default=new_reference)
    key = models.CharField(max_length=22, unique=True)
    amount = models.BigIntegerField(help_text="In the currency's smallest units.")
    at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True, help_text="When the bank could not deliver it after all.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="sent_back_amount_positive")]

    def __str__(self) -> str:
        return self.reference
