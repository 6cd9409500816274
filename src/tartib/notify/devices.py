"""Devices on which somebody wants to be told by web push, and the keys by which push services know the shops."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.customers.identity import Session
from tartib.shops.models import Shop
from tartib.shops.secrets import SecretField


class PushKey(models.Model):
    """The key pair that names a shop to push services (VAPID, RFC 8292); browsers take in messages signed by it alone.

    `private` is the number of the key, `public` its uncompressed point, both in base64url.
    """

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="+")
    private = SecretField()
    public = models.CharField(max_length=90)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.public


class Subscription(models.Model):
    """A browser that is to be told: of everything in the account open there, or of one case, whose link it has.

    `name` is what the ledger of messages calls it. `digest` is the SHA-256 of its address at the push service, by which
    the same browser is known again; the address and the keys to write to it by are sealed. It ends with the session.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(_("device"), max_length=100)
    digest = models.BinaryField(max_length=32)
    endpoint = SecretField()
    p256dh = SecretField()
    auth = SecretField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(_("last told"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "name"], name="subscription_name_once"),
            models.UniqueConstraint(fields=["session", "digest"], name="subscription_of_session_once"),
            models.UniqueConstraint(fields=["case", "digest"], name="subscription_of_case_once"),
            models.CheckConstraint(
                condition=Q(session__isnull=False, case__isnull=True) | Q(session__isnull=True, case__isnull=False),
                name="subscription_to_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["shop", "digest"], name="subscription_by_address")]

    def __str__(self) -> str:
        return self.name
