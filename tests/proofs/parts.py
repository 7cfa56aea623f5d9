"""The house as separate processes on servers of its own, so that each can be killed alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import anyio
import httpx
import msgspec

from broker_adapters.settings import GATEIO_VARIABLE
from infra.local.embedded.addresses import free_port
from infra.local.logins import APP, CONTROL, WORKER, told_as
from tests.servers.keys import shared_keys
from tests.servers.postgres import PostgresServer, running_postgres
from tests.servers.roles import let_in, logins_at
from tests.servers.valkey import ValkeyOptions, ValkeyServer, running_valkey

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

_READY_SECONDS = 30.0
_STOP_SECONDS = 30.0

_WORKERS = ("infra.local.cli", "worker")


class Hostility(msgspec.Struct, frozen=True, kw_only=True):
    """How the venue misbehaves: shares of requests."""

    late: float = 0.10
    late_ms: str = "60:200"
    swallow_after: float = 0.03
    swallow_before: float = 0.01
    seed: int = 1


@dataclass(frozen=True, slots=True)
class House:
    """Everything that runs, and where."""

    base_url: str
    database_url: str
    venue_database_url: str
    postgres: PostgresServer
    valkey: ValkeyServer
    workers: subprocess.Popen[bytes]

    def kill_worker(self, pid: int) -> None:
        """End one worker process as a crash would."""
        os.kill(pid, signal.SIGKILL)


@asynccontextmanager
async def running_house(
    logs: Path,
    *,
    hostility: Hostility,
    worker_module: tuple[str, ...] = _WORKERS,
    gate_url: str | None = None,
) -> AsyncGenerator[House]:
    """Run PostgreSQL, Valkey, the venue on a record of its own, the edge and the workers' host.

    Args:
        logs: A folder for what the processes say.
        hostility: How the venue misbehaves.
        worker_module: What runs as the workers' host; a mutant, where a guard is removed.
        gate_url: Where Gate is played, if it is.
    """
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(running_postgres(fsync=True))
        venue_postgres = stack.enter_context(running_postgres(fsync=True))
        valkey = stack.enter_context(running_valkey(ValkeyOptions()))
        venue = stack.enter_context(_venue(venue_postgres.dsn(), hostility, logs))
        port = free_port()
        environment = {
            **os.environ,
            **shared_keys(),
            "FOURPASS_DATABASE_URL": postgres.dsn(),
            "FOURPASS_VALKEY_URL": valkey.url,
            "FOURPASS_PAPER_VENUE_URL": venue,
            **({} if gate_url is None else {GATEIO_VARIABLE: gate_url}),
            "FOURPASS_HOST": "127.0.0.1",
            "FOURPASS_PORT": str(port),
            "FOURPASS_POOL_SIZE": "4",
            "FOURPASS_LAUNCHER_SOCKET": f"{stack.enter_context(_short_folder())}/launcher.sock",
        }
        _run_once("infra.local.cli", "migrate", environment=environment, logs=logs)
        let_in(postgres)
        environment |= logins_at(postgres.dsn())
        edge = ("infra.local.cli", "edge")
        stack.enter_context(_process("edge", edge, told_as(APP, environment), logs))
        # A mutant does to the record what no worker has the right to.
        is_mutant = worker_module != _WORKERS
        told = environment if is_mutant else told_as(WORKER, environment)
        workers = stack.enter_context(_process("workers", worker_module, told, logs))
        control, told = ("infra.local.cli", "control-plane"), told_as(CONTROL, environment)
        stack.enter_context(_process("control-plane", control, told, logs))
        house = House(
            base_url=f"http://127.0.0.1:{port}",
            database_url=postgres.dsn(),
            venue_database_url=venue_postgres.dsn(),
            postgres=postgres,
            valkey=valkey,
            workers=workers,
        )
        await wait_until_ready(house.base_url)
        yield house


async def wait_until_ready(base_url: str) -> None:
    """Return when the edge says that it is ready."""
    async with httpx.AsyncClient(timeout=2.0) as client:
        with anyio.fail_after(_READY_SECONDS):
            while True:
                try:
                    if (await client.get(f"{base_url}/health/ready")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await anyio.sleep(0.05)


@contextmanager
def _process(
    name: str, module: tuple[str, ...], environment: Mapping[str, str], logs: Path
) -> Generator[subprocess.Popen[bytes]]:
    with (logs / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *module], env=environment, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _short_folder() -> AbstractContextManager[str]:
    """A folder whose path leaves room for a socket's name."""
    return tempfile.TemporaryDirectory(prefix="fourpass-")


def _run_once(*module: str, environment: Mapping[str, str], logs: Path) -> None:
    with (logs / "once.log").open("wb") as log:
        subprocess.run(
            [sys.executable, "-m", *module], env=environment, stdout=log, stderr=log, check=True
        )


@contextmanager
def _venue(database_url: str, hostility: Hostility, logs: Path) -> Generator[str]:
    arguments = [
        *("-m", "infra.local.doubles.paper_venue", "--listen", "127.0.0.1:0"),
        *("--database-url", database_url, "--seed", str(hostility.seed)),
        *("--late-share", str(hostility.late), "--late-ms", hostility.late_ms),
        *("--swallow-after", str(hostility.swallow_after)),
        *("--swallow-before", str(hostility.swallow_before)),
    ]
    with (logs / "venue.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=log, env=dict(os.environ)
        )
        try:
            yield address_of(process.stdout)
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)
            if process.stdout is not None:
                process.stdout.close()


def address_of(said: IO[bytes] | None) -> str:
    """Read the venue's first line, which names its address."""
    assert said is not None
    return msgspec.json.decode(said.readline(), type=dict[str, str])["address"]
