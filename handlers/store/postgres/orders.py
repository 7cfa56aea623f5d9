"""An order's life in PostgreSQL; each call is one statement through one of the doors."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from typing_extensions import override

from bus.ids import uuid7
from bus.values import OrderId, OrderState
from handlers.errors import NotFoundError
from handlers.planning.client_ids import client_order_id
from handlers.records.orders import CancelAnswer, ClaimedOrder, NotClaimed, Settled, WhyNot
from handlers.store.base import OrderStore
from handlers.store.postgres.rows import as_json, deed_json, order_of, orders_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from bus.values import AccountId, UserId
    from handlers.records.audit import Deed
    from handlers.records.orders import Claim, Lease, Order, Settlement
    from handlers.store.postgres.connections import Database
    from handlers.store.postgres.held import Held

_LOAD = "SELECT to_jsonb(o) FROM order_by_id($1) AS o"
_LOAD_OWN = "SELECT to_jsonb(o) FROM own_order($1, $2::text[]::uuid[]) AS o"
_BY_CLIENT_ID = "SELECT to_jsonb(o) FROM own_order_by_client_id($1, $2, $3::text[]::uuid[]) AS o"
_CLAIM = "SELECT why, ahead::text, claimed FROM claim_own_order($1::jsonb, $2::text[]::uuid[])"
_SETTLE = """
SELECT state_now, has_changed, child_id::text
FROM settle_own_order($1::jsonb, $2::jsonb, $3::text[]::uuid[])
"""
_SETTLE_AND_CLAIM = """
SELECT state_now, has_changed, child_id::text, why, ahead::text, claimed
FROM settle_and_claim_own($1::jsonb, $2::jsonb, $3::jsonb, $4::text[]::uuid[])
"""
_LOAD_SOME = "SELECT to_jsonb(o) FROM own_orders($1::text[]::uuid[], $2::text[]::uuid[]) AS o"
_DENY = "SELECT deny_own_order($1, $2, $3, $4::jsonb, $5::text[]::uuid[])"


class PostgresOrders(OrderStore):
    """An order's life after it is recorded."""

    def __init__(self, database: Database, held: Held) -> None:
        self._database = database
        self._held = held

    @override
    async def load(self, order: OrderId) -> Order | None:
        found = await self._database.value(_LOAD, order)
        return None if found is None else order_of(found)

    @override
    async def load_some(self, orders: Sequence[OrderId]) -> Sequence[Order]:
        wanted = [str(order) for order in orders]
        return orders_of(await self._database.rows(_LOAD_SOME, wanted, self._held.all()))

    @override
    async def by_client_id(self, account: AccountId, client_order_id: str) -> Order | None:
        shown = self._held.all()
        found = await self._database.value(_BY_CLIENT_ID, account, client_order_id, shown)
        return None if found is None else order_of(found)

    @override
    async def claim(self, claim: Claim) -> ClaimedOrder | NotClaimed:
        shown = self._held.of(claim.lease.user_id)
        return _claim_of((await self._database.rows(_CLAIM, as_json(claim), shown))[0])

    @override
    async def settle(self, settlement: Settlement) -> Settled:
        told = (as_json(settlement), _child(), self._held.all())
        rows = await self._database.rows(_SETTLE, *told)
        if not rows:
            raise NotFoundError
        return _settled_of(rows[0])

    @override
    async def settle_and_claim(
        self, settlement: Settlement, claim: Claim
    ) -> tuple[Settled, ClaimedOrder | NotClaimed]:
        told = (as_json(settlement), _child(), as_json(claim), self._held.all())
        rows = await self._database.rows(_SETTLE_AND_CLAIM, *told)
        if not rows:
            raise NotFoundError
        return _settled_of(rows[0]), _claim_of(rows[0])

    @override
    async def deny(self, order: OrderId, *, code: str, message: str, lease: Lease) -> bool:
        told = (order, code, message, as_json(lease), self._held.of(lease.user_id))
        return await self._database.value(_DENY, *told)

    @override
    async def request_cancel(
        self, user: UserId, order: OrderId, *, deed: Deed | None = None
    ) -> CancelAnswer:
        statement = "SELECT request_cancel_told($1, $2, $3::jsonb)"
        return CancelAnswer(await self._database.value(statement, user, order, deed_json(deed)))

    @override
    async def note_cancel_sent(self, order: OrderId, lease: Lease) -> bool:
        statement = "SELECT note_own_cancel_sent($1, $2::jsonb, $3::text[]::uuid[])"
        shown = self._held.of(lease.user_id)
        return await self._database.value(statement, order, as_json(lease), shown)


class OwnOrders(PostgresOrders):
    """As a worker has them."""

    @override
    async def load(self, order: OrderId) -> Order | None:
        found = await self._database.value(_LOAD_OWN, order, self._held.all())
        return None if found is None else order_of(found)


def _child() -> str:
    """Return what a second leg would be called."""
    child = OrderId(uuid7())
    return as_json({"id": child, "client_order_id": client_order_id(child)})


def _settled_of(row: asyncpg.Record) -> Settled:
    second_leg = row["child_id"]
    return Settled(
        state=OrderState(row["state_now"]),
        has_changed=row["has_changed"],
        child=None if second_leg is None else OrderId(UUID(second_leg)),
    )


def _claim_of(row: asyncpg.Record) -> ClaimedOrder | NotClaimed:
    if row["why"] is not None:
        ahead = None if row["ahead"] is None else OrderId(UUID(row["ahead"]))
        return NotClaimed(why=WhyNot(row["why"]), ahead=ahead)
    order = order_of(row["claimed"])
    if order.send_by is None:
        raise ValueError(order.id)
    return ClaimedOrder(order=order, send_by=order.send_by)
