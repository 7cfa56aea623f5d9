"""Lists and details in PostgreSQL; every method sees one user's own rows only."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from typing_extensions import override

from handlers.records.control_hops import ControlHop
from handlers.records.orders import Order
from handlers.records.position_fold import Folded, position_of
from handlers.records.reversal import Reversal, reversal_of
from handlers.records.views import (
    FillView,
    OrderDetail,
    OrderEvent,
    PositionView,
    ShownOrder,
    SignalView,
    WorkerView,
)
from handlers.store.postgres.rows import as_json
from handlers.store.reading import QueryStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import OrderId, UserId
    from handlers.records.views import Filter, Span, StreamEvent
    from handlers.store.postgres.connections import Database
    from handlers.store.postgres.streams import Reader

T = TypeVar("T")

# Each statement gets a user, the filter as JSON, and where the last page ended.
_FITS = """
    ($2::jsonb ->> 'account_id' IS NULL OR o.account_id = ($2::jsonb ->> 'account_id')::uuid)
    AND ($2::jsonb ->> 'strategy_id' IS NULL
        OR o.strategy_id = ($2::jsonb ->> 'strategy_id')::uuid)
    AND ($2::jsonb ->> 'symbol' IS NULL
        OR $2::jsonb ->> 'symbol' IN (o.symbol, o.traded_as))
    AND ($2::jsonb ->> 'signal_id' IS NULL OR o.signal_id = ($2::jsonb ->> 'signal_id')::uuid)
    AND ($2::jsonb ->> 'order_id' IS NULL OR o.id = ($2::jsonb ->> 'order_id')::uuid)
"""
# Where a bound is absent, one that all are within: the index is searched by both whatever is asked.
# By `coalesce` it would not be: before row-level security nothing is evaluated that might leak.
_ORDERS_FROM = f"""
WHERE
    o.user_id = $1 AND {_FITS}
    AND o.created_at >= greatest(($2::jsonb ->> 'since')::timestamptz, '-infinity')
    AND o.created_at < least(($2::jsonb ->> 'until')::timestamptz, 'infinity')
    AND ($2::jsonb ->> 'state' IS NULL OR shown_state(o) = $2::jsonb ->> 'state')
    AND ($3::timestamptz IS NULL OR (o.created_at, o.id) < ($3, $4::text::uuid))
ORDER BY o.created_at DESC, o.id DESC
LIMIT $5::text::integer
"""  # put together, as what follows, from this file's own text alone
ORDERS = f"SELECT shown_order(o) FROM orders AS o {_ORDERS_FROM}"  # noqa: S608 - likewise
# Each of the ids an order is known by has an index: no row is looked at that none of them leads to.
SOUGHT_ORDERS = f"""
WITH
asked AS (
    SELECT
        ($2::jsonb #>> '{{sought,order_ids,0}}')::uuid AS first_order,
        ($2::jsonb #>> '{{sought,order_ids,1}}')::uuid AS last_order,
        ($2::jsonb #>> '{{sought,signal_ids,0}}')::uuid AS first_signal,
        ($2::jsonb #>> '{{sought,signal_ids,1}}')::uuid AS last_signal,
        $2::jsonb #>> '{{sought,venue_ids,0}}' AS first_venue,
        $2::jsonb #>> '{{sought,venue_ids,1}}' AS end_venue
),
sought AS MATERIALIZED (
    SELECT o.id FROM asked AS a
    INNER JOIN orders AS o ON o.id BETWEEN a.first_order AND a.last_order
    WHERE o.user_id = $1
    UNION
    SELECT o.id FROM asked AS a
    INNER JOIN orders AS o ON o.signal_id BETWEEN a.first_signal AND a.last_signal
    WHERE o.user_id = $1
    UNION
    SELECT o.id FROM asked AS a
    INNER JOIN orders AS o ON
        o.broker_order_id COLLATE "C" >= a.first_venue
        AND o.broker_order_id COLLATE "C" < a.end_venue
    WHERE o.user_id = $1
    UNION
    SELECT o.id FROM asked AS a
    INNER JOIN orders AS o ON position('+' IN o.broker_order_id) > 0
    CROSS JOIN LATERAL unnest(string_to_array(o.broker_order_id, '+')) AS j (id)
    WHERE
        o.user_id = $1
        AND j.id COLLATE "C" >= a.first_venue AND j.id COLLATE "C" < a.end_venue
)
SELECT shown_order(o) FROM sought AS s
CROSS JOIN LATERAL (SELECT r.* FROM orders AS r WHERE r.id = s.id OFFSET 0) AS o
{_ORDERS_FROM}
"""  # noqa: S608 - likewise
_ORDER = """
SELECT shown_order(o) || jsonb_build_object(
    'events', (
        SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.n), '[]')
        FROM order_events AS e WHERE e.order_id = o.id
    ),
    'fills', (
        SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.at, f.entry), '[]')
        FROM fills AS f WHERE f.order_id = o.id
    ),
    'hops', hops_of(o.id)
)
FROM orders AS o
WHERE o.id = $2 AND o.user_id = $1
"""
_SIGNALS = """
SELECT to_jsonb(s) || jsonb_build_object(
    'orders', (
        SELECT coalesce(jsonb_agg(o.id ORDER BY o.seq), '[]')
        FROM orders AS o WHERE o.signal_id = s.id
    )
)
FROM signals AS s
WHERE
    s.user_id = $1
    AND ($2::jsonb ->> 'signal_id' IS NULL OR s.id = ($2::jsonb ->> 'signal_id')::uuid)
    AND ($2::jsonb ->> 'strategy_id' IS NULL
        OR s.strategy_id = ($2::jsonb ->> 'strategy_id')::uuid)
    AND ($2::jsonb ->> 'state' IS NULL OR s.outcome = $2::jsonb ->> 'state')
    AND (
        ($2::jsonb ->> 'account_id' IS NULL AND $2::jsonb ->> 'symbol' IS NULL)
        OR EXISTS (
            SELECT 1 FROM orders AS o
            WHERE
                o.signal_id = s.id
                AND ($2::jsonb ->> 'account_id' IS NULL
                    OR o.account_id = ($2::jsonb ->> 'account_id')::uuid)
                AND ($2::jsonb ->> 'symbol' IS NULL
                    OR $2::jsonb ->> 'symbol' IN (o.symbol, o.traded_as))
        )
    )
    AND ($3::timestamptz IS NULL OR (s.received_at, s.id) < ($3, $4::text::uuid))
ORDER BY s.received_at DESC, s.id DESC
LIMIT $5::text::integer
"""
_FILLS = f"""
SELECT to_jsonb(f) FROM fills AS f
INNER JOIN orders AS o ON o.id = f.order_id
WHERE
    f.user_id = $1 AND {_FITS}
    AND ($3::timestamptz IS NULL OR (f.at, f.id) < ($3, $4::text::uuid))
ORDER BY f.at DESC, f.id DESC
LIMIT $5::text::integer
"""  # noqa: S608 - put together from this file's own text alone
# Nearly every row is folded to the end as it is kept; what is left of others is folded here.
_POSITIONS = """
SELECT to_jsonb(f) || jsonb_build_object('is_over', is_over(f)) FROM traded_sums AS s
CROSS JOIN LATERAL folded(s) AS f
WHERE s.user_id = $1 AND f.folded > 0
ORDER BY s.account_id, s.symbol
"""
_WORKERS = """
SELECT to_jsonb(w) FROM seen_workers($1) AS w
ORDER BY w.started_at DESC, w.id DESC
"""


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """What `shown_order` gives, and what an order's details add."""

    order: Order
    second: Order | None = None
    why_not: str | None = None
    events: tuple[OrderEvent, ...] = ()
    fills: tuple[FillView, ...] = ()
    hops: tuple[ControlHop, ...] = ()

    @property
    def reversal(self) -> Reversal | None:
        return reversal_of(self.order, self.second, self.why_not)


class PostgresQueries(QueryStore):
    """What is read for people."""

    def __init__(self, database: Database, reader: Reader) -> None:
        self._database = database
        self._reader = reader

    @override
    async def orders(self, user: UserId, where: Filter, span: Span) -> Sequence[ShownOrder]:
        statement = ORDERS if where.sought is None else SOUGHT_ORDERS
        rows = await self._page(statement, _Read, user, where=where, span=span)
        return [ShownOrder(order=row.order, reversal=row.reversal) for row in rows]

    @override
    async def order(self, user: UserId, order: OrderId) -> OrderDetail | None:
        async with self._database.as_user(user) as connection:
            found = await connection.fetchval(_ORDER, user, order)
        if found is None:
            return None
        row = msgspec.json.decode(found, type=_Read)
        return OrderDetail(
            order=row.order,
            reversal=row.reversal,
            events=row.events,
            fills=row.fills,
            hops=row.hops,
        )

    @override
    async def signals(self, user: UserId, where: Filter, span: Span) -> Sequence[SignalView]:
        return await self._page(_SIGNALS, SignalView, user, where=where, span=span)

    @override
    async def fills(self, user: UserId, where: Filter, span: Span) -> Sequence[FillView]:
        return await self._page(_FILLS, FillView, user, where=where, span=span)

    @override
    async def positions(self, user: UserId) -> Sequence[PositionView]:
        async with self._database.as_user(user) as connection:
            rows = await connection.fetch(_POSITIONS, user)
        return [position_of(msgspec.json.decode(row[0], type=Folded)) for row in rows]

    @override
    async def workers(self, user: UserId | None) -> Sequence[WorkerView]:
        rows = await self._database.rows(_WORKERS, user)
        return [msgspec.json.decode(row[0], type=WorkerView) for row in rows]

    @override
    async def stream_after(self, user: UserId, n: int, *, limit: int) -> Sequence[StreamEvent]:
        return await self._reader.after(user, n, limit=limit)

    async def _page(
        self, statement: str, row: type[T], user: UserId, *, where: Filter, span: Span
    ) -> list[T]:
        at, key = (None, None) if span.before is None else span.before
        arguments = (user, as_json(where), at, key, str(span.limit))
        async with self._database.as_user(user) as connection:
            rows = await connection.fetch(statement, *arguments)
        decoder = msgspec.json.Decoder(row)
        return [decoder.decode(found[0]) for found in rows]
