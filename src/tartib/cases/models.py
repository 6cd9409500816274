"""The case, the workflow it follows, the acts that move it, and the views staff keep of lists of cases."""

from __future__ import annotations

import secrets
import uuid
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tartib.customers.models import Customer
from tartib.files.models import Upload
from tartib.flow.reading import read_workflow
from tartib.flow.workflow import Status, Workflow
from tartib.shops.keys import in_shop
from tartib.shops.models import LANGUAGE_CHOICES, Branch, Membership, Shop, User
from tartib.shops.search import SearchField, shop_words_index, words_index


class Phase(models.TextChoices):
    """What a status means to reports, deadlines and colours, whatever a shop calls it."""

    WAITING = "waiting", _("Waiting")
    WORKING = "working", _("Working")
    MOVING = "moving", _("On the way")
    READY = "ready", _("Ready")
    DONE = "done", _("Done")
    ENDED = "ended", _("Ended")
    PROBLEM = "problem", _("Problem")


CLOSED_PHASES = (Phase.DONE, Phase.ENDED)


class PaymentState(models.TextChoices):
    """What is known of a case's payment, apart from its status: recorded is not paid."""

    UNPAID = "unpaid", _("Not paid")
    UNVERIFIED = "unverified", _("Not verified")
    PARTIAL = "partial", _("Partly paid")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    PARTLY_REFUNDED = "partly-refunded", _("Partly refunded")
    REFUNDED = "refunded", _("Refunded")


OWING = (PaymentState.UNPAID, PaymentState.FAILED, PaymentState.PARTIAL)
"""What is known of the payment of a case that its customer has still to pay for."""


class WorkflowVersion(models.Model):
    """A workflow of a shop as it was published. A published version never changes; a case keeps the one it has."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="workflows")
    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    shipped = models.BooleanField(default=False, help_text="Whether it is word for word what Tartib brought.")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "code", "version"], name="workflow_version_once"),
            in_shop("cases_workflowversion"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


@lru_cache(maxsize=512)
def workflow(version_id: int) -> Workflow:
    """The workflow of a published version. Versions never change, so each is read and checked once a process."""
    return read_workflow(WorkflowVersion.objects.values_list("definition", flat=True).get(pk=version_id))


def new_token() -> str:
    """An unguessable name for a customer's link: 128 random bits in 22 characters."""
    return secrets.token_urlsafe(16)


class Case(models.Model):
    """Anything that is tracked. What is particular to its kind hangs off it one-to-one.

    `status`, `phase`, `since`, `due_at`, `timer_at` and `closed_at` are written by the engine alone.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="cases", db_index=False)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)
    code = models.CharField(_("tracking code"), max_length=40)
    token = models.CharField(max_length=22, default=new_token)
    workflow = models.ForeignKey(WorkflowVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(_("status"), max_length=40)
    phase = models.CharField(_("stage"), max_length=10, choices=Phase)
    since = models.DateTimeField(_("in this status since"))
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="cases", db_index=False)
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="cases", db_index=False)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGE_CHOICES)
    title = models.CharField(_("title"), max_length=200, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=3, null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    payment = models.CharField(_("payment"), max_length=16, choices=PaymentState, default=PaymentState.UNPAID)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    priority = models.SmallIntegerField(_("priority"), default=0)
    placed_at = models.DateTimeField(_("placed"))
    updated_at = models.DateTimeField(_("updated"))
    due_at = models.DateTimeField(_("due"), null=True)
    timer_at = models.DateTimeField(null=True, help_text="When a move by the clock is to be tried next.")
    closed_at = models.DateTimeField(_("closed"), null=True)
    search = SearchField(editable=False, default="")
    version = models.PositiveIntegerField(default=1)
    doubts = models.PositiveSmallIntegerField(
        db_default=0, help_text="How many things about it are unusual and not looked at yet."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "code"], name="case_code_unique"),
            # Of a unique field Django would make a second index, for beginnings, which nobody looks a token up by.
            models.UniqueConstraint(fields=["token"], name="case_token_unique"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(owner__isnull=False, due_at__isnull=False),
                name="case_open_has_owner_and_due",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(due_at__isnull=True), name="case_closed_is_not_due"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False, phase__in=CLOSED_PHASES)
                | (Q(closed_at__isnull=True) & ~Q(phase__in=CLOSED_PHASES)),
                name="case_closed_as_its_phase",
            ),
            in_shop("cases_case"),
        ]
        indexes = [
            models.Index(fields=["shop", "kind", "-placed_at", "-id"], name="case_by_placed"),
            models.Index(fields=["shop", "kind", "status", "-placed_at", "-id"], name="case_by_status"),
            models.Index(fields=["shop", "kind", "phase", "-placed_at", "-id"], name="case_by_phase"),
            models.Index(fields=["shop", "kind", "-updated_at", "-id"], name="case_by_updated"),
            models.Index(
                fields=["shop", "kind", "due_at", "id"], name="case_by_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["shop", "owner", "due_at", "id"], name="case_by_owner", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=["shop", "kind", "amount", "id"], name="case_by_amount"),
            models.Index(fields=["customer", "-placed_at"], name="case_by_customer"),
            models.Index(fields=["shop", "closed_at"], name="case_by_done", condition=Q(phase="done")),
            models.Index(fields=["timer_at"], name="case_by_timer", condition=Q(timer_at__isnull=False)),
            models.Index(fields=["shop", "kind", "-placed_at", "-id"], name="case_doubtful", condition=Q(doubts__gt=0)),
            words_index("case_by_words"),
            # What staff look for is mostly open, and little of all: two frequent words are found here at once.
            shop_words_index("case_by_open_words", Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def flow(self) -> Workflow:
        """The workflow this case follows."""
        return workflow(self.workflow_id)

    @property
    def current_status(self) -> Status:
        """The status in which the case stands, with its words."""
        return self.flow.status(self.status)


class Act(models.Model):
    """One call of the engine: what moved many cases at once is one act, and is undone as one.

    `key` makes a repeated call harmless: the second finds the first one's answer and changes nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200, null=True)
    fingerprint = models.BinaryField(max_length=32, null=True, help_text="SHA-256 of the request the key belongs to.")
    actor_name = models.CharField(max_length=150)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    trigger = models.CharField(max_length=60)
    at = models.DateTimeField()
    answer: models.JSONField[Any, Any] = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="act_key_once")]
        indexes = [
            models.Index(fields=["shop", "at"], name="act_of_api", condition=Q(trigger__startswith="api ")),
            models.Index(fields=["shop", "user", "at"], name="act_of_person", condition=Q(user__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.trigger} {self.id}"


class Picture(models.Model):
    """A picture on a case's timeline: what the work looks like. `shown` is whether the customer may see it."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pictures")
    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, related_name="+")
    shown = models.BooleanField()

    def __str__(self) -> str:
        return str(self.upload)


class BulkMove(models.Model):
    """A move asked for many cases, carried out by the worker in portions, with its progress."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    request: models.JSONField[Any, Any] = models.JSONField(help_text="Target, note and how to tell the customers.")
    case_ids = ArrayField(models.BigIntegerField())
    handled = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    refused: models.JSONField[Any, Any] = models.JSONField(default=list)
    acts = ArrayField(models.UUIDField(), default=list)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.handled}/{len(self.case_ids)}"


class SavedView(models.Model):
    """A list's filters under a name: one person's own, or shared with the whole shop."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=12)
    name = models.CharField(pgettext_lazy("a thing", "name"), max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "user", "kind", "name"], name="saved_view_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name
