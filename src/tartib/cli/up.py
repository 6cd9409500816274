"""`tartib up`: all of Tartib on one machine with one command."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from urllib.parse import urlsplit

import click

from tartib.cli.ready import database, migrate, renew
from tartib.cli.supervisor import Part, answers, supervise


@click.command("up")
@click.option("--practice", is_flag=True, help="Load the practice shops the first time, and catch their messages.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65_534), default=8000, show_default=True,
              help="For the pages; the next one serves live events.")  # fmt: skip
def command(practice: bool, host: str, port: int) -> None:
    """Start the database, the pages, the live events and the worker; Ctrl-C stops them all.

    The database is brought up to date first. A part that dies is started again, the database too.
    """
    os.environ.setdefault("TARTIB_URL", f"http://localhost:{port}")
    os.environ.setdefault("TARTIB_LIVE_URL", _beside(os.environ["TARTIB_URL"], port))
    os.environ.setdefault("TARTIB_PRACTICE_SMTP", f"127.0.0.1:{_mail_port(port)}")
    if practice:
        os.environ.setdefault("TARTIB_INBOUND", f"127.0.0.1:{_mail_port(port) + 1}")
        os.environ.setdefault("TARTIB_INBOUND_DOMAIN", "reply.localhost")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    parts = _parts(host, port, practice)
    # The pages take as long to be read as the database to be brought up: both are done at once.
    parts[0].start(held=True)
    with database():
        from django.conf import settings

        from tartib.project.roles import disconnect, refuse_powers
        from tartib.project.static import collect

        _require_free(host, port, "--port")
        _require_free(host, port + 1, "--port")
        if practice:
            _require_free(*settings.TARTIB_PRACTICE_SMTP, "TARTIB_PRACTICE_SMTP")
        if settings.TARTIB_INBOUND is not None:
            _require_free(*settings.TARTIB_INBOUND, "TARTIB_INBOUND")
        migrate(_say)
        refuse_powers()
        renew(_say)
        collect()
        lines = _load() if practice else []
        disconnect()
        if stop.is_set():
            return
        threading.Thread(target=_greet, args=((host, port), settings.TARTIB_URL, lines, stop), daemon=True).start()
        supervise(parts, _say, stop)
    _say("stopped.")


def _parts(host: str, port: int, practice: bool) -> list[Part]:
    # The pages come first: processes that start together share the processors.
    parts = [
        Part("web", ["web", "--host", host, "--port", str(port)]),
        Part("live", ["live", "--host", host, "--port", str(port + 1)], after=(host, port)),
    ]
    if practice:
        parts.append(Part("catch", ["catch"]))
    if os.environ.get("TARTIB_INBOUND"):
        parts.append(Part("mailbox", ["mailbox"]))
    return [*parts, Part("worker", ["worker"])]


def _load() -> list[str]:
    """Load the practice shops unless they are there; returns the lines that say who can sign in."""
    from django.utils import timezone

    from tartib.sandbox.load import load_all
    from tartib.sandbox.people import PASSWORD, accounts

    began = time.monotonic()
    if load_all(timezone.now(), _say):
        _say(f"the practice shops are loaded ({time.monotonic() - began:.0f} s).")
    width = max(len(email) for _shop, email in accounts())
    rows = [f"  {email:<{width}}  {shop}" for shop, email in accounts()]
    return ["", f"Sign in with the password {PASSWORD} as", *rows, "", "Caught messages: /practice/"]


def _greet(address: tuple[str, int], url: str, lines: list[str], stop: threading.Event) -> None:
    """Say where Tartib is as soon as it answers there."""
    if answers(address, stop):
        click.echo("\n".join(["", f"Tartib is at {url}", *lines, "", "Ctrl-C stops it.", ""]))


def _require_free(host: str, port: int, name: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise click.UsageError(
                f"{host}:{port} cannot be listened at ({problem.strerror}). Stop what uses it, or set {name}."
            ) from None


def _beside(url: str, port: int) -> str:
    """The address of the live events: the same host, the next port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{port + 1}"


def _mail_port(port: int) -> int:
    return port + 25 if port + 25 <= 65_535 else port - 25


def _say(text: str) -> None:
    click.echo(f"tartib: {text}")
