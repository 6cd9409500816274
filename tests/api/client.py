"""A program that speaks to the API with a key of a shop."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from tartib.api.keys import SCOPES
from tartib.shops.models import Shop
from tartib.shops.operations import issue_key

ALL = tuple(SCOPES)


class Program:
    """Sends requests with one key, and JSON both ways."""

    def __init__(self, shop: Shop | None, *scopes: str, token: str | None = None) -> None:
        self.shop = shop
        self.http = Client(raise_request_exception=False)
        self.token = token
        if shop is not None:
            self.record, self.token = issue_key(shop, "Warehouse", scopes or ALL)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """The answer to a request; `body` as JSON, headers with underscores for hyphens."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = sent.pop("Content-Type", "application/json")
        return self.http.generic(method, f"/api/v1{path}", data, content_type=kind, headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: object = None, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)

    def put(self, path: str, body: object = None, **headers: str) -> Any:
        return self.send("PUT", path, body, **headers)


def order(**changes: object) -> dict[str, object]:
    """A body that places an order."""
    return {
        "customer": {"name": "Оксана", "email": "Oksana@Example.com", "phone": "050 123 45 67"},
        "lines": [{"name": "Blue shirt", "quantity": 2, "price": "120.50", "discount": "1.00"}],
        "shipping": "30.00",
        **changes,
    }
