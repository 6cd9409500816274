"""The API's documentation as a page: made from its description, without scripts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from tartib.api.keys import SCOPES
from tartib.api.problems import KINDS

# What each problem means and what to do, in the language of the documentation.
ADVICE = {
    "malformed": "The body is not JSON, or a header has a form that cannot be read.",
    "no-key": "No key was sent, or it is unknown or revoked. Keys are made in the shop's settings and shown once.",
    "scope": "The key is valid, but lacks the scope named in `needs`.",
    "not-found": "Nothing of this shop has that address. What belongs to another shop is not found either.",
    "method": "The `Allow` header names the methods of this address.",
    "slow": "The body came too slowly; nothing of it was kept. Send it again.",
    "refused": "The workflow, the stock or the time says no. `code` names the reason, `detail` says it in a sentence"
    " that can be shown to people. Nothing was changed.",
    "length": "Bodies come with a `Content-Length`; Tartib's own server takes them in chunks, too.",
    "changed": "The order has another version than `If-Match` said. `changed` tells by whom, and where it stands.",
    "too-large": "A body has at most 1 MiB.",
    "media-type": "Bodies are `application/json`.",
    "invalid": "`errors` lists every value that is not valid, each with its place as a JSON pointer.",
    "key-reused": "The `Idempotency-Key` was used before with another request.",
    "too-many": "The key was used too often. `Retry-After` says in how many seconds to go on.",
    "failed": "A fault of Tartib's. Nothing was changed; repeating with the same `Idempotency-Key` is safe.",
    "away": "Tartib is starting again. `Retry-After` says in how many seconds to repeat; with the same"
    " `Idempotency-Key` that is safe.",
}

_FORMATS = {
    "date": "date, as 2025-11-12",
    "date-time": "time with its zone, as 2025-11-12T14:20:00+02:00",
    "uuid": "UUID",
}
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a body or a parameter, as one line of a table."""

    name: str
    kind: str
    required: bool
    description: SafeString


@dataclass(frozen=True, slots=True)
class Act:
    """One operation."""

    name: str
    method: str
    path: str
    summary: str
    description: SafeString
    scope: str
    parameters: list[Field]
    body: list[Field]
    example: str
    answers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """Operations that belong together."""

    name: str
    acts: list[Act] = field(default_factory=list)


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """The reference. It is in English, as its names are, whatever language the reader has chosen."""
    with translation.override("en"):
        problems = [(kind, status, str(title), coded(ADVICE[kind])) for kind, (status, title) in KINDS.items()]
        context = {"chapters": chapters(), "scopes": SCOPES.items(), "problems": problems}
        return render(request, "api/docs.html", context)


@cache
def chapters() -> list[Chapter]:
    """The operations by chapter, in the order in which they are declared."""
    from tartib.api.schema import api  # the address of the documentation is known before the API is complete

    document = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    found: dict[str, Chapter] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            chapter = found.setdefault(operation["tags"][0], Chapter(operation["tags"][0]))
            chapter.acts.append(_act(document, path, method, operation))
    return list(found.values())


def coded(text: str) -> SafeString:
    """A text of ours with what stands between backticks shown as code."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(text)))  # noqa: S308 - escaped before


def _act(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Act:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    schema = _resolved(document, body)
    return Act(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=coded(operation.get("description", "")),
        scope=operation.get("x-scope", ""),
        parameters=[
            Field(one["name"], _kind(document, one["schema"]), one["required"], coded(one.get("description", "")))
            for one in operation["parameters"]
        ],
        body=_fields(document, schema),
        example=json.dumps(_example(document, schema), ensure_ascii=False, indent=2) if schema else "",
        answers=[
            (status, answer["$ref"].rsplit("/", 1)[1] if "$ref" in answer else answer["description"])
            for status, answer in sorted(operation["responses"].items())
        ],
    )


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema a reference stands for; of a value that may be null, the one it otherwise has."""
    if "$ref" in schema:
        return _resolved(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in schema:
        return _resolved(document, {**schema["anyOf"][0], **{k: v for k, v in schema.items() if k == "description"}})
    return schema


def _fields(document: dict[str, Any], schema: dict[str, Any], prefix: str = "") -> list[Field]:
    fields = []
    required = schema.get("required", [])
    for name, given in schema.get("properties", {}).items():
        inner = _resolved(document, given)
        description = given.get("description") or inner.get("description", "")
        fields.append(Field(prefix + name, _kind(document, given), name in required, coded(description)))
        if inner.get("type") == "array":
            fields += _fields(document, _resolved(document, inner["items"]), f"{prefix}{name}[].")
        elif inner.get("properties"):
            fields += _fields(document, inner, f"{prefix}{name}.")
    return fields


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    inner = _resolved(document, schema)
    if "enum" in inner:
        return " · ".join(map(str, inner["enum"]))
    if inner.get("type") == "array":
        return f"list of {_kind(document, inner['items'])}"
    if inner.get("format") in _FORMATS:
        return _FORMATS[inner["format"]]
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
    kind = words.get(str(inner.get("type")), str(inner.get("type", "value")))
    if str(inner.get("pattern", "")).startswith("^[0-9]{1,10}("):
        kind = "amount as text"
    if most := inner.get("maxLength"):
        kind += f", at most {most}"
    return kind


def _example(document: dict[str, Any], schema: dict[str, Any]) -> object:
    """A short body: what is required, and what has an example."""
    inner = _resolved(document, schema)
    if examples := inner.get("examples"):
        return examples[0]
    if inner.get("type") == "array":
        return [_example(document, inner["items"])]
    if "properties" in inner:
        wanted = set(inner.get("required", []))
        return {
            name: _example(document, given)
            for name, given in inner["properties"].items()
            if name in wanted or "examples" in _resolved(document, given)
        }
    return {"integer": 1, "boolean": True}.get(str(inner.get("type")), "…")
