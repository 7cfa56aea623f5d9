"""What a user maps by hand, in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from handlers.errors import NotFoundError, RefusedError
from handlers.records.audit import told
from handlers.records.symbols import SymbolOverride
from handlers.store.facts import override_facts
from handlers.store.postgres.audit import tell
from handlers.store.postgres.rows import as_json
from handlers.store.symbols import MOST_OVERRIDES, SymbolStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bus.values import UserId
    from handlers.records.audit import Deed
    from handlers.store.postgres.connections import Database

_OVERRIDES = """
SELECT to_jsonb(o) FROM symbol_overrides AS o
WHERE o.user_id = $1
ORDER BY o.created_at DESC, o.id DESC
"""
_IS_FOR = """
SELECT $3::uuid IS NULL OR EXISTS (
    SELECT 1 FROM accounts
    WHERE id = $3 AND user_id = $1 AND broker = $2 AND state <> 'deleted'
)
"""
_HOLD = """
SELECT to_jsonb(o)
FROM jsonb_populate_record(NULL::symbol_overrides, $1::jsonb) AS n
INNER JOIN symbol_overrides AS o
    ON o.user_id = n.user_id AND o.ticker = n.ticker AND o.broker = n.broker
    AND o.exchange IS NOT DISTINCT FROM n.exchange
    AND o.account_id IS NOT DISTINCT FROM n.account_id
FOR UPDATE OF o
"""
_PUT = """
INSERT INTO symbol_overrides AS o (
    id, user_id, broker, account_id, exchange, ticker, symbol, crosses
)
SELECT n.id, n.user_id, n.broker, n.account_id, n.exchange, n.ticker, n.symbol, n.crosses
FROM jsonb_populate_record(NULL::symbol_overrides, $1::jsonb) AS n
ON CONFLICT (
    user_id, ticker, broker, coalesce(exchange, ''),
    coalesce(account_id, '00000000-0000-0000-0000-000000000000')
) DO UPDATE SET symbol = EXCLUDED.symbol, crosses = EXCLUDED.crosses
RETURNING to_jsonb(o)
"""
_COUNT = "SELECT count(*) FROM symbol_overrides WHERE user_id = $1"
_DROP = "DELETE FROM symbol_overrides AS o WHERE o.id = $2 AND o.user_id = $1 RETURNING to_jsonb(o)"
_OVERRIDE = msgspec.json.Decoder(SymbolOverride)


class PostgresSymbols(SymbolStore):
    """Overrides of one user at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def overrides(self, user: UserId) -> Sequence[SymbolOverride]:
        async with self._database.as_user(user) as connection:
            return [_OVERRIDE.decode(row[0]) for row in await connection.fetch(_OVERRIDES, user)]

    @override
    async def put(self, wanted: SymbolOverride, *, deed: Deed | None = None) -> SymbolOverride:
        user, record = wanted.user_id, as_json(wanted)
        async with self._database.as_user(user) as connection:
            if not await connection.fetchval(_IS_FOR, user, wanted.broker, wanted.account_id):
                raise NotFoundError
            held = await connection.fetchval(_HOLD, record)
            before = None if held is None else _OVERRIDE.decode(held)
            if before is not None and before.means_as(wanted):
                return before
            if before is None and await connection.fetchval(_COUNT, user) >= MOST_OVERRIDES:
                raise RefusedError("too_many_symbols")
            kept = _OVERRIDE.decode(await connection.fetchval(_PUT, record))
            was = None if before is None else override_facts(before)
            after, subject = override_facts(kept), f"symbol:{kept.id}"
            await tell(connection, told(deed, user, subject, before=was, after=after))
        return kept

    @override
    async def drop(self, user: UserId, key: UUID, *, deed: Deed | None = None) -> bool:
        async with self._database.as_user(user) as connection:
            dropped = await connection.fetchval(_DROP, user, key)
            if dropped is None:
                return False
            before = override_facts(_OVERRIDE.decode(dropped))
            await tell(connection, told(deed, user, f"symbol:{key}", before=before))
        return True
