"""Comparisons in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from bus.values import AccountId, UserId
from handlers.records.audit import told
from handlers.records.comparison import (
    WINDOWS,
    Comparison,
    DueComparison,
    Holdings,
    LatestComparison,
    Ledger,
    NotCompared,
)
from handlers.store.comparing import ComparisonStore
from handlers.store.facts import comparison_facts
from handlers.store.postgres.audit import tell
from handlers.store.postgres.rows import as_json, plain_uuid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.records.audit import Deed
    from handlers.records.orders import Lease
    from handlers.store.postgres.connections import Database
    from handlers.store.postgres.held import Held

_WINDOWS = as_json(
    {
        broker: [int(first.total_seconds()), int(span.total_seconds())]
        for broker, (first, span) in WINDOWS.items()
    }
)
_DUE = "SELECT user_id, account_id, attempt FROM due_comparisons($1::jsonb, $2)"
_LEDGER = "SELECT own_ledger($1, $2, $3::text[]::uuid[])"
_HOLDINGS = "SELECT own_holdings($1, $2, $3::text[]::uuid[])"
_KEEP = "SELECT keep_own_comparison($1, $2::jsonb, $3::text[]::uuid[])"
_LATEST = """
SELECT jsonb_build_object(
    'account_id', n.account_id, 'comparison', d.kept, 'acknowledged_at', d.acknowledged_at,
    'failure', CASE WHEN n.state = 'unreachable' THEN n.kept END
)
FROM (
    SELECT DISTINCT ON (c.account_id) c.* FROM comparisons AS c
    WHERE c.user_id = $1 AND c.state IN ('done', 'unreachable')
    ORDER BY c.account_id, c.begins_at DESC
) AS n
LEFT JOIN LATERAL (
    SELECT c.kept, c.acknowledged_at FROM comparisons AS c
    WHERE c.user_id = $1 AND c.account_id = n.account_id AND c.state = 'done'
    ORDER BY c.begins_at DESC
    LIMIT 1
) AS d ON true
ORDER BY n.account_id
"""
_ACKNOWLEDGE = """
UPDATE comparisons AS c SET acknowledged_at = clock_timestamp()
WHERE
    c.user_id = $1 AND c.account_id = $2 AND c.acknowledged_at IS NULL
    AND (c.kept ->> 'at')::timestamptz = $3
    AND c.begins_at = (
        SELECT max(n.begins_at) FROM comparisons AS n
        WHERE n.user_id = $1 AND n.account_id = $2 AND n.state = 'done'
    )
RETURNING c.kept
"""
_IS_KNOWN = """
SELECT EXISTS (
    SELECT 1 FROM comparisons AS c
    WHERE
        c.user_id = $1 AND c.account_id = $2 AND (c.kept ->> 'at')::timestamptz = $3
        AND c.acknowledged_at IS NOT NULL
)
"""

_read_ledger = msgspec.json.Decoder(Ledger).decode
_read_holdings = msgspec.json.Decoder(Holdings).decode
_read_latest = msgspec.json.Decoder(LatestComparison).decode
_read_comparison = msgspec.json.Decoder(Comparison).decode


class PostgresComparisons(ComparisonStore):
    """What is due is a door of the control plane's, what is compared are doors of a worker's."""

    def __init__(self, database: Database, held: Held) -> None:
        self._database = database
        self._held = held

    @override
    async def due(self, *, limit: int) -> Sequence[DueComparison]:
        return [
            DueComparison(
                user_id=UserId(plain_uuid(row["user_id"])),
                account_id=AccountId(plain_uuid(row["account_id"])),
                attempt=row["attempt"],
            )
            for row in await self._database.rows(_DUE, _WINDOWS, str(limit))
        ]

    @override
    async def ledger(self, lease: Lease, account: AccountId) -> Ledger | None:
        user, shown = lease.user_id, self._held.of(lease.user_id)
        found = await self._database.value(_LEDGER, user, account, shown)
        return None if found is None else _read_ledger(found)

    @override
    async def holdings(self, lease: Lease, account: AccountId) -> Holdings:
        user, shown = lease.user_id, self._held.of(lease.user_id)
        return _read_holdings(await self._database.value(_HOLDINGS, user, account, shown))

    @override
    async def keep(self, lease: Lease, result: Comparison | NotCompared) -> bool:
        user, shown = lease.user_id, self._held.of(lease.user_id)
        return bool(await self._database.value(_KEEP, user, as_json(result), shown))

    @override
    async def latest(self, user: UserId) -> Sequence[LatestComparison]:
        async with self._database.as_user(user) as connection:
            return [_read_latest(row[0]) for row in await connection.fetch(_LATEST, user)]

    @override
    async def acknowledge(
        self, user: UserId, account: AccountId, at: datetime, *, deed: Deed | None = None
    ) -> bool:
        async with self._database.as_user(user) as connection:
            kept = await connection.fetchval(_ACKNOWLEDGE, user, account, at)
            if kept is None:
                return bool(await connection.fetchval(_IS_KNOWN, user, account, at))
            after = comparison_facts(_read_comparison(kept))
            await tell(connection, told(deed, user, f"account:{account}", after=after))
        return True
