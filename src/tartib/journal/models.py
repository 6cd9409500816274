"""Entries of the timeline, the chain that holds each case's entries together, the register of all chains, and how far
anchors have come.

Entries and chains outlive their case: deleting a case leaves its timeline as proof. They therefore name the case by
number, without a foreign key.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tartib.shops.models import Shop


class ActorKind(models.TextChoices):
    """Who did it."""

    STAFF = "staff", _("Staff")
    CUSTOMER = "customer", _("Customer")
    SYSTEM = "system", _("Tartib")
    API = "api", _("API")
    EVENT = "event", _("Event")


class Register(models.Model):
    """How many chains a shop has. Chains are numbered from one without gaps, so a missing case is noticed."""

    shop = models.OneToOneField(Shop, on_delete=models.PROTECT, primary_key=True, related_name="+")
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.last}"


class Chain(models.Model):
    """The entries of one case: how many there are and the hash of the newest."""

    case_id = models.BigIntegerField(primary_key=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveBigIntegerField()
    length = models.PositiveIntegerField(default=0)
    head = models.BinaryField(max_length=32)
    # Without an index: what grows with every move is then written in place.
    anchored = models.PositiveIntegerField(db_default=0, help_text="How long it was at the last anchor that holds it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "number"], name="chain_number_unique")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.length}"


class Anchoring(models.Model):
    """How far the anchors of a shop have come (`journal.anchors`): the newest one's number, mark and moment.

    `mailed` and `stored` are the newest that was sent to the owners and put to the object storage. Anchors themselves
    are files: nothing here is believed where one of these says otherwise.
    """

    shop = models.OneToOneField(Shop, on_delete=models.PROTECT, primary_key=True, related_name="+")
    number = models.PositiveBigIntegerField()
    mark = models.CharField(max_length=64)
    at = models.DateTimeField()
    mailed = models.PositiveBigIntegerField(default=0)
    stored = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.number}"


class Entry(models.Model):
    """One thing that happened to a case. Written only by `journal.operations.write`, never removed or altered.

    `kind` is one of those that rooms describe (`journal.kinds`). `facts` are what the timeline proves for ever; `words`
    whatever may be about a person. When a person is erased, words and salt go, and with them the name of a customer who
    acted; `seal`, the digest of what went, takes their place in the chain (`journal.erasing`).
    """

    # That there is such a shop is checked once, with the chain: for each entry it took as long as writing it.
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    case_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=12)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    shown = models.BooleanField(help_text="Whether the customer sees it.")
    act_id = models.UUIDField(null=True, help_text="The act of which this entry is a part.")
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    words: models.JSONField[Any, Any] = models.JSONField(null=True)
    salt = models.BinaryField(max_length=16, null=True, help_text="Keeps the seal from telling what was sealed.")
    seal = models.BinaryField(max_length=32, null=True, help_text="The digest of what was erased.")
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_id", "seq"], name="entry_seq_unique"),
            models.CheckConstraint(condition=Q(words=None) | Q(salt__isnull=False), name="entry_words_salted"),
            models.CheckConstraint(condition=Q(salt=None) | Q(seal=None), name="entry_salted_or_sealed"),
        ]
        indexes = [models.Index(fields=["shop", "case_id"], name="entry_of_deleted", condition=Q(kind="deleted"))]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.kind}"

    @property
    def data(self) -> dict[str, Any]:
        """What the entry says, facts and words together. Words are missing where a person was erased."""
        both = {**self.facts, **(self.words or {})}
        if "changes" in both:
            both["changes"] = {**self.facts.get("changes", {}), **(self.words or {}).get("changes", {})}
        return both
