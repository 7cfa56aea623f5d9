"""API keys in PostgreSQL, as their users manage them."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from handlers.records.audit import told
from handlers.records.people import KeyView, key_facts
from handlers.store.identities import KeyStore
from handlers.store.postgres.audit import tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bus.values import UserId
    from handlers.records.audit import Deed
    from handlers.records.people import NewKey
    from handlers.store.postgres.connections import Database

_ADD = """
INSERT INTO api_keys (id, user_id, key_hash, name, scopes, expires_at, networks)
VALUES ($2, $1, $3, $4, $5, $6, $7::cidr[])
"""
_KEY = "SELECT to_jsonb(k) FROM api_key_records AS k WHERE k.user_id = $1 AND k.id = $2"
_KEYS = """
SELECT to_jsonb(k) FROM api_key_records AS k
WHERE k.user_id = $1
ORDER BY k.created_at DESC, k.id DESC
"""
_DROP = "DELETE FROM api_keys WHERE user_id = $1 AND id = $2 RETURNING true"
_VIEW = msgspec.json.Decoder(KeyView)


class PostgresKeys(KeyStore):
    """API keys of one user at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def add(
        self, user: UserId, key: NewKey, *, key_hash: bytes, deed: Deed | None = None
    ) -> KeyView:
        networks = [ip_network(network) for network in key.networks]
        async with self._database.as_user(user) as connection:
            await connection.execute(
                _ADD,
                user,
                key.id,
                key_hash,
                key.name,
                list(key.scopes),
                key.expires_at,
                networks,
            )
            await tell(connection, told(deed, user, f"api_key:{key.id}", after=key_facts(key)))
            return _VIEW.decode(await connection.fetchval(_KEY, user, key.id))

    @override
    async def keys(self, user: UserId) -> Sequence[KeyView]:
        async with self._database.as_user(user) as connection:
            return [_VIEW.decode(row[0]) for row in await connection.fetch(_KEYS, user)]

    @override
    async def drop(self, user: UserId, key: UUID, *, deed: Deed | None = None) -> bool:
        async with self._database.as_user(user) as connection:
            is_gone = bool(await connection.fetchval(_DROP, user, key))
            if is_gone:
                await tell(connection, told(deed, user, f"api_key:{key}"))
        return is_gone
