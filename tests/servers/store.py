"""A database with the record's tables in it, to be copied by whoever needs one."""

from __future__ import annotations

import asyncio
import functools

from handlers.store.open import migrate
from tests.servers.postgres import shared_postgres

_NAME = "store_template"


@functools.cache
def migrated_template() -> str:
    """Return the name of a migrated database on the shared server; nobody connects to it."""
    server = shared_postgres()
    server.run_sql(f'CREATE DATABASE "{_NAME}"')
    asyncio.run(migrate(server.dsn(_NAME)))
    return _NAME
