"""Keys between tables of shops lead to rows of the same shop alone: the database refuses all others."""

from __future__ import annotations

from django.db import models


def in_shop(table: str) -> models.UniqueConstraint:
    """What a table needs that others of a shop refer to: they do so by shop and id together (`project.postgres`)."""
    return models.UniqueConstraint(fields=["shop", "id"], name=f"{table}_in_shop")
