"""The embedded database is started again whatever killed it, and why it cannot be is said."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from tartib.cli.keeper import Keeper, keeping
from tartib.project.database import DatabaseTrouble, Role, Server
from tests.cli.test_up import _until

QUICK = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "10"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, QUICK)
    with server.used():
        yield server
    shutil.rmtree(server.data)


def postmaster(server: Server) -> int:
    try:
        return int((server.data / "postmaster.pid").read_text().split()[0])
    except (OSError, IndexError):
        return 0


def answers(server: Server) -> bool:
    try:
        with psycopg.connect(server.url("postgres", Role.SUPERUSER), connect_timeout=3) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def test_a_killed_server_is_started_again_though_its_helpers_still_work(server: Server, tmp_path: Path) -> None:
    """X3: also while a question of a client is being answered, and with what the killed one left behind."""
    state = tmp_path / "state"
    with keeping(server, state), psycopg.connect(server.url("postgres", Role.SUPERUSER), autocommit=True) as client:
        busy = threading.Thread(target=_count, args=(client,))
        busy.start()
        first = postmaster(server)
        os.kill(first, signal.SIGKILL)
        _until(lambda: postmaster(server) not in (0, first) and answers(server))
        busy.join(10)
        _until(lambda: json.loads(state.read_text())["restarts"] == 1)
        assert json.loads(state.read_text())["running"]


def _count(client: psycopg.Connection[Any]) -> None:
    try:
        client.execute("SELECT count(*) FROM generate_series(1, 1000000000)")
    except psycopg.OperationalError:
        return


def test_a_number_that_is_another_process_now_is_not_taken_for_the_server(tmp_path: Path) -> None:
    """As after the restart of a container, where numbers begin anew."""
    server = Server(tmp_path, QUICK)
    with server.used():
        text = (server.data / "postmaster.pid").read_text()
    (server.data / "postmaster.pid").write_text(text.replace(text.split()[0], str(os.getpid()), 1))
    assert not server.running()
    with server.used():
        assert answers(server)
    shutil.rmtree(server.data)


def test_a_server_that_cannot_start_is_tried_for_ever_ever_less_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk: it is said once at length, and it starts by itself when there is room."""
    monkeypatch.setattr("shutil.disk_usage", lambda _place: SimpleNamespace(free=1024))
    waits: list[float] = []
    left = iter([*[DatabaseTrouble("PANIC: could not write")] * 8, None])

    class Full:
        data = tmp_path

        def running(self) -> bool:
            return False

        def start(self) -> None:
            if (problem := next(left)) is not None:
                raise problem

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            return len(waits) == 10

    state = tmp_path / "state"
    Keeper(Full(), state, Stop()).keep()  # type: ignore[arg-type]
    assert waits == [0.25, 1, 2, 4, 8, 16, 30, 30, 30, 0.25]
    said = [record.getMessage() for record in caplog.records]
    assert [one for one in said if "its disk is full" in one] == [said[1]]
    assert said[-1] == "the database runs again"
    assert json.loads(state.read_text()) | {"since": ""} == {
        "running": True, "since": "", "restarts": 1, "trouble": "",
    }  # fmt: skip
