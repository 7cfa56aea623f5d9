"""Second factors in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.values import Mode
from handlers.errors import RefusedError
from handlers.records.accounts import AccountState
from handlers.records.audit import told
from handlers.records.people import SealedTotp
from handlers.store.identities import TotpStore
from handlers.store.memory.audit import tell
from handlers.store.memory.sessions import open_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import UserId
    from handlers.records.audit import Deed
    from handlers.records.people import Opening
    from handlers.store.memory.tables import Tables


class MemoryTotp(TotpStore):
    """Second factors."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def read(self, user: UserId) -> SealedTotp | None:
        await checkpoint()
        return self._tables.totp.get(user)

    @override
    async def enroll(self, user: UserId, sealed_seed: bytes) -> bool:
        await checkpoint()
        if self._tables.has_totp(user):
            return False
        self._tables.totp[user] = SealedTotp(
            sealed_seed=sealed_seed, is_confirmed=False, last_step=0
        )
        return True

    @override
    async def confirm(
        self,
        user: UserId,
        *,
        step: int,
        code_hashes: Sequence[bytes],
        opening: Opening | None = None,
        deed: Deed | None = None,
    ) -> bool:
        await checkpoint()
        kept = self._tables.totp.get(user)
        if kept is None or kept.is_confirmed or kept.last_step >= step:
            return False
        self._tables.totp[user] = msgspec.structs.replace(kept, is_confirmed=True, last_step=step)
        self._tables.recovery_codes[user] = set(code_hashes)
        tell(self._tables, told(deed, user, f"user:{user}"))
        if opening is not None:
            open_session(self._tables, opening)
        return True

    @override
    async def use_step(self, user: UserId, step: int) -> bool:
        await checkpoint()
        kept = self._tables.totp.get(user)
        if kept is None or not kept.is_confirmed or kept.last_step >= step:
            return False
        self._tables.totp[user] = msgspec.structs.replace(kept, last_step=step)
        return True

    @override
    async def use_recovery_code(self, user: UserId, code_hash: bytes) -> bool:
        await checkpoint()
        codes = self._tables.recovery_codes.get(user, set())
        if code_hash not in codes:
            return False
        codes.remove(code_hash)
        return True

    @override
    async def disable(self, user: UserId, *, deed: Deed | None = None) -> bool:
        await checkpoint()
        if user in self._tables.totp and self._is_armed(user):
            raise RefusedError("live_trading_armed")
        self._tables.recovery_codes.pop(user, None)
        was_there = self._tables.totp.pop(user, None) is not None
        if was_there:
            tell(self._tables, told(deed, user, f"user:{user}"))
        return was_there

    def _is_armed(self, user: UserId) -> bool:
        return any(
            account.user_id == user
            and account.mode is Mode.LIVE
            and account.state is AccountState.ENABLED
            for account in self._tables.accounts.values()
        )
