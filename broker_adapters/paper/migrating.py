"""Brings the ledger's schema up to date: numbered SQL files, forward only, each run once.

The same rules as for the house's own record: a table of name, checksum and time; one at a time, by
an advisory lock; a file that was changed after it was run is an error and nothing is run.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from broker_adapters.errors import LedgerMismatchError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

# Any number will do that nobody else uses: "paper" in ASCII.
_LOCK = 0x7061706572
_TABLE = """
CREATE SCHEMA IF NOT EXISTS paper;
CREATE TABLE IF NOT EXISTS paper.migrations (
    name text PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""


class MigratingConnection(Protocol):
    """What migrating needs of a connection; asyncpg's has it."""

    async def execute(self, query: str, *args: object) -> str:
        """Run statements."""
        ...

    async def fetch(self, query: str, *args: object) -> Sequence[Any]:
        """Run a statement and return its rows."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[object]:
        """Open a transaction."""
        ...


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered file."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """The file's SHA-256, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def ledger_migrations() -> tuple[Migration, ...]:
    """Return the ledger's files, in their order."""
    folder = files(__package__ or "") / "migrations"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return tuple(
        Migration(name=entry.name, sql=entry.read_text(encoding="utf-8"))
        for entry in sorted(found, key=lambda entry: entry.name)
    )


async def migrate_ledger(connection: MigratingConnection) -> tuple[str, ...]:
    """Run what has not been run, all in one transaction; again, it does nothing.

    Returns:
        The names of the files that were run now.

    Raises:
        LedgerMismatchError: A file that was run has changed since, or is gone.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute(_TABLE)
        rows = await connection.fetch("SELECT name, checksum FROM paper.migrations")
        done: dict[str, str] = {row["name"]: row["checksum"] for row in rows}
        wanted = ledger_migrations()
        _check(done, wanted)
        missing = [migration for migration in wanted if migration.name not in done]
        for migration in missing:
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO paper.migrations (name, checksum) VALUES ($1, $2)",
                migration.name,
                migration.checksum,
            )
    return tuple(migration.name for migration in missing)


def _check(done: dict[str, str], wanted: Sequence[Migration]) -> None:
    checksums = {migration.name: migration.checksum for migration in wanted}
    for name, checksum in done.items():
        if checksums.get(name) != checksum:
            msg = f"{name} was run from another file; the ledger is of another version"
            raise LedgerMismatchError(msg)
