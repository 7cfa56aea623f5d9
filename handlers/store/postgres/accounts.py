"""Sealed credentials in PostgreSQL, and the end of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from bus.values import AccountId, UserId
from handlers.errors import RefusedError
from handlers.records.accounts import Account
from handlers.records.audit import READER, told
from handlers.store.accounts import AccountStore, SealedRow
from handlers.store.facts import account_facts, credentials_facts
from handlers.store.postgres.audit import tell
from handlers.store.postgres.rows import as_json, plain_uuid
from handlers.vault.base import SealContext, Sealed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import asyncpg

    from bus.values import WorkerId
    from handlers.records.audit import Deed
    from handlers.store.accounts import NewCredentials
    from handlers.store.postgres.connections import Database
    from handlers.store.postgres.held import Held

_HINT = "SELECT hint FROM account_credentials WHERE account_id = $2 AND user_id = $1 FOR UPDATE"
# Not by way of EXCLUDED: that would ask for the right to read what is sealed.
_PUT = """
INSERT INTO account_credentials (account_id, user_id, key_version, sealed, hint)
SELECT a.id, a.user_id, $3, $4, $5 FROM accounts AS a
WHERE a.id = $2 AND a.user_id = $1 AND a.state <> 'deleted'
ON CONFLICT (account_id) DO UPDATE SET
    key_version = $3, sealed = $4, hint = $5, set_at = clock_timestamp()
RETURNING true
"""
_TELL_READING = "SELECT tell_reading($1, $2)"
_KEPT = "SELECT sealed, key_version FROM kept_credentials($1, $2)"
_TELL = "SELECT tell_unsealing($1, $2, $3::text[]::uuid[])"
_OWN = "SELECT sealed, key_version FROM own_credentials($1, $2, $3::text[]::uuid[])"
# An order that is being recorded holds the account's key; it is committed or comes after this.
_HOLD = """
SELECT to_jsonb(a) FROM accounts AS a
WHERE a.id = $2 AND a.user_id = $1 AND a.state <> 'deleted'
FOR UPDATE
"""
_WORKS = """
SELECT EXISTS (
    SELECT 1 FROM orders WHERE user_id = $1 AND account_id = $2 AND NOT is_final(state)
)
"""
_BIND = "UPDATE accounts SET venue_account = $3 WHERE id = $2 AND user_id = $1"
_BIND_OWN = "SELECT bind_own_venue($1, $2, $3, $4::text[]::uuid[])"
_FORGET = "DELETE FROM account_credentials WHERE account_id = $2 AND user_id = $1"
_FORGET_SYMBOLS = "DELETE FROM symbol_overrides WHERE account_id = $2 AND user_id = $1"
_DELETE = "UPDATE accounts SET state = 'deleted' WHERE id = $2 AND user_id = $1"
_SEALED_BEFORE = """
SELECT c.user_id, c.account_id, a.broker, c.key_version, c.sealed
FROM account_credentials AS c
INNER JOIN accounts AS a ON a.id = c.account_id
WHERE c.key_version < $1 AND ($2::uuid IS NULL OR c.account_id > $2)
ORDER BY c.account_id
LIMIT $3
"""
_REWRAP = """
UPDATE account_credentials SET sealed = $3, key_version = $4
WHERE account_id = $1 AND sealed = $2
RETURNING true
"""
_KEY_VERSIONS = "SELECT key_version, count(*) FROM account_credentials GROUP BY key_version"
_ACCOUNT = msgspec.json.Decoder(Account)


class PostgresAccounts(AccountStore):
    """What accounts keep apart."""

    def __init__(self, database: Database, held: Held) -> None:
        self._database = database
        self._held = held

    @override
    async def put_credentials(
        self,
        user: UserId,
        account: AccountId,
        credentials: NewCredentials,
        *,
        is_other: bool = False,
        deed: Deed | None = None,
    ) -> bool:
        sealed, hint = credentials.sealed, credentials.hint
        async with self._database.as_user(user) as connection:
            old = await connection.fetchval(_HINT, user, account)
            if not await connection.fetchval(
                _PUT, user, account, sealed.key_version, sealed.record, hint
            ):
                return False
            if is_other:
                await connection.execute(_BIND, user, account, None)
            before = None if old is None else credentials_facts(old)
            after, subject = credentials_facts(hint, is_other=is_other), f"account:{account}"
            await tell(connection, told(deed, user, subject, before=before, after=after))
        return True

    @override
    async def bind_venue(self, user: UserId, account: AccountId, venue_account: str | None) -> bool:
        proofs = self._held.of(user)
        return bool(await self._database.value(_BIND_OWN, user, account, venue_account, proofs))

    @override
    async def credentials(
        self,
        user: UserId,
        account: AccountId,
        *,
        opener: WorkerId | None = None,
        deed: Deed | None = None,
    ) -> Sealed | None:
        async with self._database.as_user(user) as connection:
            if not await connection.fetchval(_TELL_READING, account, as_json(deed or READER)):
                return None
        # It is committed now, and no reading can take it back.
        async with self._database.as_user(user) as connection:
            row = await connection.fetchrow(_KEPT, user, account)
        return None if row is None else _sealed(row)

    @override
    async def delete(self, user: UserId, account: AccountId, *, deed: Deed | None = None) -> bool:
        async with self._database.as_user(user) as connection:
            held = await connection.fetchval(_HOLD, user, account)
            if held is None:
                return False
            if await connection.fetchval(_WORKS, user, account):
                raise RefusedError("orders_working")
            await connection.execute(_FORGET, user, account)
            await connection.execute(_FORGET_SYMBOLS, user, account)
            await connection.execute(_DELETE, user, account)
            before = account_facts(_ACCOUNT.decode(held))
            await tell(connection, told(deed, user, f"account:{account}", before=before))
        return True

    @override
    async def sealed_before(
        self, version: int, *, after: AccountId | None, limit: int
    ) -> Sequence[SealedRow]:
        rows = await self._database.rows(_SEALED_BEFORE, version, after, limit)
        return [
            SealedRow(
                context=SealContext(
                    user=UserId(plain_uuid(row["user_id"])),
                    account=AccountId(plain_uuid(row["account_id"])),
                    broker=row["broker"],
                ),
                sealed=_sealed(row),
            )
            for row in rows
        ]

    @override
    async def rewrap(self, row: SealedRow, sealed: Sealed) -> bool:
        replaced = await self._database.value(
            _REWRAP, row.account, row.sealed.record, sealed.record, sealed.key_version
        )
        return bool(replaced)

    @override
    async def key_versions(self) -> Mapping[int, int]:
        rows = await self._database.rows(_KEY_VERSIONS)
        return {row["key_version"]: row["count"] for row in rows}


class OwnAccounts(PostgresAccounts):
    """Those that a worker reaches under its lease."""

    @override
    async def credentials(
        self,
        user: UserId,
        account: AccountId,
        *,
        opener: WorkerId | None = None,
        deed: Deed | None = None,
    ) -> Sealed | None:
        # Who opens them is whoever the proof was given to, whatever is said here.
        asked = (user, account, self._held.of(user))
        if not await self._database.value(_TELL, *asked):
            return None
        rows = await self._database.rows(_OWN, *asked)
        return _sealed(rows[0]) if rows else None


def _sealed(row: asyncpg.Record) -> Sealed:
    return Sealed(record=row["sealed"], key_version=row["key_version"])
