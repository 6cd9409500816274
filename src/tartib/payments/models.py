"""Money and the ways it comes: payments and refunds, the shop's accounts at gateways, and each try to pay.

A `Payment` is what counts; it is never changed into something else once confirmed. An `Attempt` is one try to pay by a
gateway, a `Refund` one request to send money back, a `Notice` one thing a gateway told. They may come to nothing. A
`Dispute` is a payment whose money somebody asked their bank for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case, new_token
from tartib.files.models import Upload
from tartib.flow.words import Words
from tartib.payments import gateways
from tartib.shops.keys import in_shop
from tartib.shops.models import Shop
from tartib.shops.secrets import SecretField


class Direction(models.TextChoices):
    """Which way the money went."""

    IN = "in", _("Payment")
    OUT = "out", _("Refund")


class State(models.TextChoices):
    """What is known of it."""

    UNVERIFIED = "unverified", _("Not verified")
    CONFIRMED = "confirmed", _("Confirmed")
    FAILED = "failed", _("Failed")
    ASIDE = "aside", _("Set aside")


class Flag(models.TextChoices):
    """Why somebody should look at money that came."""

    CURRENCY = "currency", _("Another currency")
    AMOUNT = "amount", _("Another amount than asked")
    EXCESS = "excess", _("More than is due")
    STRANDED = "stranded", _("The order could not follow")


class AttemptState(models.TextChoices):
    """How one try to pay stands."""

    STARTED = "started", _("Begun")
    PENDING = "pending", _("Under way")
    REVIEW = "review", _("To be checked")
    UNKNOWN = "unknown", _("Not known")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


OPEN_ATTEMPTS = (AttemptState.STARTED, AttemptState.PENDING, AttemptState.UNKNOWN)


class RefundState(models.TextChoices):
    """How a request to send money back stands."""

    ASKED = "asked", _("Asked")
    SENDING = "sending", _("Being sent")
    WAITING = "waiting", _("Waiting")
    UNKNOWN = "unknown", _("Not known")
    CONFIRMED = "confirmed", _("Confirmed")
    FAILED = "failed", _("Failed")


OPEN_REFUNDS = (RefundState.ASKED, RefundState.SENDING, RefundState.WAITING, RefundState.UNKNOWN)


class Waiting(models.TextChoices):
    """What a refund waits for that is neither made nor failed."""

    TAKINGS = "takings", _("until the account has enough money")
    CUSTOMER = "customer", _("for details from the customer")
    BANK = "bank", _("for the bank")
    HOURS = "hours", _("until the gateway sends money back again")


class DisputeState(models.TextChoices):
    """How a dispute stands."""

    OPEN = "open", _("Open")
    WITHDRAWN = "withdrawn", _("Closed")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class NoticeState(models.TextChoices):
    """What came of something a gateway told."""

    APPLIED = "applied", _("Applied")
    IGNORED = "ignored", _("Changed nothing")
    UNMATCHED = "unmatched", _("Belongs to no order")
    ASSIGNED = "assigned", _("Given to an order")
    FORGED = "forged", _("Not accepted")


def _said(texts: Mapping[str, str], language: str) -> str:
    """A text of the shop's in that language; in English, or in any other, where it has none in that one."""
    return Words(texts).say(language) or next((text for text in texts.values() if text), "")


class Account(models.Model):
    """A shop's account at a gateway. What the shop entered is encrypted and never shown again."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="payment_accounts")
    gateway = models.CharField(max_length=20)
    names: models.JSONField[Any, Any] = models.JSONField(
        default=dict,
        blank=True,
        help_text="The shop's own name of it in each language; none: it is called as its gateway.",
    )
    instructions: models.JSONField[Any, Any] = models.JSONField(
        default=dict, blank=True, help_text="What the shop tells customers of paying so, in each language."
    )
    keys = SecretField(default="", help_text="What the shop entered, as JSON.")
    live = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    token = models.CharField(max_length=22, unique=True, default=new_token, help_text="Part of its notice address.")
    quiet_until = models.DateTimeField(null=True, help_text="The gateway wants to be asked nothing before.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [in_shop("payments_account")]
        indexes = [models.Index(fields=["shop", "position", "id"], name="account_by_shop")]

    def __str__(self) -> str:
        return self.name("en")

    def name(self, language: str) -> str:
        """What it is called in that language: as the shop calls it in that or another one, else as its gateway is."""
        return _said(self.names, language) or gateways.name(self.gateway, language)

    def told(self, language: str) -> str:
        """What the shop tells its customers of paying so, in that language or another one; "" where it says nothing."""
        return _said(self.instructions, language)

    @property
    def label(self) -> str:
        """Its name in the shop's language, for what is written down: payments, the timeline, the log."""
        return self.name(self.shop.language)

    @property
    def settings(self) -> dict[str, str]:
        """What the shop entered, by the gateway's names for it. Empty when it cannot be read any more."""
        return dict(json.loads(self.keys)) if self.keys else {}

    @settings.setter
    def settings(self, entered: Mapping[str, str]) -> None:
        self.keys = json.dumps(dict(entered))


class Attempt(models.Model):
    """One try to pay for a case by an account. It outlives the case, so that money that comes late is not lost."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.SET_NULL, null=True, related_name="attempts")
    code = models.CharField(max_length=40, help_text="The case's tracking code, which stays when the case is deleted.")
    key = models.CharField(max_length=22, unique=True, default=new_token)
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.STARTED)
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=10)
    reference = models.CharField(max_length=120, blank=True)
    leave: models.JSONField[Any, Any] = models.JSONField(default=dict, help_text="Where the customer is sent.")
    slip = models.ForeignKey(Upload, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=250, blank=True)
    card_country = models.CharField(max_length=2, blank=True)
    card = models.CharField(max_length=32, blank=True, help_text="Keyed digest of what the gateway knows the card by.")
    risk: models.JSONField[Any, Any] = models.JSONField(default=dict, help_text="What the gateway found; see `risk`.")
    started_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    payable_until = models.DateTimeField(
        null=True, help_text="How long the number can be paid at a bank or a shop that the customer was given."
    )
    settled_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True, help_text="When the gateway is asked next.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="attempt_amount_positive"),
            in_shop("payments_attempt"),
        ]
        indexes = [
            models.Index(fields=["shop", "-started_at", "-id"], name="attempt_by_shop"),
            models.Index(fields=["account", "reference"], name="attempt_by_reference", condition=~Q(reference="")),
            models.Index(fields=["ask_at"], name="attempt_to_ask", condition=Q(ask_at__isnull=False)),
            models.Index(fields=["shop", "card"], name="attempt_by_card", condition=~Q(card="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount} {self.currency}"


class Payment(models.Model):
    """Money that came in for a case or went back, or was taken by a `dispute`. Only `confirmed` rows count.

    Money in another currency than the case's is `aside`: it is here, and does not count.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="payments")
    # That there is such a shop is checked once, with the case.
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.SET_NULL, null=True, related_name="payments")
    dispute = models.ForeignKey("Dispute", on_delete=models.SET_NULL, null=True, related_name="takings")
    direction = models.CharField(max_length=3, choices=Direction, default=Direction.IN)
    state = models.CharField(max_length=10, choices=State)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("payment method"), max_length=80, blank=True)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    key = models.CharField(max_length=200, null=True, help_text="Makes a repeated notice harmless.")
    flag = models.CharField(max_length=10, choices=Flag, blank=True)
    credit = models.DecimalField(
        max_digits=16,
        decimal_places=3,
        default=0,
        help_text="How much of what went back lowers what the case costs. The rest had been paid in excess.",
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "key"], name="payment_key_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(credit=0) | Q(direction=Direction.OUT, credit__gt=0, credit__lte=F("amount")),
                name="payment_credit_of_what_went_back",
            ),
            in_shop("payments_payment"),
        ]
        indexes = [
            models.Index(fields=["shop", "-at", "-id"], name="payment_by_shop"),
            models.Index(fields=["shop", "-at", "-id"], name="payment_flagged", condition=~Q(flag="")),
            models.Index(fields=["shop", "-at", "-id"], name="payment_unverified", condition=Q(state="unverified")),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.amount} {self.currency}"

    def paid_by(self, language: str) -> str:
        """The way it was paid in that language, as far as that is known; else what was written down of it."""
        return self.attempt.account.name(language) if self.attempt else self.method


class Dispute(models.Model):
    """A payment whose money somebody asked their bank for, as the gateway tells of it.

    What it has taken from the shop, less what came back, is one outgoing payment (`Payment.dispute`). `told_at` is when
    the gateway said what stands here, by its own clock where it tells the time.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="disputes", db_index=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="disputes")
    case = models.ForeignKey(Case, on_delete=models.SET_NULL, null=True, related_name="disputes")
    payment = models.ForeignKey(Payment, on_delete=models.SET_NULL, null=True, related_name="disputes")
    reference = models.CharField(max_length=120)
    reason = models.CharField(max_length=120, blank=True, help_text="In the gateway's words.")
    state = models.CharField(max_length=10, choices=DisputeState, default=DisputeState.OPEN)
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    currency = models.CharField(max_length=3)
    taken = models.DecimalField(max_digits=16, decimal_places=3, default=0, help_text="All it ever took.")
    returned = models.DecimalField(max_digits=16, decimal_places=3, default=0, help_text="All of it that came back.")
    due_at = models.DateTimeField(null=True, help_text="Until when the shop may answer.")
    told_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "reference"], name="dispute_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="dispute_closed_when_over",
            ),
            in_shop("payments_dispute"),
        ]
        indexes = [
            models.Index(fields=["shop", "-opened_at", "-id"], name="dispute_by_shop"),
            models.Index(fields=["account"], name="dispute_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class Notice(models.Model):
    """Something a gateway told, or somebody in its name. A genuine event is taken in once."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="notices", db_index=False)
    event = models.CharField(max_length=160, null=True, help_text="The gateway's name for it; none for a forged one.")
    attempt = models.ForeignKey(Attempt, on_delete=models.SET_NULL, null=True, related_name="notices")
    state = models.CharField(max_length=10, choices=NoticeState)
    told: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "event"], name="notice_once")]
        indexes = [
            models.Index(fields=["account", "-at"], name="notice_by_account"),
            models.Index(fields=["account", "-at"], name="notice_unmatched", condition=Q(state="unmatched")),
        ]

    def __str__(self) -> str:
        return f"{self.event or '—'}: {self.state}"


class Refund(models.Model):
    """A request to send back money of one payment. It counts when it is confirmed: a `Payment` going out.

    A gateway may say afterwards that it failed all the same (`denied`): its outgoing payment counts no more then, and
    it is open again as failed, until another one (`instead_of`) brings the money back or somebody has seen to it.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="refunds")
    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="refunds")
    key = models.CharField(max_length=22, unique=True, default=new_token)
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.ASKED)
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=120, blank=True)
    waits = models.CharField(max_length=10, choices=Waiting, blank=True)
    reason = models.CharField(max_length=250, blank=True)
    denied = models.BooleanField(default=False, help_text="The gateway itself told that it failed.")
    instead_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="retries")
    note = models.CharField(max_length=250, blank=True)
    pieces: models.JSONField[Any, Any] = models.JSONField(default=list, help_text="[line, pieces, back on the shelf].")
    worth = models.DecimalField(
        max_digits=16, decimal_places=3, default=0, help_text="What the goods cost, and the delivery, that it is for."
    )
    actor: models.JSONField[Any, Any] = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, help_text="When the gateway was asked for it, if it did not refuse.")
    settled_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True, help_text="When nothing was left to do about one that failed.")
    told_at = models.DateTimeField(null=True, help_text="When what stands here happened, by the gateway's clock.")
    ask_at = models.DateTimeField(null=True, help_text="When the gateway is asked next.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            in_shop("payments_refund"),
        ]
        indexes = [
            models.Index(fields=["shop", "-asked_at", "-id"], name="refund_by_shop"),
            models.Index(fields=["ask_at"], name="refund_to_ask", condition=Q(ask_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} {self.state}"


class Lack(models.TextChoices):
    """On which side of the books something is missing."""

    HERE = "here", _("The gateway has it, the shop has not")
    THERE = "there", _("The shop has it, the gateway has not")
    AMOUNT = "amount", _("The two say different amounts")


class Difference(models.Model):
    """Where the gateway's books and the shop's do not agree, until somebody has settled it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="differences", db_index=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    lack = models.CharField(max_length=6, choices=Lack)
    direction = models.CharField(max_length=3, choices=Direction)
    reference = models.CharField(max_length=120)
    attempt = models.ForeignKey(Attempt, on_delete=models.SET_NULL, null=True, related_name="+")
    amount = models.DecimalField(max_digits=16, decimal_places=3)
    ours = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField(help_text="When the money moved.")
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "direction", "reference"], name="difference_once"),
        ]
        indexes = [models.Index(fields=["shop", "-found_at", "-id"], name="difference_by_shop")]

    def __str__(self) -> str:
        return f"{self.lack} {self.reference}"
