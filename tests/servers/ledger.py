"""A database with the paper venue's tables in it, to be copied by whoever needs one."""

from __future__ import annotations

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor

import asyncpg

from broker_adapters.registry import migrate_paper_ledger
from tests.servers.postgres import shared_postgres

_NAME = "ledger_template"


@functools.cache
def ledger_template() -> str:
    """Return the name of a migrated database on the shared server; nobody connects to it."""
    server = shared_postgres()
    server.run_sql(f'CREATE DATABASE "{_NAME}"')
    # In a thread of its own, since a loop may be running in this one.
    with ThreadPoolExecutor(max_workers=1) as other:
        other.submit(asyncio.run, _migrate(server.dsn(_NAME))).result()
    return _NAME


async def _migrate(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await migrate_paper_ledger(connection)
    finally:
        await connection.close()
