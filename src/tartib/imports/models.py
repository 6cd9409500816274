"""Imports: what was brought in from which file, how far it came, what was wrong; and saved column mappings."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tartib.catalog.window import Listing
from tartib.imports.products import CHANGED, of_products
from tartib.shops.keys import in_shop
from tartib.shops.models import Membership, Shop


class State(models.TextChoices):
    """Where an import stands. `checking` and `running` are the worker's; everything else waits for a person."""

    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")


# The name of a store is a part of its orders' source.
STORE = 40


class Import(models.Model):
    """One file of orders, or of products, on its way in; its platform says which.

    `position` counts what the reader has given (orders and errors) and is written together with the orders
    themselves: whoever goes on reads the file again and passes over that many. `mapping` is a `ColumnMapping` as data,
    `statuses` says which of the shop's statuses each state becomes, where that is not as usual.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="imports", db_index=False)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    platform = models.CharField(_("platform"), max_length=20)
    filename = models.CharField(_("file"), max_length=200)
    size = models.BigIntegerField(help_text="Bytes of the file.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    mapping: models.JSONField[Any, Any] = models.JSONField(null=True)
    statuses: models.JSONField[Any, Any] = models.JSONField(default=dict)
    notify = models.BooleanField(_("tell the customers"), default=False)
    take_stock = models.BooleanField(_("take stock for open orders"), default=False)
    update = models.BooleanField(_("change products that are here"), default=False)
    store = models.CharField(_("store"), max_length=STORE, blank=True, help_text="Which of several the orders are of.")
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    position = models.PositiveIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    read = models.PositiveIntegerField(_("read"), default=0)
    placed = models.PositiveIntegerField(_("new"), default=0)
    present = models.PositiveIntegerField(_("already here"), default=0)
    warnings = models.PositiveIntegerField(_("warnings"), default=0)
    errors = models.PositiveIntegerField(_("errors"), default=0)
    reached: models.JSONField[Any, Any] = models.JSONField(default=dict, help_text="Status code -> orders put there.")
    checked: models.JSONField[Any, Any] = models.JSONField(null=True, help_text="The counts of the dry run.")
    spent = models.DurationField(null=True, help_text="Time at work, without the pauses.")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [in_shop("integrations_import")]
        indexes = [models.Index(fields=["shop", "-created_at"], name="import_by_shop")]

    def __str__(self) -> str:
        return self.filename

    @property
    def of_products(self) -> bool:
        """Whether it brings products in, not orders."""
        return of_products(self.platform)

    @property
    def changed(self) -> int:
        """How many of the products that were here are another now."""
        return int(self.reached.get(CHANGED, 0))

    @property
    def at_work(self) -> bool:
        """Whether the worker has it in hand or will."""
        return self.state in (State.CHECKING, State.RUNNING)


class Chunk(models.Model):
    """A piece of an uploaded file, kept until its orders are in."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_chunk_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


class Problems(models.Model):
    """What was wrong with rows, those of one portion together: a list of [row, code, column, params, level]."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="problems")
    items: models.JSONField[Any, Any] = models.JSONField()

    def __str__(self) -> str:
        return f"{self.batch_id}: {len(self.items)}"


class SavedMapping(models.Model):
    """A shop's way of reading files of orders, or of products, under a name: columns; what status words become."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    of_products = models.BooleanField(default=False)
    name = models.CharField(pgettext_lazy("a thing", "name"), max_length=60)
    mapping: models.JSONField[Any, Any] = models.JSONField()
    statuses: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "of_products", "name"], name="saved_mapping_once")]

    def __str__(self) -> str:
        return self.name


class WantedPhoto(models.Model):
    """A photo that an import named by its address, to be fetched; done or given up where `try_at` is empty."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+", db_index=False)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+", db_index=False)
    url = models.CharField(max_length=1_000)
    place = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    try_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "url"], name="wanted_photo_once")]
        indexes = [
            models.Index(fields=["shop", "try_at"], name="wanted_photo_due", condition=models.Q(try_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.url
