"""Bringing a database's tables and functions to what this version of the house expects."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import msgspec

from handlers.errors import MigrationError
from handlers.store.postgres.roles import act_as_owner, ensure_roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.store.postgres.connections import DriverConnection

_FOLDER = Path(__file__).parent.parent / "migrations"
# Any number will do, as long as nobody else's advisory lock has the same.
_LOCK = 0x34706173_73000001
_KEEPS_POSITIONS = "SELECT to_regprocedure('catch_up_position(uuid, text)') IS NOT NULL"
_BEHIND = "SELECT account_id, symbol FROM traded_sums WHERE folded < fills ORDER BY 1, 2"
_CATCH_UP = "SELECT catch_up_position($1, $2)"


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered file. It is never edited once it landed."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """Tell an edited file from the one that was applied."""
        return sha256(self.text.encode()).hexdigest()


def read_migrations(folder: Path = _FOLDER) -> Sequence[Migration]:
    """Read a folder's migrations, in their order."""
    return [
        Migration(number=int(file.name[:4]), name=file.stem, text=file.read_text("utf-8"))
        for file in sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    ]


async def migrate(database_url: str, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Apply what is missing, all in one transaction, and return the names of what was applied.

    The login makes the roles, where they are missing; tables and doors are `fourpass_owner`'s.
    What takes long is done after it is committed, a little at a time: nobody waits for it, and what
    is left when it breaks off goes on the next time.

    Raises:
        MigrationError: The database is newer than this version, or a file was edited after it
            was applied, or the login may not make the roles. Nothing was changed.
    """
    wanted = read_migrations() if migrations is None else migrations
    connection = await asyncpg.connect(database_url)
    try:
        await ensure_roles(connection)
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
            await act_as_owner(connection)
            await connection.execute(
                "CREATE TABLE IF NOT EXISTS schema_migrations ("
                " number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,"
                " applied_at timestamptz NOT NULL DEFAULT now())"
            )
            rows = await connection.fetch("SELECT number, name, checksum FROM schema_migrations")
            missing = missing_after({row["number"]: row["checksum"] for row in rows}, wanted)
            for migration in missing:
                await connection.execute(migration.text)
                await connection.execute(
                    "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
                    migration.number,
                    migration.name,
                    migration.checksum,
                )
        await _catch_up(connection)
    finally:
        await connection.close()
    return [migration.name for migration in missing]


async def _catch_up(connection: DriverConnection) -> None:
    """Fold positions of executions that were recorded before these were kept."""
    if not await connection.fetchval(_KEEPS_POSITIONS):
        return
    async with connection.transaction():
        await act_as_owner(connection)
        behind = await connection.fetch(_BEHIND)
    for row in behind:
        more = True
        while more:
            async with connection.transaction():
                await act_as_owner(connection)
                more = await connection.fetchval(_CATCH_UP, row["account_id"], row["symbol"])


def missing_after(applied: dict[int, str], wanted: Sequence[Migration]) -> Sequence[Migration]:
    """Return what is not applied yet, or say why the database and the files do not fit.

    Args:
        applied: Checksum by number, as the database has them.
        wanted: All files, in their order.
    """
    known = {migration.number for migration in wanted}
    for number in sorted(applied.keys() - known):
        msg = f"the database has migration {number:04}, which this version does not know"
        raise MigrationError(msg)
    for migration in wanted:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            msg = f"migration {migration.name} was edited after it was applied"
            raise MigrationError(msg)
    missing = [migration for migration in wanted if migration.number not in applied]
    for migration in missing:
        if migration.number < max(applied, default=0):
            msg = f"migration {migration.name} was added before others that are applied"
            raise MigrationError(msg)
    return missing
