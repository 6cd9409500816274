"""What a shop looks at, what was found about its orders, and the proofs of identity it asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.files.models import Upload
from tartib.shops.models import Shop


class Signal(models.TextChoices):
    """Something unusual about an order. Alone it proves nothing: each has innocent reasons."""

    IP_COUNTRY = "ip-country", _("Country of the IP address")
    CARD_COUNTRY = "card-country", _("Country of the card")
    PHONE_COUNTRY = "phone-country", _("Country of the phone number")
    NAMES = "names", _("Another name on the bill")
    EMAIL = "email", _("Throwaway e-mail address")
    VELOCITY = "velocity", _("Many orders in a short time")
    AMOUNT = "amount", _("Unusually high amount")
    WORDS = "words", _("Words of your own choice")


class Level(models.TextChoices):
    """What a shop wants of a signal."""

    OFF = "off", _("do not look")
    HINT = "hint", _("show it")
    HOLD = "hold", _("show it and hold the order for review")


# A bill in another name is mostly a gift, and words are the shop's own.
USUAL_LEVELS: Mapping[str, str] = dict.fromkeys(Signal.values, Level.HINT) | {Signal.NAMES: Level.OFF}


class Rules(models.Model):
    """What a shop looks at. A shop without a row has the defaults."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, primary_key=True, related_name="+")
    levels: models.JSONField[Any, Any] = models.JSONField(
        default=dict, blank=True, help_text="Signal -> level, where not usual."
    )
    velocity_hours = models.PositiveSmallIntegerField(
        default=24, validators=[MinValueValidator(1), MaxValueValidator(720)]
    )
    velocity_most = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(1_000)]
    )
    amount_times = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(2), MaxValueValidator(1_000)]
    )
    words = models.TextField(blank=True, max_length=2_000)
    identity_days = models.PositiveSmallIntegerField(
        default=14, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )

    def __str__(self) -> str:
        return f"{self.shop_id}"

    def level(self, signal: str) -> str:
        """What the shop wants of a signal."""
        return str(self.levels.get(signal, USUAL_LEVELS[signal]))

    @property
    def word_list(self) -> list[str]:
        """The words looked for: a line each."""
        return [line.strip() for line in self.words.splitlines() if line.strip()]


class Check(models.Model):
    """Something unusual that was found about an order; `params` are the figures of its reason, see `reasons`."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="checks", db_index=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    signal = models.CharField(max_length=16, choices=Signal)
    level = models.CharField(max_length=6, choices=Level)
    params: models.JSONField[Any, Any] = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, help_text="When the order was held because of it.")
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "signal"], name="check_once")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.signal}"


class ProofState(models.TextChoices):
    """Where a request for proof of identity stands."""

    ASKED = "asked", _("Asked for")
    GIVEN = "given", _("To check")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Not accepted")
    EXPIRED = "expired", _("Time has run out")


OPEN = (ProofState.ASKED, ProofState.GIVEN)


class Proof(models.Model):
    """A request for proof of identity. The paper itself is there only while it waits to be looked at."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="proofs")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=ProofState, default=ProofState.ASKED)
    upload = models.ForeignKey(Upload, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    until = models.DateTimeField(help_text="When it ends by itself and the paper is deleted.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="proof_open_once", condition=Q(state__in=OPEN)),
            models.CheckConstraint(
                condition=Q(upload__isnull=True) | Q(state=ProofState.GIVEN), name="proof_kept_while_looked_at"
            ),
        ]
        indexes = [models.Index(fields=["until"], name="proof_to_end", condition=Q(state__in=OPEN))]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.state}"
