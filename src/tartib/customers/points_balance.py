"""Points: the rule of a shop, what each customer has of them, and every movement of them, which is only ever added.

`PointsBalance` keeps the sums of `PointsMovement`, so that no sum is ever below zero (CHECK) and two who want to spend
the same points wait for each other. Movements name their case by number: they outlive it.
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tartib.l10n import money
from tartib.shops.models import Shop

_LEAST_MONEY = Decimal("0.001")


class PointsRule(models.Model):
    """How a shop gives points and what they are worth. Money is in the shop's currency; off until it is turned on."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="points_rule")
    active = models.BooleanField(_("customers get points"), default=False)
    points_each = models.PositiveIntegerField(_("points"), default=1, validators=[MinValueValidator(1)])
    amount_each = models.DecimalField(
        _("for each full"),
        max_digits=16,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(_LEAST_MONEY)],
    )
    value = models.DecimalField(
        _("value of a point"),
        max_digits=16,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(_LEAST_MONEY)],
    )
    least = models.PositiveIntegerField(_("least to spend"), default=1, validators=[MinValueValidator(1)])
    most_percent = models.PositiveSmallIntegerField(
        _("most percent of the goods"), default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    by_staff = models.BooleanField(_("staff approve points"), default=True)
    months = models.PositiveSmallIntegerField(
        _("months until unused points lapse"), null=True, blank=True, validators=[MinValueValidator(1)]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(points_each__gt=0, amount_each__gt=0, value__gt=0, least__gt=0), name="points_rule_positive"
            ),
            models.CheckConstraint(
                condition=Q(most_percent__gte=1, most_percent__lte=100), name="points_rule_percent"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.points_each}/{self.amount_each}"

    def earned(self, goods: Decimal) -> int:
        """The points that goods bring which cost so much after all that was taken off; none while the rule is off."""
        if not self.active or goods <= 0:
            return 0
        return int((goods / self.amount_each).to_integral_value(ROUND_FLOOR)) * self.points_each

    def worth(self, points: int, currency: str) -> Decimal:
        """What so many points are worth, in whole quanta of the currency."""
        return money.rounded(self.value * points, currency)

    def spendable(self, balance: int, goods: Decimal) -> int:
        """The most points that can be spent on goods which cost so much; none where that is less than the least."""
        if not self.active or goods <= 0:
            return 0
        most = int((goods * self.most_percent / 100 / self.value).to_integral_value(ROUND_FLOOR))
        points = min(balance, most)
        return points if points >= self.least else 0


class PointsBalance(models.Model):
    """What a customer has: points to spend, and points that wait until somebody approves them."""

    customer = models.OneToOneField(
        "customers.Customer", on_delete=models.CASCADE, primary_key=True, related_name="points_balance"
    )
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    balance = models.IntegerField(_("points"), default=0)
    waiting = models.IntegerField(_("waiting for approval"), default=0)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0, waiting__gte=0), name="points_balance_never_negative"),
        ]
        indexes = [models.Index(fields=["shop", "moved_at"], name="points_balance_by_age", condition=Q(balance__gt=0))]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.balance}"


class PointsKind(models.TextChoices):
    """Why points moved."""

    EARNED = "earned", _("Earned")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Not approved")
    REVERSED = "reversed", _("Taken back with the order")
    SPENT = "spent", _("Spent")
    RETURNED = "returned", _("Given back")
    SET = "set", _("Corrected by the shop")
    LAPSED = "lapsed", _("Lapsed")


SPENDING = (PointsKind.SPENT, PointsKind.RETURNED)


class PointsMovement(models.Model):
    """Points that came or went: `points` of the balance, `waiting` of those that wait. Never changed (trigger).

    `key` makes what is repeated one movement. `reason` is in the words of whoever corrected it.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.CASCADE, related_name="points_movements", db_index=False
    )
    case_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=10, choices=PointsKind)
    points = models.IntegerField()
    waiting = models.IntegerField()
    key = models.CharField(max_length=80)
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    actor_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "key"], name="points_moved_once"),
            models.CheckConstraint(condition=~Q(points=0, waiting=0), name="points_moved_something"),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="points_by_customer"),
            models.Index(fields=["case_id"], name="points_by_case", condition=Q(case_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind}: {self.points:+d}"
