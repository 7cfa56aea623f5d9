"""The real servers of a case: PostgreSQL, as durable as ever, and Valkey; gone with the case."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import msgspec

from infra.local.embedded import PostgresSettings, ValkeySettings, open_postgres, open_valkey
from infra.local.own_keys import own_keys
from infra.local.schema import bring_up_to_date

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    import asyncpg


class Servers(msgspec.Struct, frozen=True, kw_only=True):
    """Where they are."""

    database_url: str
    valkey_url: str
    keys: dict[str, str]

    def environment(self) -> dict[str, str]:
        """Return the settings by which a process of ours finds them."""
        return {
            "FOURPASS_DATABASE_URL": self.database_url,
            "FOURPASS_VALKEY_URL": self.valkey_url,
            **self.keys,
        }


@asynccontextmanager
async def running_servers() -> AsyncGenerator[Servers]:
    """Run both, with the schema in place."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(_folder())
        postgres = await stack.enter_async_context(open_postgres(folder, PostgresSettings()))
        valkey = await stack.enter_async_context(open_valkey(folder, ValkeySettings()))
        await bring_up_to_date(postgres.url)
        keys = own_keys(folder)
        yield Servers(database_url=postgres.url, valkey_url=valkey.url, keys=keys)


async def postgres_pid(observer: asyncpg.Connection[asyncpg.Record]) -> int:
    """Return the process that forked this connection's, by which all its CPU time is read."""
    backend = await observer.fetchval("SELECT pg_backend_pid()")
    fields = await anyio.Path(f"/proc/{backend}/stat").read_text()
    return int(fields.rpartition(")")[2].split()[1])


@contextmanager
def _folder() -> Generator[Path]:
    """Make a folder that a server which refuses to run as root can reach."""
    with tempfile.TemporaryDirectory(prefix="fourpass-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
