"""The server that speaks SQS and ECS, in the environment of its own that set-up makes.

It is one process for a test run. Who needs it empty takes names of one's own.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from tests.servers.valkey import die_with_parent, free_ports

if TYPE_CHECKING:
    from collections.abc import Generator

PROGRAM = Path(__file__).resolve().parents[2] / ".tools" / "emulator" / "bin" / "ministack"
REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing"}
_START_SECONDS = 20.0


class EmulatorServer:
    """One server process. `kill` and `start` again is an empty restart at the same address."""

    def __init__(self, folder: Path, **told: str) -> None:
        self.host = "127.0.0.1"
        self._told = told
        (self.port,) = free_ports(1)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address that plays AWS."""
        return f"http://{self.host}:{self.port}"

    def start(self) -> None:
        """Start it empty, and wait until it answers."""
        environment = {
            "PATH": os.defpath,
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder),
            "BIND_HOST": self.host,
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            **self._told,
        }
        with (self._folder / "emulator.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(PROGRAM)],
                cwd=self._folder,
                env=environment,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call, which takes no lock
            )
        self._wait_until_ready()

    def kill(self) -> None:
        """End it at once; what it held is gone."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def freeze(self) -> None:
        """Stop it from running, with its sockets open."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen one run on."""
        os.kill(self._pid, signal.SIGCONT)

    @property
    def _pid(self) -> int:
        if self._process is None:
            msg = "the server is not running"
            raise RuntimeError(msg)
        return self._process.pid

    def _wait_until_ready(self) -> None:
        patience_ends = monotonic() + _START_SECONDS
        while monotonic() < patience_ends and self._process and self._process.poll() is None:
            with suppress(OSError):
                socket.create_connection((self.host, self.port), timeout=5.0).close()
                return
            sleep(0.01)
        log = (self._folder / "emulator.log").read_text(errors="replace")[-2000:]
        msg = f"The emulator did not start: {log}"
        raise RuntimeError(msg)


@contextmanager
def running_emulator(**told: str) -> Generator[EmulatorServer]:
    """Run a server of one's own, for tests that kill or freeze it, or tell it more."""
    folder = Path(tempfile.mkdtemp(prefix="fourpass-emulator-"))
    server = EmulatorServer(folder, **told)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def shared_emulator() -> EmulatorServer:
    """Return the server of this test run, started by the first who asks."""
    opened = running_emulator()
    server = opened.__enter__()
    atexit.register(opened.__exit__, None, None, None)
    return server
