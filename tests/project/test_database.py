"""The embedded server: set up by itself, shared by its users, gone with the last of them, closed to everybody else."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tartib.project import database
from tartib.project.database import DatabaseTrouble, Role, Server

QUICK = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "10"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests' own, running."""
    server = Server(tmp_path_factory.mktemp("database"), QUICK)
    with server.used():
        yield server
    # Root's servers keep their data outside of the folder that pytest tidies up.
    shutil.rmtree(server.data)


def test_letters_of_every_script_count_as_letters(server: Server) -> None:
    server.create("letters")
    with psycopg.connect(server.url("letters")) as connection:
        for word in ("سفارش", "طلب", "замовлення", "訂單編號"):
            assert connection.execute("SELECT %s ~ '^[[:alpha:]]+$'", [word]).fetchone() == (True,)


def test_a_database_is_made_once(server: Server) -> None:
    server.create("once")
    server.create("once")
    with psycopg.connect(server.url("once")) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("once",)


def test_only_its_user_reaches_the_server(server: Server) -> None:
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
    with psycopg.connect(server.url("postgres", Role.SUPERUSER)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_each_signs_in_with_a_password_of_their_own_that_nobody_else_reads(server: Server) -> None:
    server.create("locked")
    for role in Role:
        kept = server.passwords / role
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url("locked", role).replace(kept.read_text(), "guessed"))


def test_a_server_that_trusted_whoever_came_asks_for_passwords_from_now_on(tmp_path: Path) -> None:
    server = Server(tmp_path, QUICK)
    with server.used():
        rules = server.data / "pg_hba.conf"
        rules.write_text(rules.read_text().replace("scram-sha-256", "trust"))
        server.stop()
        shutil.rmtree(server.passwords)
        server.start()
        server.create("old")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(f"postgresql://{Role.SUPERUSER}:any@/old?host={server.socket}")
        psycopg.connect(server.url("old")).close()
    shutil.rmtree(server.data)


def test_the_application_owns_nothing_and_passes_by_nothing(server: Server) -> None:
    server.create("owned")
    with psycopg.connect(server.url("owned", Role.OWNER)) as owner:
        owner.execute("CREATE TABLE kept (id int)")
    with psycopg.connect(server.url("owned")) as application:
        told = application.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = session_user"
        )
        assert told.fetchone() == (False, False, False)
        for act in ("CREATE TABLE own (id int)", "ALTER TABLE kept DISABLE TRIGGER ALL", "DROP TABLE kept"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), application.transaction():
                application.execute(act)


def test_folders_have_servers_of_their_own(server: Server, tmp_path: Path) -> None:
    other = Server(tmp_path)
    assert other.data != server.data
    assert other.socket != server.socket


def test_a_long_path_still_gets_a_socket_and_not_in_a_folder_of_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tartib.project.database._is_root", lambda: False)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    server = Server(tmp_path / ("deep/" * 30))
    assert server.socket.parent == tmp_path
    server.socket.symlink_to(tmp_path)
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").touch()
    with pytest.raises(DatabaseTrouble, match="belongs to somebody else"):
        server.start()


def test_checkouts_with_the_same_programs_share_one_copy_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = database._PACKAGE
    monkeypatch.setattr(database, "_is_root", lambda: True)
    monkeypatch.setattr(database, "_ensure_system_user", lambda: None)
    monkeypatch.setattr(database, "SYSTEM_FOLDER", tmp_path / "system")
    first = database._binaries()
    other = tmp_path / "checkout" / package.name
    other.mkdir(parents=True)
    monkeypatch.setattr(database, "_PACKAGE", other)
    assert database._binaries() == first
    assert len(list((tmp_path / "system").glob("programs-*"))) == 1
    assert (first / "bin" / "postgres").read_bytes() == (package / "pginstall" / "bin" / "postgres").read_bytes()


def test_a_copy_that_was_cut_short_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_is_root", lambda: True)
    monkeypatch.setattr(database, "_ensure_system_user", lambda: None)
    monkeypatch.setattr(database, "SYSTEM_FOLDER", tmp_path)
    draft = tmp_path / f"programs-{database._build()}.draft"
    (draft / "half").mkdir(parents=True)
    assert (database._binaries() / "bin" / "postgres").exists()
    assert [path.suffix for path in tmp_path.glob("programs-*")] == [""]


def test_the_last_user_stops_the_server_also_after_a_killed_one(tmp_path: Path) -> None:
    server = Server(tmp_path, QUICK)
    killed = _user(tmp_path)
    with server.used():
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        late = _user(tmp_path)
    assert server.running(), "one still uses it"
    assert late.stdin is not None
    late.stdin.close()
    assert late.wait(30) == 0
    assert not server.running()
    shutil.rmtree(server.data)


def _user(folder: Path) -> subprocess.Popen[bytes]:
    """Another process that uses the server until its input is closed; returns when it does."""
    program = f"""
        import sys
        from pathlib import Path
        from tartib.project.database import Server
        with Server(Path({str(folder)!r}), {QUICK!r}).used():
            print("using", flush=True)
            sys.stdin.read()
    """
    user = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert user.stdout is not None
    assert user.stdout.readline() == b"using\n"
    return user
