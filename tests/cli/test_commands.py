"""The command: each word explains itself, and trouble ends in a sentence and an exit code instead of a traceback."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tartib.cli.main import COMMANDS, tartib
from tartib.project.database import Server


@pytest.mark.parametrize("word", COMMANDS)
def test_each_command_explains_itself(word: str) -> None:
    done = CliRunner().invoke(tartib, [word, "--help"])
    assert done.exit_code == 0
    assert len(done.output.splitlines()) > 3


def test_an_unknown_word_is_bad_usage() -> None:
    done = CliRunner().invoke(tartib, ["upp"])
    assert done.exit_code == 2
    assert "No such command 'upp'" in done.output


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "the database is older than this version of Tartib; run `tartib migrate`"),
        ({"DATABASE_URL": "mysql://localhost/shop"}, "DATABASE_URL must be like postgresql://"),
        ({"TARTIB_DEBUG": "maybe"}, "it must be 0 or 1"),
    ],
)
def test_trouble_is_told_in_a_sentence(tmp_path: Path, environment: dict[str, str], sentence: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TARTIB_", "D"))}
    done = subprocess.run(
        [sys.executable, "-m", "tartib.cli", "verify"],
        env=clean | {"TARTIB_DATA": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    # Root's server keeps its data outside of the folder that pytest tidies up.
    shutil.rmtree(Server(tmp_path).data, ignore_errors=True)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
