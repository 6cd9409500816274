"""The record of work that must not be forgotten, and what happened to it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.journal.models import ActorKind
from tartib.shops.keys import in_shop
from tartib.shops.models import Membership, Shop


class Outcome(models.TextChoices):
    """How a record came to be settled."""

    ITSELF = "itself", _("By itself")
    ACT = "act", _("By what was proposed")
    HAND = "hand", _("In another way")


class WorkRecord(models.Model):
    """One finding that a person has to see to. Its `kind` (see `kinds`) says what it means and what can be done.

    `key` names the finding within its shop for ever: told of again it is the same record, which is open once more if
    it was settled. `facts` is what is known of it: texts, amounts among them beside their `currency`.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(max_length=200)
    case = models.ForeignKey(Case, on_delete=models.SET_NULL, null=True, related_name="work")
    code = models.CharField(
        _("tracking code"), max_length=40, blank=True, help_text="The case's, which stays when the case is deleted."
    )
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    due_at = models.DateTimeField(_("due"), null=True)
    due_given = models.BooleanField(
        default=False, help_text="Whether the finding itself says until when, whatever the hours of the shop are."
    )
    opened_at = models.DateTimeField(_("when"), help_text="When it was found, the last time.")
    resolved_at = models.DateTimeField(_("settled"), null=True)
    resolved_by = models.CharField(max_length=150, blank=True)
    outcome = models.CharField(_("how"), max_length=6, choices=Outcome, blank=True)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "key"], name="work_key_once"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=False) | Q(owner__isnull=False, due_at__isnull=False),
                name="work_open_has_owner_and_due",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, outcome="") | (Q(resolved_at__isnull=False) & ~Q(outcome="")),
                name="work_settled_somehow",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.HAND) | ~Q(note=""), name="work_settled_by_hand_says_how"
            ),
            in_shop("dispatch_workrecord"),
        ]
        indexes = [
            models.Index(fields=["shop", "due_at", "id"], name="work_by_due", condition=Q(resolved_at__isnull=True)),
            models.Index(
                fields=["shop", "owner", "due_at", "id"], name="work_by_owner", condition=Q(resolved_at__isnull=True)
            ),
            models.Index(
                fields=["shop", "-resolved_at", "-id"], name="work_settled", condition=Q(resolved_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class WorkAct(models.TextChoices):
    """What happened to a record."""

    OPENED = "opened", _("Found")
    REOPENED = "reopened", _("Found again")
    RESOLVED = "resolved", _("Settled by itself")
    DONE = "done", _("Done")
    SETTLED = "settled", _("Settled in another way")
    HANDED = "handed", _("Handed over")


class WorkEntry(models.Model):
    """Something that happened to a record: by whom, with which words; `to` is who it was handed to."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    record = models.ForeignKey(WorkRecord, on_delete=models.CASCADE, related_name="entries")
    act = models.CharField(max_length=10, choices=WorkAct)
    kind = models.CharField(max_length=40, help_text="What the record was then.")
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_name = models.CharField(max_length=150)
    note = models.CharField(max_length=1000, blank=True)
    to = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.record_id}: {self.act}"
