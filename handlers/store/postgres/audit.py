"""The audit log in PostgreSQL: one door appends, and a trigger refuses all else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from bus.values import UserId
from handlers.records.audit import AuditEntry, ChainEnd, masked
from handlers.store.auditing import AuditStore
from handlers.store.postgres.rows import as_json, plain_uuid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.records.audit import NewAuditEntry
    from handlers.records.views import Span
    from handlers.store.postgres.connections import Connection, Database
    from handlers.store.postgres.held import Held

_APPEND = "SELECT append_audit($1, $2::jsonb)"
_APPEND_OWN = "SELECT append_own_audit($1, $2::jsonb, $3::text[]::uuid[])"
_PAGE = """
SELECT audit_shown(e) FROM audit_entries AS e
WHERE e.user_id = $1 AND ($2::text IS NULL OR e.n < $2::text::bigint)
ORDER BY e.n DESC
LIMIT $3::text::integer
"""
_AFTER = """
SELECT audit_shown(e) FROM audit_entries AS e
WHERE e.user_id = $1 AND e.n > $2
ORDER BY e.n
LIMIT $3::text::integer
"""
# Of a chain whose counter is gone, what is left.
_END = """
SELECT
    coalesce(c.n, 0) AS n,
    encode(coalesce(c.hash, ''), 'hex') AS hash,
    coalesce(e.last_n, 0) AS last_n
FROM (SELECT max(a.n) AS last_n FROM audit_entries AS a WHERE a.user_id = $1) AS e
LEFT JOIN audit_chains AS c ON c.user_id = $1
WHERE c.user_id IS NOT NULL OR e.last_n IS NOT NULL
"""
_USERS = """
SELECT user_id FROM audit_chains UNION SELECT user_id FROM audit_entries ORDER BY user_id
"""
_ENTRY = msgspec.json.Decoder(AuditEntry)


class PostgresAudit(AuditStore):
    """What was done, by whom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def append(self, entry: NewAuditEntry) -> AuditEntry:
        written = await self._database.value(_APPEND, entry.user_id, as_json(masked(entry)))
        return _ENTRY.decode(written)

    @override
    async def page(self, user: UserId, span: Span) -> Sequence[AuditEntry]:
        before = None if span.before is None else span.before[1]
        async with self._database.as_user(user) as connection:
            rows = await connection.fetch(_PAGE, user, before, str(span.limit))
        return [_ENTRY.decode(row[0]) for row in rows]

    @override
    async def after(self, user: UserId, n: int, *, limit: int) -> Sequence[AuditEntry]:
        async with self._database.as_user(user) as connection:
            rows = await connection.fetch(_AFTER, user, n, str(limit))
        return [_ENTRY.decode(row[0]) for row in rows]

    @override
    async def end(self, user: UserId) -> ChainEnd | None:
        async with self._database.as_user(user) as connection:
            found = await connection.fetchrow(_END, user)
        return None if found is None else ChainEnd(**dict(found))

    @override
    async def users(self) -> Sequence[UserId]:
        return [UserId(plain_uuid(row[0])) for row in await self._database.rows(_USERS)]


class OwnAudit(PostgresAudit):
    """As a worker has it: its own user's log."""

    def __init__(self, database: Database, held: Held) -> None:
        super().__init__(database)
        self._held = held

    @override
    async def append(self, entry: NewAuditEntry) -> AuditEntry:
        told = (entry.user_id, as_json(masked(entry)), self._held.of(entry.user_id))
        return _ENTRY.decode(await self._database.value(_APPEND_OWN, *told))


async def tell(connection: Connection, entry: NewAuditEntry | None) -> None:
    """Write down, in its own transaction, what a method of another port did, if told by whom."""
    if entry is not None:
        await connection.execute(_APPEND, entry.user_id, as_json(masked(entry)))
