"""The papers that were issued, and the series that number them."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tartib.billing.receipt import PaperKind
from tartib.cases.models import Case
from tartib.payments.models import Payment
from tartib.shops.keys import in_shop
from tartib.shops.models import Shop
from tartib.shops.room_settings import RoomSettings

PREFIXES = {PaperKind.PRO_FORMA: "PF", PaperKind.INVOICE: "INV", PaperKind.CREDIT_NOTE: "CN"}


class PaperSettings(RoomSettings):
    """Who a shop is on papers, what it writes below them, and how long it has to keep them."""

    legal_name = models.CharField(_("name in the register"), max_length=160, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=60, blank=True)
    paper_note = models.TextField(_("note on invoices"), max_length=600, blank=True)
    paper_years = models.PositiveSmallIntegerField(
        _("years for which invoices have to be kept"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )


class Series(models.Model):
    """The last number given out for papers of one kind in one year of the shop's calendar."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=PaperKind)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "kind", "year"], name="paper_series_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class Paper(models.Model):
    """A numbered paper. It outlives its order, so that the series has no gap.

    `data` is what an invoice or credit note said when it was issued (`billing.receipt.as_data`); a pro-forma invoice
    says what the order is now, and has none. An invoice that another took the place of is `replaced`.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.SET_NULL, null=True, related_name="papers")
    code = models.CharField(max_length=40, help_text="The tracking code of the order, which may be deleted later.")
    kind = models.CharField(max_length=12, choices=PaperKind)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    currency = models.CharField(max_length=3)
    data: models.JSONField[Any, Any] = models.JSONField(default=dict)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    payment = models.ForeignKey(Payment, on_delete=models.SET_NULL, null=True, related_name="+")
    replaced = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True, help_text="When its buyer was erased, who stays on it for a while.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "kind", "year", "number"], name="paper_number_once"),
            models.UniqueConstraint(
                fields=["case", "kind"],
                name="paper_one_in_force",
                condition=Q(kind__in=(PaperKind.PRO_FORMA, PaperKind.INVOICE), replaced=False),
            ),
            models.UniqueConstraint(fields=["payment"], name="paper_one_for_a_refund"),
            models.CheckConstraint(condition=Q(number__gt=0), name="paper_number_positive"),
            in_shop("billing_paper"),
        ]
        indexes = [
            models.Index(fields=["shop", "-issued_at", "-id"], name="paper_by_day"),
            models.Index(fields=["issued_at"], name="paper_to_forget", condition=Q(erased_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The number as it is written: kind, year of the shop's calendar, running number."""
        return f"{PREFIXES[PaperKind(self.kind)]}-{self.year}-{self.number:05d}"
