"""Real edge processes over a real PostgreSQL and a real Valkey."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import msgspec

from bus.values import SystemClock
from handlers.store.open import StoreSettings, open_store
from infra.local.embedded.addresses import free_port
from tests.servers.keys import edge_keys
from tests.servers.roles import APP, address_as
from tests.unit.edge.house import KEY, TOKEN, bearer, furnish

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from bus.values import UserId
    from handlers.records.accounts import Account, Strategy

_START_SECONDS = 15.0


@dataclass(kw_only=True)
class Edge:
    """One process, and the user that lives in its record."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    client: httpx.AsyncClient
    user: UserId
    account: Account
    strategy: Strategy

    @property
    def hook(self) -> str:
        return f"/webhook/tradingview/{TOKEN}"

    async def alert(self, **fields: Any) -> httpx.Response:
        body = {"ticker": "BTCUSDT", "action": "buy", "quantity": "0.01"} | fields
        return await self.client.post(self.hook, content=msgspec.json.encode(body))

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers=bearer(KEY))

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        content = b"" if body is None else msgspec.json.encode(body)
        return await self.client.post(path, content=content, headers=bearer(KEY) | headers)

    async def until(self, path: str, status: int) -> httpx.Response:
        """Ask again until the answer has this status; the test's own time-out ends it."""
        while True:
            answer = await self.get(path)
            if answer.status_code == status:
                return answer
            await anyio.sleep(0.05)

    def stop(self) -> int:
        """Tell the process to end, and return how it did."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(25)


@contextmanager
def edge_process(dsn: str, valkey_url: str, **environment: str) -> Generator[tuple[Any, int, Path]]:
    """Start a process; it is killed at the end if it still runs."""
    port = free_port()
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with tempfile.TemporaryDirectory(prefix="fourpass-edge-") as folder:
        log = Path(folder) / "edge.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "edge.app"],
                cwd=Path(__file__).parents[3],
                stderr=errors,
                env=inherited
                | {
                    "FOURPASS_PORT": str(port),
                    "FOURPASS_DATABASE_URL": address_as(dsn, APP),
                    "FOURPASS_VALKEY_URL": valkey_url,
                    "FOURPASS_LOG_FORMAT": "json",
                    "FOURPASS_DATA_DIR": folder,
                    **edge_keys(),
                }
                | environment,
            )
        try:
            yield process, port, log
        finally:
            process.kill()
            process.wait()


@asynccontextmanager
async def an_edge(
    dsn: str, valkey_url: str, *, furnished: tuple[Any, Any, Any] | None = None, **environment: str
) -> AsyncGenerator[Edge]:
    """Start a process with a user in its record, and wait until it answers."""
    if furnished is None:
        async with open_store(StoreSettings(database_url=dsn), SystemClock()) as store:
            furnished = await furnish(store)
    user, account, strategy = furnished
    with edge_process(dsn, valkey_url, **environment) as (process, port, log):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            edge = Edge(
                process=process,
                port=port,
                log=log,
                client=client,
                user=user,
                account=account,
                strategy=strategy,
            )
            await _wait_until_it_answers(edge)
            yield edge


async def _wait_until_it_answers(edge: Edge) -> None:
    ends = monotonic() + _START_SECONDS
    while monotonic() < ends and edge.process.poll() is None:
        try:
            await edge.client.get("/health/live")
        except httpx.TransportError:
            await anyio.sleep(0.05)
        else:
            return
    msg = f"the edge did not start: {edge.log.read_text(errors='replace')[-2000:]}"
    raise RuntimeError(msg)
