"""What a refusal names, as it is kept in JSON: by an act for a repeated request, by the timeline for its readers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from tartib.flow.facts import Refusal
from tartib.flow.words import Words


def pack(refusal: Refusal) -> dict[str, object]:
    """The params of a refusal as JSON."""
    return {name: _packed(value) for name, value in refusal.params.items()}


def unpack(params: object) -> dict[str, object]:
    """The params that `pack` made; none where nothing was kept."""
    return {str(name): _unpacked(value) for name, value in params.items()} if isinstance(params, Mapping) else {}


def _packed(value: object) -> object:
    match value:
        case Mapping():
            return {"words": dict(value)}
        case tuple():
            return [_packed(part) for part in value]
        case Decimal():
            return {"amount": str(value)}
        case datetime():
            return {"moment": value.isoformat()}
        case _:
            return str(value)


def _unpacked(value: object) -> object:
    match value:
        case {"words": texts}:
            return Words(texts)
        case {"amount": amount}:
            return Decimal(amount)
        case {"moment": moment}:
            return datetime.fromisoformat(moment)
        case list():
            return tuple(_unpacked(part) for part in value)
        case _:
            return value
