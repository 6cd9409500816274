"""Who signs in to a shop as its customer, and by what: accounts, one-time codes, passkeys, sessions.

Apart from the people who work in shops (`shops.User`) on purpose: see docs/decisions/accounts.md.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tartib.customers.address import Address
from tartib.shops.keys import in_shop
from tartib.shops.models import LANGUAGE_CHOICES, Shop


def new_token() -> str:
    """An unguessable name: 192 random bits in 32 characters."""
    return secrets.token_urlsafe(24)


class Account(models.Model):
    """A customer who can sign in to one shop. The same person's account in another shop is another account.

    `email` and `phone` were proved by a code sent to them, in the form in which `Customer` keeps them; at least one is
    there. `customer` is who they are when they order. Without `password` they do not sign in by password.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="accounts", db_index=False)
    customer = models.OneToOneField("customers.Customer", on_delete=models.CASCADE, related_name="account")
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    password = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "email"], name="account_email_once", condition=~Q(email="")),
            models.UniqueConstraint(fields=["shop", "phone"], name="account_phone_once", condition=~Q(phone="")),
            models.CheckConstraint(condition=~Q(email="", phone=""), name="account_can_be_reached"),
            in_shop("customers_account"),
        ]

    def __str__(self) -> str:
        return self.email or self.phone


class SavedAddress(models.Model):
    """A place to which an account has things sent, in the parts of `customers.address.Address`; one is the usual."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="addresses", db_index=False)
    parts: models.JSONField[Any, Any] = models.JSONField(_("address"), default=dict)
    usual = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], name="address_usual_once", condition=Q(usual=True)),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="address_by_account")]

    def __str__(self) -> str:
        return ", ".join(line for line in self.address.lines_in(get_language() or "en") if line != self.address.name)

    @property
    def address(self) -> Address:
        """The place itself."""
        return Address.read(self.parts)


class Code(models.Model):
    """A one-time code that was sent to an e-mail address or phone. Only a digest of it is kept, with a key.

    `token` is known to the browser that asked alone, so nobody else can try the code.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=10, choices=LANGUAGE_CHOICES)
    digest = models.BinaryField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="code_by_age")]

    def __str__(self) -> str:
        return f"code {self.pk}"


class Passkey(models.Model):
    """A key of a device or password manager with which an account is opened (WebAuthn)."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    credential = models.BinaryField(max_length=1023)
    public_key = models.BinaryField()
    used = models.PositiveBigIntegerField(default=0, help_text="The device's own count of its uses.")
    name = models.CharField(pgettext_lazy("a thing", "name"), max_length=80)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "credential"], name="passkey_once")]
        indexes = [models.Index(fields=["credential"], name="passkey_by_credential")]

    def __str__(self) -> str:
        return self.name


class Challenge(models.Model):
    """A challenge a passkey is to sign: good for one answer. `account` where a passkey is to be added to it."""

    digest = models.BinaryField(max_length=32, primary_key=True, help_text="SHA-256 of the challenge.")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+")
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="challenge_by_age")]

    def __str__(self) -> str:
        return str(self.expires_at)


class Session(models.Model):
    """A device on which an account is open. The browser keeps a token, this row its SHA-256."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions", db_index=False)
    digest = models.BinaryField(max_length=32, unique=True)
    device = models.CharField(_("device"), max_length=80, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    created_at = models.DateTimeField(_("signed in"))
    seen_at = models.DateTimeField(_("last used"))

    class Meta:
        constraints = [in_shop("customers_session")]
        indexes = [
            models.Index(fields=["account", "-seen_at"], name="session_by_account"),
            models.Index(fields=["seen_at"], name="session_by_age"),
        ]

    def __str__(self) -> str:
        return self.device
