"""Sessions and known devices in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from handlers.records.access import Session
from handlers.records.audit import told
from handlers.records.people import SessionView, session_facts
from handlers.store.identities import SessionStore
from handlers.store.postgres.audit import tell
from handlers.store.postgres.rows import as_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bus.values import UserId
    from handlers.records.audit import Deed
    from handlers.records.people import Opening
    from handlers.store.postgres.connections import Connection, Database

_OPEN = "SELECT open_own_session($1::jsonb, $2, $3, $4)"
_SESSIONS = """
SELECT to_jsonb(s) FROM session_records AS s
WHERE s.user_id = $1
ORDER BY s.created_at DESC, s.id DESC
"""
_END = "DELETE FROM sessions WHERE user_id = $1 AND id = $2 RETURNING true"
_END_ALL = """
DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2 RETURNING true
"""
_KNOW = "INSERT INTO known_devices (token_hash, user_id) VALUES ($2, $1)"
_FORGET = """
DELETE FROM known_devices
WHERE user_id = $1 AND token_hash NOT IN (
    SELECT d.token_hash FROM known_devices AS d
    WHERE d.user_id = $1
    ORDER BY d.created_at DESC
    LIMIT 20
)
"""
_SESSION = msgspec.json.Decoder(Session)
_VIEW = msgspec.json.Decoder(SessionView)


class PostgresSessions(SessionStore):
    """Who is signed in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def open(self, opening: Opening) -> None:
        async with self._database.as_user(opening.session.user_id) as connection:
            await open_session(connection, opening)

    @override
    async def find(self, token_hash: bytes) -> Session | None:
        found = await self._database.value("SELECT session_of_token($1)", token_hash)
        return None if found is None else _SESSION.decode(found)

    @override
    async def sessions(self, user: UserId) -> Sequence[SessionView]:
        async with self._database.as_user(user) as connection:
            return [_VIEW.decode(row[0]) for row in await connection.fetch(_SESSIONS, user)]

    @override
    async def end(self, user: UserId, session: UUID, *, deed: Deed | None = None) -> bool:
        async with self._database.as_user(user) as connection:
            is_ended = bool(await connection.fetchval(_END, user, session))
            if is_ended:
                await tell(connection, told(deed, user, f"session:{session}"))
        return is_ended

    @override
    async def end_all(
        self, user: UserId, *, but: UUID | None = None, deed: Deed | None = None
    ) -> int:
        async with self._database.as_user(user) as connection:
            ended = len(await connection.fetch(_END_ALL, user, but))
            await tell(connection, told(deed, user, f"user:{user}", after={"ended": ended}))
        return ended

    @override
    async def know_device(self, user: UserId, *, device_hash: bytes) -> None:
        async with self._database.as_user(user) as connection:
            await connection.execute(_KNOW, user, device_hash)
            await connection.execute(_FORGET, user)


async def open_session(connection: Connection, opening: Opening) -> None:
    """Open a session as part of somebody's transaction."""
    session = opening.session
    facts, named = session_facts(session), f"session:{session.id}"
    hashes = (opening.token_hash, opening.old_hash)
    await connection.execute(_OPEN, as_json(session), *hashes, session.is_stepped_up)
    await tell(connection, told(opening.deed, session.user_id, named, after=facts))
