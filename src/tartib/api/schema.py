"""The API itself: its parts, its errors, and its description in OpenAPI."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser

from tartib.api import assignments, money, moves, orders, problems, support
from tartib.api.answers import ProblemOut
from tartib.api.idempotency import HEADER
from tartib.api.keys import BearerKey
from tartib.api.problems import CONTENT_TYPE, KINDS

DESCRIPTION = "Orders of a shop: placing, reading and moving them, their timelines, money and papers; support requests."

_ALWAYS = ("no-key", "scope", "method", "too-many", "failed", "away")
_WITH_BODY = ("malformed", "slow", "refused", "length", "changed", "too-large", "media-type", "invalid")
_KEY = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,100}$"},
    "description": "Makes repeating safe: the same key again answers the same and does nothing twice.",
}
_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "pattern": '^((W/)?"[0-9]{1,9}"|\\*)$'},
    "description": "The ETag of the order as you read it: changed meanwhile, it is left alone (412).",
}
_MATCHING = {"correct_order", "enter_parcel", "move_order", "write_note", "record_payment", "send_back"}


class StrictParser(Parser):
    """Reads bodies of JSON as the standard has it: no NaN and no Infinity."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body; raises ValueError, which ninja answers as malformed."""
        body: dict[str, Any] = json.loads(request.body, parse_constant=_no_constant)
        return body


class TartibAPI(NinjaAPI):
    """The API with a description that tells its errors, too."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """The OpenAPI document."""
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        components = document["components"]
        components["schemas"]["Problem"] = ProblemOut.model_json_schema()
        components["responses"] = {kind: _response(kind) for kind in KINDS}
        scopes = {
            operation.view_func.__name__: auth.scope
            for bound in self._get_bound_routers()
            for view in bound.path_operations.values()
            for operation in view.operations
            for auth in operation.auth_callbacks
            if isinstance(auth, BearerKey)
        }
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                _complete(operation, method, path, scopes[operation["operationId"]])
        return document

    def on_exception(self, request: HttpRequest, exc: Exception | type[Exception]) -> HttpResponse:
        """Answer what is known to go wrong; anything else goes on to the lane, which logs it."""
        known = problems.known(exc)
        if known is None:
            return super().on_exception(request, exc)
        return known.response()

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of the function: generated clients call their methods so."""
        return operation.view_func.__name__


def _complete(operation: dict[str, Any], method: str, path: str, scope: str) -> None:
    kinds = list(_ALWAYS)
    if "{" in path:
        kinds.append("not-found")
    if method == "get":
        kinds += ["malformed", "invalid"]
    else:
        kinds += _WITH_BODY
    for kind in kinds:
        operation["responses"].setdefault(KINDS[kind][0], {"$ref": f"#/components/responses/{kind}"})
    if method == "post":
        operation["parameters"].append(_KEY)
    operation["x-scope"] = scope
    if operation["operationId"] in _MATCHING:
        operation["parameters"].append(_MATCH)


def _response(kind: str) -> dict[str, Any]:
    title = str(KINDS[kind][1])
    return {"description": title, "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


api = TartibAPI(
    title="Tartib", version="1", description=DESCRIPTION, docs_url=None, urls_namespace="api", parser=StrictParser()
)

api.add_router("/orders", orders.router)
api.add_router("/orders", money.router)
api.add_router("", moves.router)
api.add_router("", assignments.router)
api.add_router("/requests", support.router)
