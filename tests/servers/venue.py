"""The paper venue's process, started for tests that ask it, kill it, or make it hostile."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import anyio
import msgspec
from anyio.streams.buffered import BufferedByteReceiveStream

from infra.local.doubles.paper_venue import SetHostility

if TYPE_CHECKING:
    from collections.abc import Generator

    from infra.local.doubles.hostility import Hostility

_STOP_SECONDS = 10.0


class VenueProcess:
    """One process of the venue on one database."""

    def __init__(self, dsn: str, *words: str) -> None:
        self._words = ("--database-url", dsn, *words)
        self._process: subprocess.Popen[bytes] | None = None
        self.address = ""

    def start(self, *, listen: str = "127.0.0.1:0") -> None:
        """Start and wait until it listens."""
        command = [sys.executable, "-m", "infra.local.doubles.paper_venue", *self._words]
        self._process = subprocess.Popen([*command, "--listen", listen], stdout=subprocess.PIPE)
        self.address = _address_of(self._process.stdout)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._end(self._process)

    def stop(self) -> None:
        """End it politely."""
        if self._process is not None:
            self._process.terminate()
            self._end(self._process)

    @property
    def place(self) -> str:
        """Where it listens, as `host:port`."""
        return self.address.removeprefix("tcp://")

    async def treat(self, hostility: Hostility, *kinds: str) -> None:
        """Change how it misbehaves."""
        host, _, port = self.place.rpartition(":")
        said = msgspec.json.encode(SetHostility(kinds=kinds, hostility=hostility))
        async with await anyio.connect_tcp(host, int(port)) as connection:
            await connection.send(said + b"\n")
            await BufferedByteReceiveStream(connection).receive_until(b"\n", 1024)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.wait(_STOP_SECONDS)
        if process.stdout is not None:
            process.stdout.close()
        self._process = None


def _address_of(said: IO[bytes] | None) -> str:
    assert said is not None
    return msgspec.json.decode(said.readline(), type=dict[str, str])["address"]


@contextmanager
def running_venue(dsn: str, *words: str) -> Generator[VenueProcess]:
    """Run the venue on a migrated or empty database."""
    venue = VenueProcess(dsn, *words)
    venue.start()
    try:
        yield venue
    finally:
        venue.stop()
