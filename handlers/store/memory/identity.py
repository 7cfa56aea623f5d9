"""Users, keys and tokens in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.errors import AlreadyExistsError
from handlers.order_records import SwitchState
from handlers.records import Principal, Recognised
from handlers.store.memory.tables import User
from handlers.store.people import IdentityStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

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
        return Recognised(
            strategy=strategy,
            accounts=tuple(tables.accounts[account] for account in strategy.accounts),
            is_switch_engaged=tables.users[strategy.user_id].switch.is_engaged,
        )

    @override
    async def principal(self, key_hash: bytes) -> Principal | None:
        await checkpoint()
        return self._tables.keys.get(key_hash)

    @override
    async def add_user(self, user: UserId, *, email: str, password_hash: str) -> None:
        await checkpoint()
        users = self._tables.users
        wanted = email.lower()
        if user in users or any(known.email == wanted for known in users.values()):
            raise AlreadyExistsError
        switch = SwitchState(is_engaged=False, allows_exits=False, since=None)
        users[user] = User(email=wanted, password_hash=password_hash, switch=switch)

    @override
    async def add_api_key(
        self, user: UserId, key_id: UUID, *, key_hash: bytes, name: str, scopes: Sequence[str]
    ) -> None:
        await checkpoint()
        self._tables.keys[key_hash] = Principal(
            user_id=user, key_id=key_id, scopes=frozenset(scopes), expires_at=None
        )

    @override
    async def has_users(self) -> bool:
        await checkpoint()
        return bool(self._tables.users)
