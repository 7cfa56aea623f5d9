"""API keys in memory, as their users manage them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.records.audit import told
from handlers.records.people import KeyView, key_facts
from handlers.store.identities import KeyStore
from handlers.store.memory.audit import tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bus.values import UserId
    from handlers.records.audit import Deed
    from handlers.records.people import NewKey
    from handlers.store.memory.tables import Tables


class MemoryKeys(KeyStore):
    """API keys of one user at a time."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def add(
        self, user: UserId, key: NewKey, *, key_hash: bytes, deed: Deed | None = None
    ) -> KeyView:
        await checkpoint()
        made = KeyView(
            id=key.id,
            user_id=user,
            name=key.name,
            scopes=key.scopes,
            expires_at=key.expires_at,
            networks=key.networks,
            last_used_at=None,
            created_at=self._tables.clock.now(),
        )
        self._tables.keys[key_hash] = made
        tell(self._tables, told(deed, user, f"api_key:{key.id}", after=key_facts(key)))
        return made

    @override
    async def keys(self, user: UserId) -> Sequence[KeyView]:
        await checkpoint()
        own = [kept for kept in self._tables.keys.values() if kept.user_id == user]
        return sorted(own, key=lambda kept: (kept.created_at, str(kept.id)), reverse=True)

    @override
    async def drop(self, user: UserId, key: UUID, *, deed: Deed | None = None) -> bool:
        await checkpoint()
        for key_hash, kept in list(self._tables.keys.items()):
            if kept.id == key and kept.user_id == user:
                del self._tables.keys[key_hash]
                tell(self._tables, told(deed, user, f"api_key:{key}"))
                return True
        return False
