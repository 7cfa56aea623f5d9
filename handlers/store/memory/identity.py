"""Users, keys and tokens in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.errors import AlreadyExistsError
from handlers.records.access import Principal
from handlers.records.accounts import Recognised
from handlers.store.people import IdentityStore
from handlers.symbols import holds_at

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.store.memory.tables import Tables


class MemoryIdentity(IdentityStore):
    """Who is who."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def recognise(self, token_hash: bytes) -> Recognised | None:
        await checkpoint()
        tables = self._tables
        token = tables.tokens.get(token_hash)
        if token is None or not token.is_live(tables.clock.now()):
            return None
        strategy = tables.shown(tables.strategies[token.strategy_id])
        accounts = tuple(tables.accounts[account] for account in strategy.accounts)
        return Recognised(
            strategy=strategy,
            accounts=accounts,
            is_switch_engaged=tables.users[strategy.user_id].switch.is_engaged,
            overrides=tuple(
                kept
                for _, kept in sorted(tables.overrides.items())
                if any(holds_at(kept, account) for account in accounts)
            ),
        )

    @override
    async def principal(self, key_hash: bytes) -> Principal | None:
        await checkpoint()
        kept = self._tables.keys.get(key_hash)
        now = self._tables.clock.now()
        if kept is None or (kept.expires_at is not None and kept.expires_at <= now):
            return None
        self._tables.keys[key_hash] = msgspec.structs.replace(kept, last_used_at=now)
        return Principal(
            user_id=kept.user_id,
            key_id=kept.id,
            scopes=frozenset(kept.scopes),
            expires_at=kept.expires_at,
            networks=kept.networks,
            roles=self._tables.user(kept.user_id).roles,
        )

    @override
    async def add_user(self, user: UserId, *, email: str, password_hash: str) -> None:
        await checkpoint()
        users = self._tables.users
        wanted = email.lower()
        if user in users or any(known.email == wanted for known in users.values()):
            raise AlreadyExistsError
        self._tables.add_user(user, email=wanted, password_hash=password_hash)

    @override
    async def has_users(self) -> bool:
        await checkpoint()
        return bool(self._tables.users)
