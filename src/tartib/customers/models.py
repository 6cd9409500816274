"""Customers of a shop and the groups they are put in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tartib.customers.identity import Account, Challenge, Code, Passkey, SavedAddress, Session
from tartib.customers.points_balance import PointsBalance, PointsMovement, PointsRule
from tartib.shops.keys import in_shop
from tartib.shops.models import LANGUAGE_CHOICES, Calendar, Shop

__all__ = (
    "Account",
    "Challenge",
    "Code",
    "Customer",
    "Group",
    "Passkey",
    "PointsBalance",
    "PointsMovement",
    "PointsRule",
    "SavedAddress",
    "Session",
)  # fmt: skip


class Group(models.Model):
    """A kind of customer the shop tells apart: retail, trade, friends of the house."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="customer_groups")
    name = models.CharField(pgettext_lazy("a thing", "name"), max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "name"], name="customer_group_once"),
            in_shop("customers_group"),
        ]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """A person or firm that has cases in one shop. The same person in another shop is another customer.

    `phone` and `email` are kept in the one form in which they are compared (`l10n.phones`, lower case); `phone_said`
    is what was written where the number alone does not say it: an extension, a second number, words. `given_name` is
    known only where it was told apart from the rest of the name.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="customers", db_index=False)
    group = models.ForeignKey(Group, verbose_name=_("group"), on_delete=models.SET_NULL, null=True, blank=True)
    name = models.CharField(pgettext_lazy("a person", "name"), max_length=200, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True, default="", db_default="")
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    phone_said = models.CharField(_("phone as it was written"), max_length=200, blank=True, default="", db_default="")
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGE_CHOICES, blank=True)
    calendar = models.CharField(
        _("calendar"),
        max_length=10,
        choices=Calendar,
        blank=True,
        default="",
        db_default="",
        help_text="In which they read dates; the shop's where they have not chosen.",
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    wants_email = models.BooleanField(_("told by e-mail"), default=True)
    wants_sms = models.BooleanField(_("told by SMS"), default=True)
    wants_push = models.BooleanField(_("told on devices"), default=True, db_default=True)
    asked_by_email = models.BooleanField(_("asked by e-mail how it was"), default=True, db_default=True)
    asked_by_sms = models.BooleanField(_("asked by SMS how it was"), default=True, db_default=True)
    asked_by_push = models.BooleanField(_("asked on devices how it was"), default=True, db_default=True)
    offers_by_email = models.BooleanField(_("offers by e-mail"), default=False, db_default=False)
    offers_by_sms = models.BooleanField(_("offers by SMS"), default=False, db_default=False)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, help_text="When the person was taken out, as they had asked.")
    sort = models.TextField(db_collation="C", editable=False, default="")

    class Meta:
        constraints = [in_shop("customers_customer")]
        indexes = [
            models.Index(fields=["shop", "email"], name="customer_by_email", condition=~models.Q(email="")),
            models.Index(fields=["shop", "phone"], name="customer_by_phone", condition=~models.Q(phone="")),
            models.Index(fields=["shop", "sort", "id"], name="customer_by_name"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone

    @property
    def greeted(self) -> str:
        """The name for a greeting: the given one where it is known, and still a part of the name."""
        known = self.given_name and f" {self.given_name} " in f" {self.name} "
        return self.given_name if known else self.name


class Purpose(models.TextChoices):
    """What a customer is written to about."""

    STATUS = "status", _("Messages about my orders")
    FEEDBACK = "feedback", _("Feedback requests")
    OFFERS = "offers", _("Offers and news of the shop")


class Source(models.TextChoices):
    """Where a customer said so."""

    ACCOUNT = "account", _("in the account")
    LINK = "link", _("by the link in a message")


class Consent(models.Model):
    """What a customer agreed to or withdrew: by which channel, about what, when, where. The newest counts.

    What counts now is also kept with the customer (`wants_email` …), where messages look.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents", db_index=False)
    channel = models.CharField(_("channel"), max_length=10)
    purpose = models.CharField(_("about"), max_length=10, choices=Purpose)
    given = models.BooleanField(_("agreed"))
    source = models.CharField(_("where"), max_length=10, choices=Source)
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        indexes = [models.Index(fields=["customer", "-id"], name="consent_by_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.purpose} {self.channel}: {self.given}"
