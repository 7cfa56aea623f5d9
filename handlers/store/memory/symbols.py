"""What a user maps by hand, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.errors import NotFoundError, RefusedError
from handlers.records.audit import told
from handlers.store.facts import override_facts
from handlers.store.memory.audit import tell
from handlers.store.symbols import MOST_OVERRIDES, SymbolStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bus.values import UserId
    from handlers.records.audit import Deed
    from handlers.records.symbols import SymbolOverride
    from handlers.store.memory.tables import Tables


class MemorySymbols(SymbolStore):
    """Overrides of one user at a time."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def overrides(self, user: UserId) -> Sequence[SymbolOverride]:
        await checkpoint()
        return self._own(user)

    @override
    async def put(self, wanted: SymbolOverride, *, deed: Deed | None = None) -> SymbolOverride:
        await checkpoint()
        user, tables = wanted.user_id, self._tables
        tables.user(user)
        if wanted.account_id is not None:
            account = tables.accounts.get(wanted.account_id)
            if account is None or (account.user_id, account.broker) != (user, wanted.broker):
                raise NotFoundError
        own = self._own(user)
        before = next((kept for kept in own if kept.scope == wanted.scope), None)
        if before is not None and before.means_as(wanted):
            return before
        if before is None and len(own) >= MOST_OVERRIDES:
            raise RefusedError("too_many_symbols")
        if before is None:
            kept = msgspec.structs.replace(wanted, created_at=tables.clock.now())
        else:
            kept = msgspec.structs.replace(before, symbol=wanted.symbol, crosses=wanted.crosses)
        tables.overrides[kept.id] = kept
        was = None if before is None else override_facts(before)
        entry = told(deed, user, f"symbol:{kept.id}", before=was, after=override_facts(kept))
        tell(tables, entry)
        return kept

    @override
    async def drop(self, user: UserId, key: UUID, *, deed: Deed | None = None) -> bool:
        await checkpoint()
        kept = self._tables.overrides.get(key)
        if kept is None or kept.user_id != user:
            return False
        del self._tables.overrides[key]
        tell(self._tables, told(deed, user, f"symbol:{key}", before=override_facts(kept)))
        return True

    def _own(self, user: UserId) -> list[SymbolOverride]:
        own = [kept for kept in self._tables.overrides.values() if kept.user_id == user]
        return sorted(own, key=lambda kept: (str(kept.created_at), str(kept.id)), reverse=True)
