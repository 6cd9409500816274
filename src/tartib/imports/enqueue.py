"""Putting work at an import off to the worker, in the caller's transaction: gone if that is."""

from __future__ import annotations

from procrastinate.contrib.django import app

from tartib.imports.models import Import

WORK, QUEUE = "integrations.work", "imports"
"""The task that carries on with an import, and its queue."""


def begin(batch: Import) -> None:
    """Have the worker carry on with an import.

    One of a shop at a time, so that the imports of one keep no other waiting.
    """
    app.configure_task(WORK, queue=QUEUE, lock=f"imports:{batch.shop_id}").defer(
        shop_id=batch.shop_id, import_id=str(batch.pk)
    )
