"""Accounts and strategies in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from handlers.errors import NotFoundError
from handlers.records import Account, Strategy
from handlers.store.people import CatalogueStore
from handlers.store.postgres.rows import as_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.values import AccountId, StrategyId, UserId
    from handlers.store.accounts import NewCredentials
    from handlers.store.postgres.connections import Database

_ADD_ACCOUNT = """
WITH new AS (
    INSERT INTO accounts (id, user_id, name, broker, mode, state, options, multiplier)
    SELECT a.id, a.user_id, a.name, a.broker, a.mode, a.state, a.options, a.multiplier
    FROM jsonb_populate_record(NULL::accounts, $1::jsonb) AS a
    RETURNING *
),
counted AS (INSERT INTO account_counters (account_id) SELECT id FROM new),
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
_SET_ACCOUNT_STATE = """
UPDATE accounts SET state = $3
WHERE id = $2 AND user_id = $1 AND state <> 'deleted'
RETURNING true
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
    INSERT INTO strategy_tokens (token_hash, strategy_id) SELECT $2, new.id FROM new
)
SELECT to_jsonb(new) || jsonb_build_object('accounts', $1::jsonb -> 'accounts') FROM new
"""
_STRATEGIES = """
SELECT to_jsonb(s) FROM strategy_records AS s
WHERE s.user_id = $1
ORDER BY s.created_at DESC, s.id DESC
"""
_SET_STRATEGY_STATE = """
UPDATE strategies SET state = $3 WHERE id = $2 AND user_id = $1 RETURNING true
"""
# Of two rotations at a time, the second has to see the token that the first one made.
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
new AS (INSERT INTO strategy_tokens (token_hash, strategy_id) SELECT $3, id FROM own)
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
        self, account: Account, credentials: NewCredentials | None = None
    ) -> Account:
        kept = (None, None, None)
        if credentials is not None:
            sealed = credentials.sealed
            kept = (sealed.key_version, sealed.record, credentials.hint)
        async with self._database.as_user(account.user_id) as connection:
            added = await connection.fetchval(_ADD_ACCOUNT, as_json(account), *kept)
        return _ACCOUNT.decode(added)

    @override
    async def accounts(self, user: UserId) -> Sequence[Account]:
        async with self._database.as_user(user) as connection:
            return [_ACCOUNT.decode(row[0]) for row in await connection.fetch(_ACCOUNTS, user)]

    @override
    async def set_account_state(self, user: UserId, account: AccountId, state: str) -> bool:
        async with self._database.as_user(user) as connection:
            return bool(await connection.fetchval(_SET_ACCOUNT_STATE, user, account, state))

    @override
    async def add_strategy(self, strategy: Strategy, *, token_hash: bytes) -> Strategy:
        async with self._database.as_user(strategy.user_id) as connection:
            added = await connection.fetchval(_ADD_STRATEGY, as_json(strategy), token_hash)
        if added is None:
            raise NotFoundError
        return _STRATEGY.decode(added)

    @override
    async def strategies(self, user: UserId) -> Sequence[Strategy]:
        async with self._database.as_user(user) as connection:
            return [_STRATEGY.decode(row[0]) for row in await connection.fetch(_STRATEGIES, user)]

    @override
    async def set_strategy_state(self, user: UserId, strategy: StrategyId, state: str) -> bool:
        async with self._database.as_user(user) as connection:
            return bool(await connection.fetchval(_SET_STRATEGY_STATE, user, strategy, state))

    @override
    async def rotate_token(
        self, user: UserId, strategy: StrategyId, *, token_hash: bytes, old_until: datetime
    ) -> Sequence[bytes] | None:
        async with self._database.as_user(user) as connection:
            await connection.execute(_HOLD, user, strategy)
            old = await connection.fetchval(_ROTATE, user, strategy, token_hash, old_until)
        return None if old is None else [bytes.fromhex(known) for known in old]
