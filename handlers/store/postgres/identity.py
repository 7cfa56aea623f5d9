"""Users, keys and tokens in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from handlers.records.access import Principal
from handlers.records.accounts import Recognised
from handlers.store.people import IdentityStore

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.store.postgres.connections import Database

_RECOGNISED = msgspec.json.Decoder(Recognised)
_PRINCIPAL = msgspec.json.Decoder(Principal)


class PostgresIdentity(IdentityStore):
    """Who is who."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def recognise(self, token_hash: bytes) -> Recognised | None:
        found = await self._database.value("SELECT recognise_token($1)", token_hash)
        return None if found is None else _RECOGNISED.decode(found)

    @override
    async def principal(self, key_hash: bytes) -> Principal | None:
        found = await self._database.value("SELECT principal_of_key($1)", key_hash)
        return None if found is None else _PRINCIPAL.decode(found)

    @override
    async def add_user(self, user: UserId, *, email: str, password_hash: str) -> None:
        await self._database.rows("SELECT add_user($1, $2, $3)", user, email, password_hash)

    @override
    async def has_users(self) -> bool:
        return await self._database.value("SELECT has_users()")
