"""Sessions and known devices in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.records.access import Session
from handlers.records.audit import told
from handlers.records.people import SessionView, session_facts
from handlers.store.identities import SessionStore
from handlers.store.memory.audit import tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bus.values import UserId
    from handlers.records.audit import Deed
    from handlers.records.people import Opening
    from handlers.store.memory.tables import Tables

_IDLE = timedelta(hours=12)
_LONGEST = timedelta(days=7)
_SEEN_EVERY = timedelta(minutes=1)
_MOST_SESSIONS = 50
_MOST_DEVICES = 20


class MemorySessions(SessionStore):
    """Who is signed in."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def open(self, opening: Opening) -> None:
        await checkpoint()
        open_session(self._tables, opening)

    @override
    async def find(self, token_hash: bytes) -> Session | None:
        await checkpoint()
        kept = self._tables.sessions.get(token_hash)
        if kept is None or not self._lives(kept):
            return None
        now = self._tables.clock.now()
        if kept.last_seen_at < now - _SEEN_EVERY:
            self._tables.sessions[token_hash] = msgspec.structs.replace(kept, last_seen_at=now)
        user = self._tables.user(kept.user_id)
        return Session(
            **msgspec.structs.asdict(kept),
            email=user.email,
            locale=user.locale,
            roles=user.roles,
            has_totp=self._tables.has_totp(kept.user_id),
        )

    @override
    async def sessions(self, user: UserId) -> Sequence[SessionView]:
        await checkpoint()
        return [kept for kept in _of(self._tables, user) if self._lives(kept)]

    @override
    async def end(self, user: UserId, session: UUID, *, deed: Deed | None = None) -> bool:
        await checkpoint()
        is_ended = _drop(self._tables, user, session)
        if is_ended:
            tell(self._tables, told(deed, user, f"session:{session}"))
        return is_ended

    @override
    async def end_all(
        self, user: UserId, *, but: UUID | None = None, deed: Deed | None = None
    ) -> int:
        await checkpoint()
        others = [kept.id for kept in _of(self._tables, user) if kept.id != but]
        ended = sum(_drop(self._tables, user, each) for each in others)
        tell(self._tables, told(deed, user, f"user:{user}", after={"ended": ended}))
        return ended

    @override
    async def know_device(self, user: UserId, *, device_hash: bytes) -> None:
        await checkpoint()
        known = self._tables.devices.setdefault(user, [])
        known.append(device_hash)
        del known[:-_MOST_DEVICES]

    def _lives(self, kept: SessionView) -> bool:
        now = self._tables.clock.now()
        return kept.expires_at > now and kept.last_seen_at > now - _IDLE


def open_session(tables: Tables, opening: Opening) -> None:
    """Open a session as part of somebody's transaction."""
    session, now = opening.session, tables.clock.now()
    if opening.old_hash is not None:
        tables.sessions.pop(opening.old_hash, None)
    for old in _of(tables, session.user_id)[_MOST_SESSIONS - 1 :]:
        _drop(tables, session.user_id, old.id)
    tables.sessions[opening.token_hash] = SessionView(
        id=session.id,
        user_id=session.user_id,
        address=session.address,
        user_agent=session.user_agent,
        created_at=now,
        last_seen_at=now,
        expires_at=now + _LONGEST,
        stepped_up_at=now if session.is_stepped_up else None,
    )
    facts, named = session_facts(session), f"session:{session.id}"
    tell(tables, told(opening.deed, session.user_id, named, after=facts))


def _of(tables: Tables, user: UserId) -> list[SessionView]:
    own = [kept for kept in tables.sessions.values() if kept.user_id == user]
    return sorted(own, key=lambda kept: (kept.created_at, str(kept.id)), reverse=True)


def _drop(tables: Tables, user: UserId, session: UUID) -> bool:
    for key, kept in list(tables.sessions.items()):
        if kept.id == session and kept.user_id == user:
            del tables.sessions[key]
            return True
    return False
