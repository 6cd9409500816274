"""The database dies, its disk fills up, or it is away for minutes, while customers and programs ask all the time.

An interruption and no more: whoever asks meanwhile is told in their language when to try again, what was acknowledged
is there, nothing is there twice, and all of it comes back by itself.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tartib.project.database import Role, Server
from tests.faults.running import Asked, Running, asking, postmaster, running, until

LISTENING, BACK = 5.0, 10.0
"""Within how many seconds of its death the database listens again, and within how many of that all is answered."""
KILLS = 3
AWAY, FULL = 120.0, 30.0
HANDS = 3
FEW = {"fsync": "off", "shared_buffers": "32MB", "max_connections": "60"}


def taken_again(heard: Asked, seconds: float) -> None:
    """Wait until orders are taken again."""
    known = len(heard.taken)
    until(lambda: len(heard.taken) > known + 5, seconds)


def is_over(heard: Asked, back: float) -> None:
    """See that from some seconds after the database was back nobody was refused any more."""
    time.sleep(max(0.0, back + BACK - time.monotonic()) + 3)
    late = [moment - back for moment in heard.refused if moment > back + BACK]
    assert not late, f"still refused {max(late):.1f} s after it was back"


def proved(at: Running, heard: Asked, *, hands: int = HANDS) -> None:
    """All that was acknowledged is there once, and what was answered otherwise said when to try again."""
    assert not heard.wrong, heard.wrong[:5]
    assert heard.refused, "nobody noticed"
    count, different = at.count()
    # The last of each hand may have been made without its answer being waited for.
    assert len(set(heard.taken)) <= different <= len(set(heard.taken)) + hands
    assert count == different


def test_a_killed_postmaster_is_an_interruption_of_seconds(tmp_path: Path) -> None:
    """X3, X4: under load, again and again: nothing acknowledged is lost, nothing done twice."""
    with running(tmp_path / "data") as at:
        with asking(at, hands=HANDS) as heard:
            for _kill in range(KILLS):
                taken_again(heard, 60)
                first = postmaster(at.server)
                os.kill(first, signal.SIGKILL)
                until(lambda first=first: postmaster(at.server) not in (0, first) and at.server.running(), LISTENING)  # type: ignore[misc]
                back = time.monotonic()
                taken_again(heard, BACK)
                is_over(heard, back)
        proved(at, heard)


def test_a_database_that_is_away_for_two_minutes_comes_back_to_everybody(tmp_path: Path) -> None:
    """X3: a server elsewhere is stopped and started again; no process of ours gives up, nor has to be started anew."""
    server = Server(tmp_path / "elsewhere", FEW)
    with server.used():
        server.create("tartib")
        with running(
            tmp_path / "data", DATABASE_URL=server.url("tartib"), DATABASE_OWNER_URL=server.url("tartib", Role.OWNER)
        ) as at:
            at.server = server
            with asking(at, hands=HANDS) as heard:
                taken_again(heard, 60)
                server.stop()
                time.sleep(AWAY)
                assert len(heard.refused) > AWAY, "whoever asks is answered, and not kept waiting"
                server.start()
                back = time.monotonic()
                taken_again(heard, BACK)
                is_over(heard, back)
            proved(at, heard)
            said = (at.folder / "said").read_text(errors="replace")
            assert "ended unexpectedly" not in said, said[-2_000:]
    shutil.rmtree(server.data)


def test_a_full_disk_is_survived_and_said(tmp_path: Path) -> None:
    """X3: a disk of 400 MB filled to the last byte; when there is room again all goes on by itself."""
    folder = tmp_path / "data"
    data = Server(folder).data
    data.parent.mkdir(parents=True, exist_ok=True)
    data.mkdir(exist_ok=True)
    with running(folder, within=_on_a_small_disk(data)) as at:
        with asking(at, hands=HANDS) as heard:
            taken_again(heard, 60)
            filling = Path(f"{at.root}{data}") / "filling"
            _fill(filling)
            until(lambda: bool(heard.refused) and "disk is full" in str(_state(folder)["trouble"]), 120)
            time.sleep(FULL)
            assert at.process.poll() is None
            filling.unlink()
            # It is tried again ever less often, every half minute at last.
            taken_again(heard, 60)
            until(lambda: not _state(folder)["trouble"] and _state(folder)["running"] is True, 60)
        proved(at, heard)
    assert "its disk is full; make room" in (folder / "said").read_text(errors="replace")


def _on_a_small_disk(data: Path) -> list[str]:
    """A command that runs another with a small disk where the database's files are; it is gone with that one."""
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-current-user", "--mount"]
    script = 'mount -t tmpfs -o size=400m,mode=0700 tmpfs "$0" && exec "$@"'
    tried = subprocess.run([*alone, "sh", "-c", script, str(data), "true"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, f"No small disk can be made here: {tried.stderr}"
    return [*alone, "sh", "-c", script, str(data)]


def _fill(file: Path) -> None:
    """Write until there is no room."""
    with file.open("wb", buffering=0) as out:
        try:
            while out.write(b"\0" * 65_536):
                pass
        except OSError:
            return


def _state(folder: Path) -> dict[str, object]:
    """What the keeper says of the database."""
    said: dict[str, object] = json.loads((folder / "postgres.state").read_text())
    return said
