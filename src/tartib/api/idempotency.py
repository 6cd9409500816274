"""Doing a thing once, however often it is asked for: the `Idempotency-Key`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from tartib.api.keys import ApiRequest
from tartib.api.problems import Problem
from tartib.cases import sql
from tartib.cases.models import Act

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
ACTS = "api "
"""How the acts begin that keep an answer for a repeated request."""
_FORM = re.compile(r"[\x21-\x7e]{1,100}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, in a form that can be kept."""

    data: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self, *, replayed: bool = False) -> HttpResponse:
        """The answer as it goes out."""
        headers = dict(self.headers) | ({REPLAYED: "true"} if replayed else {})
        body = json.dumps(self.data, ensure_ascii=False)
        return HttpResponse(body, status=self.status, content_type="application/json", headers=headers)


def key(request: ApiRequest) -> str | None:
    """The key of this request, kept apart from those of other API keys and of people; None when none was sent."""
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not _FORM.fullmatch(given):
        raise Problem("malformed", _("An Idempotency-Key has 1 to 100 visible ASCII characters, such as a UUID."))
    return f"api:{request.auth.key.pk}:{given}"


def once(request: ApiRequest, work: Callable[[], Answer]) -> HttpResponse:
    """Do `work` in a transaction; with an `Idempotency-Key` only the first time, and answer the same from then on.

    A second request that comes while the first is running waits for it. What failed is not kept: it may be tried again.
    """
    claimed = key(request)
    with transaction.atomic():
        if claimed is None:
            return work().response()
        act_id, shop = uuid4(), request.auth.shop
        name = f"{ACTS}{request.method} {request.path_info}"[:60]
        fingerprint = _fingerprint(request)
        if not sql.claim_key(act_id, shop.pk, claimed, fingerprint, request.auth.actor, name, timezone.now()):
            return _kept(Act.objects.get(shop=shop, key=claimed), fingerprint)
        answer = work()
        # The engine's own part of the answer is empty: such an act moved nothing itself and cannot be undone.
        kept = {"moved": [], "refused": [], "tally": {}, "answer": asdict(answer)}
        Act.objects.filter(pk=act_id).update(answer=kept)
        return answer.response()


def reused() -> Problem:
    """The key came back with another request."""
    return Problem("key-reused", _("Use a new key for a new request; send the same request to repeat one."))


def _kept(act: Act, fingerprint: bytes) -> HttpResponse:
    if bytes(act.fingerprint or b"") != fingerprint:
        raise reused()
    return Answer(**act.answer["answer"]).response(replayed=True)


def _fingerprint(request: HttpRequest) -> bytes:
    """The request without what does not matter: the order of its members and the spaces between them."""
    body = json.dumps(json.loads(request.body), sort_keys=True) if request.body else ""
    return hashlib.sha256(f"{request.method}\0{request.path_info}\0{body}".encode()).digest()
