"""Accounts and strategies in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from typing_extensions import override

from handlers.errors import ChangedMeanwhileError, NotFoundError
from handlers.records.accounts import Account, Strategy
from handlers.records.audit import told
from handlers.store.facts import account_facts, strategy_change, strategy_facts
from handlers.store.people import CatalogueStore
from handlers.store.postgres.audit import tell
from handlers.store.postgres.rows import as_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from bus.values import AccountId, StrategyId, UserId
    from handlers.records.audit import Deed
    from handlers.store.accounts import NewCredentials
    from handlers.store.postgres.connections import Database
    from handlers.store.postgres.held import Held

_ADD_ACCOUNT = """
WITH new AS (
    INSERT INTO accounts (id, user_id, name, broker, mode, state, options, multiplier)
    SELECT a.id, a.user_id, a.name, a.broker, a.mode, a.state, a.options, a.multiplier
    FROM jsonb_populate_record(NULL::accounts, $1::jsonb) AS a
    RETURNING *
),
counted AS (INSERT INTO account_counters (account_id, user_id) SELECT id, user_id FROM new),
sealed AS (
    INSERT INTO account_credentials (account_id, user_id, key_version, sealed, hint)
    SELECT new.id, new.user_id, $2, $3, $4 FROM new WHERE $3::bytea IS NOT NULL
    RETURNING hint, set_at
)
SELECT to_jsonb(new) || jsonb_build_object('credentials', (SELECT to_jsonb(s) FROM sealed AS s))
FROM new
"""
_ACCOUNTS = """
SELECT to_jsonb(a) FROM account_records AS a
WHERE a.user_id = $1
ORDER BY a.created_at DESC, a.id DESC
"""
_OWN_ACCOUNTS = """
SELECT to_jsonb(a) FROM own_accounts($1, $2::text[]::uuid[]) AS a
ORDER BY a.created_at DESC, a.id DESC
"""
_SET_ACCOUNT_STATE = """
WITH old AS (
    SELECT id, state FROM accounts
    WHERE id = $2 AND user_id = $1 AND state <> 'deleted'
    FOR UPDATE
)
UPDATE accounts AS a SET state = $3 FROM old WHERE a.id = old.id RETURNING old.state
"""
_ADD_STRATEGY = """
WITH asked AS (SELECT * FROM jsonb_populate_record(NULL::strategies, $1::jsonb)),
named AS (
    SELECT n.place, c.id
    FROM jsonb_array_elements_text($1::jsonb -> 'accounts') WITH ORDINALITY AS n (account, place)
    LEFT JOIN accounts AS c
        ON c.id = n.account::uuid AND c.user_id = (SELECT a.user_id FROM asked AS a)
        AND c.state <> 'deleted'
),
new AS (
    INSERT INTO strategies (
        id, user_id, name, state, mode, default_quantity, dedupe_window_s, settings
    )
    SELECT
        a.id, a.user_id, a.name, a.state, a.mode, a.default_quantity, a.dedupe_window_s,
        a.settings
    FROM asked AS a
    WHERE NOT EXISTS (SELECT 1 FROM named AS n WHERE n.id IS NULL)
    RETURNING *
),
new_accounts AS (
    INSERT INTO strategy_accounts (strategy_id, account_id, user_id, place)
    SELECT new.id, n.id, new.user_id, n.place FROM new CROSS JOIN named AS n
),
new_token AS (
    INSERT INTO strategy_tokens (token_hash, strategy_id, user_id)
    SELECT $2, new.id, new.user_id FROM new
)
SELECT to_jsonb(new) || jsonb_build_object('accounts', $1::jsonb -> 'accounts') FROM new
"""
_STRATEGY_OF = "SELECT to_jsonb(s) FROM strategy_records AS s WHERE s.user_id = $1 AND s.id = $2"
_STRATEGIES = """
SELECT to_jsonb(s) FROM strategy_records AS s
WHERE s.user_id = $1
ORDER BY s.created_at DESC, s.id DESC
"""
_SET_STRATEGY_STATE = """
WITH old AS (SELECT id, state FROM strategies WHERE id = $2 AND user_id = $1 FOR UPDATE)
UPDATE strategies AS s SET state = $3 FROM old WHERE s.id = old.id RETURNING old.state
"""
_CHANGE_STRATEGY = """
UPDATE strategies AS s SET
    name = w.name, mode = w.mode, default_quantity = w.default_quantity,
    dedupe_window_s = w.dedupe_window_s, settings = w.settings, revision = s.revision + 1
FROM jsonb_populate_record(NULL::strategies, $1::jsonb) AS w
WHERE s.id = w.id AND s.user_id = w.user_id
"""
_DROP_REACH = "DELETE FROM strategy_accounts WHERE strategy_id = $2 AND user_id = $1"
_ADD_REACH = """
INSERT INTO strategy_accounts (strategy_id, account_id, user_id, place)
SELECT $2, a.id, $1, n.place
FROM unnest($3::uuid[]) WITH ORDINALITY AS n (account, place)
INNER JOIN accounts AS a ON a.id = n.account AND a.user_id = $1 AND a.state <> 'deleted'
RETURNING true
"""
# Of two changes at a time, the second has to see what the first one made.
_HOLD = "SELECT id FROM strategies WHERE id = $2 AND user_id = $1 FOR UPDATE"
_ROTATE = """
WITH own AS (SELECT id FROM strategies WHERE id = $2 AND user_id = $1),
old AS (
    UPDATE strategy_tokens
    SET expires_at = CASE WHEN expires_at IS NULL THEN $4 ELSE clock_timestamp() END
    WHERE
        strategy_id IN (SELECT id FROM own)
        AND (expires_at IS NULL OR expires_at > clock_timestamp())
    RETURNING token_hash
),
new AS (
    INSERT INTO strategy_tokens (token_hash, strategy_id, user_id) SELECT $3, id, $1 FROM own
)
SELECT ARRAY(SELECT encode(token_hash, 'hex') FROM old ORDER BY token_hash) FROM own
"""
_ACCOUNT = msgspec.json.Decoder(Account)
_STRATEGY = msgspec.json.Decoder(Strategy)


class PostgresCatalogue(CatalogueStore):
    """Accounts and strategies of one user at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def add_account(
        self,
        account: Account,
        credentials: NewCredentials | None = None,
        *,
        deed: Deed | None = None,
    ) -> Account:
        user, subject = account.user_id, f"account:{account.id}"
        kept = (None, None, None)
        if credentials is not None:
            sealed = credentials.sealed
            kept = (sealed.key_version, sealed.record, credentials.hint)
        async with self._database.as_user(user) as connection:
            added = await connection.fetchval(_ADD_ACCOUNT, as_json(account), *kept)
            await tell(connection, told(deed, user, subject, after=account_facts(account)))
        return _ACCOUNT.decode(added)

    @override
    async def accounts(self, user: UserId) -> Sequence[Account]:
        async with self._database.as_user(user) as connection:
            return [_ACCOUNT.decode(row[0]) for row in await connection.fetch(_ACCOUNTS, user)]

    @override
    async def set_account_state(
        self, user: UserId, account: AccountId, state: str, *, deed: Deed | None = None
    ) -> bool:
        named = ("account", account)
        return await self._set_state(_SET_ACCOUNT_STATE, user, named, state, deed)

    @override
    async def add_strategy(
        self, strategy: Strategy, *, token_hash: bytes, deed: Deed | None = None
    ) -> Strategy:
        user, subject = strategy.user_id, f"strategy:{strategy.id}"
        async with self._database.as_user(user) as connection:
            added = await connection.fetchval(_ADD_STRATEGY, as_json(strategy), token_hash)
            if added is None:
                raise NotFoundError
            await tell(connection, told(deed, user, subject, after=strategy_facts(strategy)))
        return _STRATEGY.decode(added)

    @override
    async def strategies(self, user: UserId) -> Sequence[Strategy]:
        async with self._database.as_user(user) as connection:
            return [_STRATEGY.decode(row[0]) for row in await connection.fetch(_STRATEGIES, user)]

    @override
    async def set_strategy_state(
        self, user: UserId, strategy: StrategyId, state: str, *, deed: Deed | None = None
    ) -> bool:
        named = ("strategy", strategy)
        return await self._set_state(_SET_STRATEGY_STATE, user, named, state, deed)

    @override
    async def change_strategy(
        self, wanted: Strategy, *, deed: Deed | None = None
    ) -> Strategy | None:
        user, key = wanted.user_id, wanted.id
        async with self._database.as_user(user) as connection:
            await connection.execute(_HOLD, user, key)
            found = await connection.fetchval(_STRATEGY_OF, user, key)
            if found is None:
                return None
            old = _STRATEGY.decode(found)
            if old.revision != wanted.revision:
                raise ChangedMeanwhileError
            change = strategy_change(old, msgspec.structs.replace(wanted, state=old.state))
            if not change["after"]:
                return old
            await connection.execute(_CHANGE_STRATEGY, as_json(wanted))
            if old.accounts != wanted.accounts:
                await connection.execute(_DROP_REACH, user, key)
                added = await connection.fetch(_ADD_REACH, user, key, list(wanted.accounts))
                if len(added) != len(wanted.accounts):
                    raise NotFoundError
            await tell(connection, told(deed, user, f"strategy:{key}", **change))
            return _STRATEGY.decode(await connection.fetchval(_STRATEGY_OF, user, key))

    @override
    async def rotate_token(
        self,
        user: UserId,
        strategy: StrategyId,
        *,
        token_hash: bytes,
        old_until: datetime,
        deed: Deed | None = None,
    ) -> Sequence[bytes] | None:
        async with self._database.as_user(user) as connection:
            await connection.execute(_HOLD, user, strategy)
            old = await connection.fetchval(_ROTATE, user, strategy, token_hash, old_until)
            if old is None:
                return None
            after = {"old_until": old_until.isoformat()}
            await tell(connection, told(deed, user, f"strategy:{strategy}", after=after))
        return [bytes.fromhex(known) for known in old]

    async def _set_state(
        self,
        statement: str,
        user: UserId,
        named: tuple[str, UUID],
        state: str,
        deed: Deed | None,
    ) -> bool:
        kind, key = named
        async with self._database.as_user(user) as connection:
            old = await connection.fetchval(statement, user, key, state)
            if old is None:
                return False
            change: dict[str, Any] = {"before": {"state": old}, "after": {"state": state}}
            await tell(connection, told(deed, user, f"{kind}:{key}", **change))
        return True


class OwnCatalogue(PostgresCatalogue):
    """As a worker has it: its user's accounts, in one round trip."""

    def __init__(self, database: Database, held: Held) -> None:
        super().__init__(database)
        self._held = held

    @override
    async def accounts(self, user: UserId) -> Sequence[Account]:
        rows = await self._database.rows(_OWN_ACCOUNTS, user, self._held.of(user))
        return [_ACCOUNT.decode(row[0]) for row in rows]
