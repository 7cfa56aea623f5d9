"""A database with the record's tables in it, to be copied by whoever needs one."""

from __future__ import annotations

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor

from handlers.store.open import migrate
from tests.servers.postgres import shared_postgres
from tests.servers.roles import let_in

_NAME = "store_template"


@functools.cache
def migrated_template() -> str:
    """Return the name of a migrated database on the shared server; nobody connects to it."""
    server = shared_postgres()
    server.run_sql(f'CREATE DATABASE "{_NAME}"')
    # In a thread of its own, since a loop may be running in this one.
    with ThreadPoolExecutor(max_workers=1) as other:
        other.submit(asyncio.run, migrate(server.dsn(_NAME))).result()
    let_in(server)
    return _NAME
