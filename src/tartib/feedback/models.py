"""What a customer was asked about an order, and what they answered."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.shops.models import Shop
from tartib.shops.room_settings import RoomSettings

RATINGS = range(1, 6)
LOW = 2
"""Up to this rating somebody asks what went wrong."""


class FeedbackSettings(RoomSettings):
    """Whether and when a shop asks its customers how it was."""

    feedback_days = models.PositiveSmallIntegerField(
        _("days until customers are asked how it was"), default=7, validators=[MaxValueValidator(90)]
    )


class Feedback(models.Model):
    """One order's feedback: asked at `asked_at`, and a rating from 1 to 5 with words once the customer has answered.

    `token` is the address of its page. `request` is the support request that a low rating opened.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="feedback")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    token = models.CharField(max_length=32, unique=True)
    asked_at = models.DateTimeField()
    rating = models.PositiveSmallIntegerField(_("rating"), null=True)
    words = models.TextField(_("words"), blank=True)
    rated_at = models.DateTimeField(null=True)
    request = models.ForeignKey(Case, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True, rated_at__isnull=True)
                | Q(rating__gte=1, rating__lte=5, rated_at__isnull=False),
                name="feedback_rating_one_to_five",
            )
        ]
        indexes = [
            models.Index(
                fields=["shop", "-rated_at", "-case"], name="feedback_by_time", condition=Q(rated_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.rating or '–'}"

    @property
    def stars(self) -> str:
        """The rating as it is understood everywhere."""
        return stars(self.rating or 0)


def stars(rating: int) -> str:
    """A rating from 1 to 5 as filled and empty stars."""
    return "★" * rating + "☆" * (5 - rating)
