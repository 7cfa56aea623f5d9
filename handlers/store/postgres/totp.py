"""Second factors in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from handlers.errors import RefusedError
from handlers.records.audit import told
from handlers.records.people import SealedTotp
from handlers.store.identities import TotpStore
from handlers.store.postgres.audit import tell
from handlers.store.postgres.sessions import open_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import UserId
    from handlers.records.audit import Deed
    from handlers.records.people import Opening
    from handlers.store.postgres.connections import Database

_READ = "SELECT sealed_seed, is_confirmed, last_step FROM totp WHERE user_id = $1"
_ENROLL = """
INSERT INTO totp AS t (user_id, sealed_seed) VALUES ($1, $2)
ON CONFLICT (user_id) DO UPDATE SET sealed_seed = $2, last_step = 0
WHERE NOT t.is_confirmed
RETURNING true
"""
_CONFIRM = """
UPDATE totp SET is_confirmed = true, last_step = $2
WHERE user_id = $1 AND NOT is_confirmed AND last_step < $2
RETURNING true
"""
_NO_CODES = "DELETE FROM recovery_codes WHERE user_id = $1"
_ADD_CODES = "INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])"
# The row's lock makes one of many the first; the others then see its step.
_USE_STEP = """
UPDATE totp SET last_step = $2
WHERE user_id = $1 AND is_confirmed AND last_step < $2
RETURNING true
"""
_USE_CODE = "DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2 RETURNING true"
_DISABLE = "DELETE FROM totp WHERE user_id = $1 RETURNING true"
_IS_ARMED = """
SELECT EXISTS (
    SELECT 1 FROM accounts WHERE user_id = $1 AND mode = 'live' AND state = 'enabled'
)
"""


class PostgresTotp(TotpStore):
    """Second factors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def read(self, user: UserId) -> SealedTotp | None:
        async with self._database.as_user(user) as connection:
            row = await connection.fetchrow(_READ, user)
        return None if row is None else SealedTotp(**dict(row))

    @override
    async def enroll(self, user: UserId, sealed_seed: bytes) -> bool:
        async with self._database.as_user(user) as connection:
            return bool(await connection.fetchval(_ENROLL, user, sealed_seed))

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
        async with self._database.as_user(user) as connection:
            if not await connection.fetchval(_CONFIRM, user, step):
                return False
            await connection.execute(_NO_CODES, user)
            await connection.execute(_ADD_CODES, user, list(code_hashes))
            await tell(connection, told(deed, user, f"user:{user}"))
            if opening is not None:
                await open_session(connection, opening)
            return True

    @override
    async def use_step(self, user: UserId, step: int) -> bool:
        async with self._database.as_user(user) as connection:
            return bool(await connection.fetchval(_USE_STEP, user, step))

    @override
    async def use_recovery_code(self, user: UserId, code_hash: bytes) -> bool:
        async with self._database.as_user(user) as connection:
            return bool(await connection.fetchval(_USE_CODE, user, code_hash))

    @override
    async def disable(self, user: UserId, *, deed: Deed | None = None) -> bool:
        async with self._database.as_user(user) as connection:
            await connection.execute(_NO_CODES, user)
            was_there = bool(await connection.fetchval(_DISABLE, user))
            if was_there:
                if await connection.fetchval(_IS_ARMED, user):
                    raise RefusedError("live_trading_armed")
                await tell(connection, told(deed, user, f"user:{user}"))
        return was_there
