"""The supervisor: what dies is started again, however often; nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from click.testing import CliRunner

from tartib.cli import parent_watch, supervisor
from tartib.cli.main import tartib
from tartib.cli.supervisor import Part, supervise


class Fake(Part):
    """A part that runs a line of Python instead of a command of Tartib."""

    __slots__ = ()

    def start(self, *, held: bool = False) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", *self.words],
            stdin=subprocess.PIPE if held else None,
            start_new_session=True,
            env=os.environ | {parent_watch.HELD: "1" if held else ""},
        )


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


def _run(parts: list[Part], stop: threading.Event) -> tuple[threading.Thread, list[str]]:
    said: list[str] = []
    thread = threading.Thread(target=supervise, args=(parts, said.append, stop))
    thread.start()
    return thread, said


def _until(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.05)


def test_a_killed_part_is_started_again_and_all_stop_together(stop: threading.Event) -> None:
    part, other = Fake("one", ["import time; time.sleep(60)"]), Fake("two", ["import time; time.sleep(60)"])
    thread, said = _run([part, other], stop)
    _until(lambda: other.process is not None)
    assert part.process is not None
    first = part.process.pid
    part.process.kill()
    _until(lambda: part.process is not None and part.process.pid != first)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert said == ["one ended unexpectedly (signal 9); starting it again."]
    assert part.ended() == other.ended() == -signal.SIGTERM


HELD = "from tartib.cli import parent_watch; parent_watch.wait_if_held(); import time; time.sleep(60)"


def test_a_part_that_was_held_goes_on_with_the_others(stop: threading.Event) -> None:
    part = Fake("held", [HELD])
    part.start(held=True)
    assert part.process is not None
    held = part.process.stdin
    assert held is not None
    thread, _said = _run([part], stop)
    _until(lambda: held.closed)
    time.sleep(0.5)
    assert part.ended() is None
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_a_part_that_is_held_ends_when_it_is_never_let_go() -> None:
    part = Fake("held", [HELD])
    part.start(held=True)
    assert part.process is not None
    assert part.process.stdin is not None
    part.process.stdin.close()
    assert part.process.wait(10) == 0


def test_a_part_that_keeps_dying_is_started_ever_less_often_and_never_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    starts: list[float] = []
    part = Fake("bad", ["raise SystemExit(3)"])
    monkeypatch.setattr(Fake, "start", lambda self, **_how: starts.append(self.started))
    monkeypatch.setattr(Fake, "ended", lambda self: 3)
    monkeypatch.setattr(Fake, "signal", lambda self, number: None)
    for now in (1_000.0 + second / 2 for second in range(400)):
        supervisor._look_after(part, said.append, now)
    waits = [later - earlier for earlier, later in pairwise(starts)]
    assert waits[:6] == [1.5, 2.5, 4.5, 8.5, 16.5, 30.5], "half a second is its whole life"
    assert set(waits[6:]) == {30.5}
    assert said[:2] == [
        "bad ended unexpectedly (exit code 3); starting it again.",
        "bad ended unexpectedly (exit code 3); starting it again in 1 s.",
    ]


def test_the_others_go_on_while_a_part_keeps_dying(stop: threading.Event) -> None:
    part, other = Fake("bad", ["raise SystemExit(3)"]), Fake("good", ["import time; time.sleep(60)"])
    thread, said = _run([other, part], stop)
    _until(lambda: len(said) >= 2)
    assert other.ended() is None
    stop.set()
    thread.join(10)
    assert other.ended() == -signal.SIGTERM


def test_a_part_that_will_not_stop_is_killed(stop: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE", 0.5)
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    part = Fake("deaf", [code])
    thread, said = _run([part], stop)
    _until(lambda: part.process is not None)
    time.sleep(0.5)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert part.ended() == -signal.SIGKILL
    assert said == ["deaf did not stop in time and was killed."]


_CHILD = """
import os, sys, time
sys.path.insert(0, "src")
from tartib.cli import parent_watch
{call}
print(os.getpid(), flush=True)
time.sleep(60)
"""
_PARENT = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {child!r}], env=os.environ | {{"_TARTIB_PARENT": str(os.getpid())}})
time.sleep(60)
"""


@pytest.fixture
def family(request: pytest.FixtureRequest) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process and the one it started, by the way of tying them that the test names."""
    script = _PARENT.format(child=_CHILD.format(call=f"parent_watch.{request.param}()"))
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    yield parent, int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()


@pytest.mark.parametrize("family", ["to_supervisor", "to_parent"], indirect=True)
def test_a_tied_process_ends_when_its_parent_is_killed(family: tuple[subprocess.Popen[str], int]) -> None:
    parent, child = family
    parent.kill()
    parent.wait()

    def gone() -> bool:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return True
        # Nobody may be there to read the exit code of a process whose parent is gone.
        with open(f"/proc/{child}/stat") as stat:
            return stat.read().rsplit(") ", 1)[1].startswith("Z")

    _until(gone, 5)


def test_a_port_in_use_is_named(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from tartib.cli import up

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Exception, match=rf"127\.0\.0\.1:{port} cannot be listened at .* set --port"):
            up._require_free("127.0.0.1", port, "--port")


def test_every_command_explains_itself() -> None:
    runner = CliRunner()
    listed = runner.invoke(tartib, ["--help"])
    assert listed.exit_code == 0
    for name in (
        "up",
        "web",
        "live",
        "worker",
        "catch",
        "migrate",
        "verify",
        "draw",
        "createshop",
        "messages",
        "import",
    ):
        assert f"  {name} " in listed.output
        answer = runner.invoke(tartib, [name, "--help"])
        assert answer.exit_code == 0, answer.output
        assert "Usage:" in answer.output
    unknown = runner.invoke(tartib, ["nonsense"])
    assert unknown.exit_code == 2
