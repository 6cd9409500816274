"""What process logs hold of links and people."""

from __future__ import annotations

import logging
import sys

import pytest

from tartib.web.logs import WithoutKeys


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Unprocessable Entity: /invitation/mWvJ3C4nM0m7mJ4WcFQ0fD6xHh2b/", "Unprocessable Entity: /invitation/…/"),
        ("Not Found: /new-password/MQ/d2k3vw-4f0bd41a5d7d0cbb2f2ac1c61ed0a1a0/", "Not Found: /new-password/MQ/…/"),
        ("Not Found: /desk/a-shop-with-quite-a-long-name/orders/", None),
        ("Job desk.send_password_link[3](email='mila.k@shop.example') ended", "(email='…@shop.example') ended"),
        ("%s answers %s", None),
    ],
)
def test_a_line_holds_no_key_and_no_address(said: str, kept: str | None) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s", (said,), None)
    written = WithoutKeys("%(message)s").format(record)
    assert written.endswith(kept or said)
    assert "mila" not in written


def test_a_traceback_holds_none_either() -> None:
    try:
        raise ValueError("mila.k@shop.example at /t/mWvJ3C4nM0m7mJ4WcFQ0fD6xHh2b/")
    except ValueError:
        record = logging.LogRecord("django.request", logging.ERROR, "", 0, "broken", None, sys.exc_info())
    written = WithoutKeys("%(message)s").format(record)
    assert "Traceback" in written
    assert "ValueError: …@shop.example at /t/…/" in written


def test_the_product_logs_by_it(settings: object) -> None:
    from tartib.project.settings import LOGGING

    assert LOGGING["formatters"]["line"]["()"] == "tartib.web.logs.WithoutKeys"  # type: ignore[index]
