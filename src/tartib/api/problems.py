"""Errors as RFC 9457 problem details: one shape for everything that can go wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import AuthenticationError, HttpError, ValidationError

from tartib.web.bare import AGAIN

CONTENT_TYPE = "application/problem+json"
DOCS = "/api/v1/docs"

# What can go wrong: the status of its answer and its title. The page of the API explains each under this name.
KINDS: dict[str, tuple[int, Any]] = {
    "malformed": (400, gettext_lazy("The request cannot be read")),
    "no-key": (401, gettext_lazy("A valid API key is needed")),
    "scope": (403, gettext_lazy("The API key may not do this")),
    "not-found": (404, gettext_lazy("There is no such thing in this shop")),
    "method": (405, gettext_lazy("This address does not know that method")),
    "slow": (408, gettext_lazy("The request came too slowly")),
    "refused": (409, gettext_lazy("The act is refused")),
    "length": (411, gettext_lazy("The length of the body is needed")),
    "changed": (412, gettext_lazy("It has changed meanwhile")),
    "too-large": (413, gettext_lazy("The body is too large")),
    "media-type": (415, gettext_lazy("The body must be JSON")),
    "invalid": (422, gettext_lazy("Something in the request is not valid")),
    "key-reused": (422, gettext_lazy("The Idempotency-Key belongs to another request")),
    "too-many": (429, gettext_lazy("Too many requests")),
    "failed": (500, gettext_lazy("Something went wrong on our side")),
    "away": (503, gettext_lazy("A part of our service is starting again")),
}


class Problem(Exception):
    """A request that cannot be answered as asked. `kind` is one of `KINDS`; `code` says more where there is more."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        code: str = "",
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(kind, detail)
        self.kind, self.detail, self.code = kind, detail, code or kind
        self.headers, self.members = headers or {}, members

    def response(self) -> HttpResponse:
        """The answer."""
        status, title = KINDS[self.kind]
        body = {"type": f"{DOCS}#{self.kind}", "title": str(title), "status": status, "code": self.code,
                "detail": self.detail, **self.members}  # fmt: skip
        return HttpResponse(
            json.dumps(body, ensure_ascii=False), status=status, content_type=CONTENT_TYPE, headers=dict(self.headers)
        )


def invalid(pointer: str, detail: str) -> Problem:
    """One value of the body is not valid: where (a JSON pointer) and why."""
    return _invalid([{"pointer": pointer, "detail": detail}])


def not_found() -> Problem:
    """The thing asked for does not exist, or belongs to another shop, which is the same to who asks."""
    return Problem("not-found", _("Check the address; what belongs to another shop cannot be found here."))


def no_key() -> Problem:
    """No key, an unknown one or one that was revoked: all alike."""
    return Problem(
        "no-key",
        _("Send a key of the shop as “Authorization: Bearer tt_…”. Keys are made in the shop's settings."),
        headers={"WWW-Authenticate": 'Bearer realm="Tartib"'},
    )


def failed() -> Problem:
    """A fault of ours; the details are in the log and nowhere else."""
    return Problem("failed", _("Nothing was changed. Try again; with the same Idempotency-Key nothing happens twice."))


def unavailable() -> Problem:
    """The database is away, and will be back."""
    detail = _("Try again in a few seconds; with the same Idempotency-Key nothing happens twice.")
    return Problem("away", detail, headers={"Retry-After": str(AGAIN)})


def known(error: object) -> Problem | None:
    """The problem behind an error that has to be expected; None for a fault of ours."""
    match error:
        case Problem():
            return error
        case AuthenticationError():
            return no_key()
        case HttpError():
            return Problem("malformed", _("The body is not well-formed JSON in UTF-8."))
        case ValidationError(errors=errors):
            return _invalid([{"pointer": _pointer(one["loc"]), "detail": str(one["msg"])} for one in errors[:50]])
    return None


def _invalid(errors: list[dict[str, str]]) -> Problem:
    return Problem("invalid", _("Nothing was changed. Each error names its place."), errors=errors)


def _pointer(place: tuple[str | int, ...]) -> str:
    """A JSON pointer into the body, or the name of a parameter: ninja's places begin with where the value stood."""
    source, *parts = place
    if source == "body":
        return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts[1:])
    return "/".join(str(part) for part in parts)
