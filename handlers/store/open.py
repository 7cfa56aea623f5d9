"""Opening the record; roots alone do that."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from handlers.store.settings import StoreSettings
from telemetry.vitals import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from bus.values import Clock
    from handlers.store.base import Store
    from handlers.store.postgres.connections import Pool

__all__ = ("StoreSettings", "migrate", "open_store", "pool_of", "usage_of")


def open_store(settings: StoreSettings, clock: Clock) -> AbstractAsyncContextManager[Store]:
    """Open the record that the settings name. PostgreSQL needs asyncio; memory takes trio too.

    It opens while PostgreSQL is away: every call then raises `StoreUnavailableError` until it is
    back.
    """
    if settings.database_url.startswith("memory:"):
        return _open_memory(clock)
    from handlers.store.postgres import open_postgres  # noqa: PLC0415 - loads the driver when asked

    return open_postgres(settings, clock)


def pool_of(store: Store) -> Pool | None:
    """Return the driver's pool of a record in PostgreSQL, to be shared; `None` of any other."""
    if "handlers.store.postgres" not in sys.modules:
        return None
    from handlers.store.postgres import PostgresStore  # noqa: PLC0415 - it is loaded already

    return store.pool if isinstance(store, PostgresStore) else None


def usage_of(store: Store) -> Usage:
    """Say how a record's connections are used; one in memory has none."""
    if "handlers.store.postgres" in sys.modules:
        from handlers.store.postgres import PostgresStore  # noqa: PLC0415 - it is loaded already

        if isinstance(store, PostgresStore):
            return store.usage()
    return Usage(is_up=True, in_use=0, waiting=0)


async def migrate(database_url: str) -> list[str]:
    """Bring the database up to date and return what was applied; see `postgres.migrator`."""
    from handlers.store.postgres import migrate as migrate_postgres  # noqa: PLC0415 - as above

    return await migrate_postgres(database_url)


@asynccontextmanager
async def _open_memory(clock: Clock) -> AsyncGenerator[Store]:
    from handlers.store.memory import MemoryStore  # noqa: PLC0415 - not needed where it is not used

    yield MemoryStore(clock)
