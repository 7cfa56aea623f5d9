"""Passwords and the tokens that stand in for them, in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from bus.values import UserId
from handlers.records.audit import told
from handlers.records.people import SignInCredentials, UsedLink
from handlers.store.identities import PasswordStore
from handlers.store.postgres.audit import tell
from handlers.store.postgres.rows import deed_json, plain_uuid

if TYPE_CHECKING:
    from handlers.records.audit import Deed
    from handlers.records.people import MailedPurpose, SignUp
    from handlers.store.postgres.connections import Database

_GIVE = """
INSERT INTO mailed_tokens (token_hash, user_id, purpose) VALUES ($2, $1, $3)
"""
_REHASH = """
UPDATE users SET password_hash = $2 WHERE id = $1 AND password_hash = $3 RETURNING true
"""
_VERIFY = "SELECT verify_sign_up($1, $2, $3::jsonb)"
_RESET = "SELECT reset_password($1, $2, $3::jsonb)"
_USE_LINK = "SELECT used_by, is_used FROM use_sign_in_link($1, $2)"
_CREDENTIALS = msgspec.json.Decoder(SignInCredentials)


class PostgresPasswords(PasswordStore):
    """Passwords, sign-ups and mailed tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def credentials(self, email: str, device_hash: bytes) -> SignInCredentials | None:
        found = await self._database.value("SELECT credentials_of($1, $2)", email, device_hash)
        return None if found is None else _CREDENTIALS.decode(found)

    @override
    async def note_sign_up(self, sign_up: SignUp, *, token_hash: bytes) -> None:
        await self._database.rows(
            "SELECT note_sign_up($1, $2, $3, $4)",
            token_hash,
            sign_up.email,
            sign_up.password_hash,
            sign_up.locale,
        )

    @override
    async def verify_sign_up(
        self, user: UserId, *, token_hash: bytes, deed: Deed | None = None
    ) -> bool:
        made = await self._database.value(_VERIFY, token_hash, user, deed_json(deed))
        return made is not None

    @override
    async def give_token(self, user: UserId, purpose: MailedPurpose, *, token_hash: bytes) -> None:
        async with self._database.as_user(user) as connection:
            await connection.execute(_GIVE, user, token_hash, purpose)

    @override
    async def use_link(self, token_hash: bytes, *, has_code: bool) -> UsedLink | None:
        for row in await self._database.rows(_USE_LINK, token_hash, has_code):
            return UsedLink(user=UserId(plain_uuid(row["used_by"])), is_used=row["is_used"])
        return None

    @override
    async def set_password(
        self,
        user: UserId,
        password_hash: str,
        *,
        old_hash: str | None = None,
        deed: Deed | None = None,
    ) -> bool:
        async with self._database.as_user(user) as connection:
            if old_hash is None:
                await connection.execute("SELECT set_own_password($1, $2)", user, password_hash)
                await tell(connection, told(deed, user, f"user:{user}"))
                return True
            return bool(await connection.fetchval(_REHASH, user, password_hash, old_hash))

    @override
    async def reset_password(
        self, password_hash: str, *, token_hash: bytes, deed: Deed | None = None
    ) -> UserId | None:
        found = await self._database.value(_RESET, token_hash, password_hash, deed_json(deed))
        return None if found is None else UserId(plain_uuid(found))
