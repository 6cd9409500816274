"""Starting processes on a test's database and killing them at random moments of their work."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from tests.conftest import SERVER

SCRIPT = (sys.executable, str(Path(__file__).with_name("starting.py")))
"""What runs a script of this folder, whose name and words come after it."""
READY = "ready"
"""What a script says when it is loaded and its work begins."""


def environment(**more: str) -> dict[str, str]:
    """The environment in which another process works on this test's database."""
    return os.environ | {
        "TARTIB_INTERNAL_SERVICES": "1",
        "DATABASE_URL": SERVER.url(connection.settings_dict["NAME"]),
        "DJANGO_SETTINGS_MODULE": "tartib.project.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
        **more,
    }


def kill_until_done(
    script: str, words: Callable[[int], list[str]], *, kills: int, seed: int, longest: float, **more: str
) -> int:
    """Run a script of this folder, killing it `kills` times, then let it come to its end; returns the kills.

    Each time it is killed at a random moment up to `longest` seconds after it said that it is ready, and started anew
    with the words for the number of kills so far.
    """
    chance = random.Random(seed)
    killed = 0
    while True:
        command = [*SCRIPT, script, *words(killed)]
        with subprocess.Popen(command, env=environment(**more), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == READY
            try:
                process.wait(timeout=chance.uniform(0.05, longest) if killed < kills else 120)
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
            else:
                assert process.returncode == 0
                return killed
