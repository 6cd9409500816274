"""Whatever is sent, the API answers as its description says: requests made up by schemathesis, a bounded number."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tartib.api import keys
from tartib.project.wsgi import application
from tests.api.client import Program
from tests.factories import make_orders, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

description = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
description.config.generation.update(modes=[schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])


@dataclass(frozen=True)
class Target:
    """A key and the orders it may reach."""

    token: str
    codes: tuple[str, ...]


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    monkeypatch.setattr(keys, "_within_limit", lambda _key: True)
    # As Django's own test client does: the connection with the test's transaction stays open between requests.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    shop = make_shop()
    token = Program(shop).token
    assert token is not None
    yield Target(token, tuple(case.code for case in make_orders(shop, 3)))
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@description.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_any_request_is_answered_as_described(case: schemathesis.Case[Any], target: Target) -> None:
    code = str(case.path_parameters.get("code", ""))
    if code and len(code) % 4:
        case.path_parameters["code"] = target.codes[len(code) % 4 - 1]
    case.call_and_validate(headers={"Authorization": f"Bearer {target.token}"}, checks=CHECKS)
