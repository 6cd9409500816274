"""What the catcher of practice shops has caught."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """The channel a caught message came by."""

    EMAIL = "email"
    SMS = "sms"


class Caught(models.Model):
    """An e-mail or SMS that a practice shop sent. Nobody but its staff ever sees it."""

    kind = models.CharField(max_length=5, choices=Kind)
    key = models.CharField(max_length=80, null=True, help_text="The sender's idempotency key.")
    sender = models.CharField(max_length=250, blank=True)
    recipient = models.CharField(max_length=250)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="caught_once")]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject or self.text[:60]}"
