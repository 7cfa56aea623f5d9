"""What a user's worker finds to do, in memory."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.values import OrderState, Side
from handlers.records.lifecycle import FINAL, LIVE, UNRESOLVED, UNSENT_IN_TIME, WORKING
from handlers.sizing.same_bar import WINDOW
from handlers.store.memory.leases import lease_runs
from handlers.store.work import WorkStore
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bus.values import AccountId, OrderId, UserId
    from handlers.records.orders import Lease, Order
    from handlers.store.memory.tables import Tables

_FIRST_CANCEL_PAUSE = timedelta(seconds=2)
_LAST_CANCEL_PAUSE = timedelta(seconds=60)
# Longer than a contract is traded that a name leads to.
_A_NAME_S_CONTRACT = timedelta(days=120)
# What lacks of an older order is found by a comparison.
_UNTOLD_FOR = timedelta(days=1)
_UNTOLD_AND_WORK_FOR = timedelta(minutes=15)


class MemoryWork(WorkStore):
    """The open orders of one user."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def take_over(self, lease: Lease) -> Sequence[Order]:
        await checkpoint()
        for order in self._in(lease.user_id, {OrderState.SENDING}):
            if order.epoch is not None and order.epoch < lease.epoch:
                lose_sight(self._tables, order, Stage.TAKEN_OVER, lease)
        return self._in(lease.user_id, UNRESOLVED)

    @override
    async def sweep(self, lease: Lease) -> Sequence[Order]:
        await checkpoint()
        now = self._tables.clock.now()
        for order in self._in(lease.user_id, {OrderState.SENDING}):
            if order.send_by is not None and order.send_by <= now:
                lose_sight(self._tables, order, Stage.SETTLED, lease)
        for order in self._in(lease.user_id, {OrderState.QUEUED}):
            if order.expires_at <= now:
                expire(self._tables, order, actor=f"worker:{lease.worker_id}")
        return self._in(lease.user_id, UNRESOLVED)

    @override
    async def oldest_queued(self, user: UserId, *, limit: int) -> Sequence[Order]:
        await checkpoint()
        now = self._tables.clock.now()
        queued = self._in(user, {OrderState.QUEUED})

        def is_held_back(order: Order) -> bool:
            if order.expires_at <= now:
                return True
            return not order.reduce_only and self._tables.blocks(order, epoch=None)

        held = {order.id: is_held_back(order) for order in queued}
        ranks: defaultdict[AccountId, int] = defaultdict(int)
        ranked: list[tuple[bool, int, int, Order]] = []
        for order in sorted(queued, key=lambda order: (held[order.id], order.seq)):
            ranked.append((held[order.id], ranks[order.account_id], order.seq, order))
            ranks[order.account_id] += 1
        fair = sorted(ranked, key=lambda row: row[:3])[:limit]
        return sorted(
            (row[3] for row in fair),
            key=lambda order: (held[order.id], order.account_id, order.seq),
        )

    @override
    async def wanted_cancels(self, user: UserId, *, limit: int) -> Sequence[Order]:
        await checkpoint()
        now = self._tables.clock.now()
        wanted = [
            order
            for order in self._in(user, LIVE)
            if order.cancel_requested_at is not None and may_cancel_again(order, now)
        ]
        return wanted[:limit]

    @override
    async def working(self, user: UserId) -> Sequence[Order]:
        await checkpoint()
        return self._in(user, WORKING)

    @override
    async def untold(self, user: UserId) -> Sequence[Order]:
        await checkpoint()
        since = self._tables.clock.now() - _UNTOLD_FOR
        final = self._in(user, FINAL)
        return [
            order for order in final if order.created_at > since and is_untold(self._tables, order)
        ]

    @override
    async def pass_sibling(self, order: OrderId, ahead: OrderId, lease: Lease) -> bool:
        await checkpoint()
        orders = self._tables.orders
        later, earlier = orders.get(order), orders.get(ahead)
        if later is None or earlier is None or not lease_runs(self._tables, lease):
            return False
        if later.user_id != lease.user_id or not are_siblings(earlier, later):
            return False
        self._tables.change(later, seq=earlier.seq)
        self._tables.change(earlier, seq=later.seq)
        return True

    @override
    async def contracts(
        self, lease: Lease, account: AccountId, symbol: str
    ) -> Mapping[str, Decimal]:
        await checkpoint()
        owner = self._tables.accounts.get(account)
        is_own = owner is not None and owner.user_id == lease.user_id
        if not is_own or not lease_runs(self._tables, lease):
            return {}
        since = self._tables.clock.now() - _A_NAME_S_CONTRACT
        held: defaultdict[str, Decimal] = defaultdict(Decimal)
        for fill in self._tables.fills.values():
            is_of_it = fill.account_id == account and fill.symbol == symbol and fill.at > since
            if is_of_it and fill.traded_as is not None:
                held[fill.traded_as] += fill.quantity if fill.side is Side.BUY else -fill.quantity
        return {contract: quantity for contract, quantity in held.items() if quantity}

    @override
    async def has_work(self, user: UserId) -> bool:
        await checkpoint()
        lately = (is_untold_lately(self._tables, order) for order in self._in(user, FINAL))
        return bool(self._in(user, LIVE | {OrderState.QUEUED})) or any(lately)

    def _in(self, user: UserId, states: Collection[OrderState]) -> list[Order]:
        """Return the user's orders in these states, oldest first."""
        found = [
            order
            for order in self._tables.orders.values()
            if order.user_id == user and order.state in states
        ]
        return sorted(found, key=lambda order: (order.created_at, order.id))


def lose_sight(tables: Tables, order: Order, stage: Stage, lease: Lease) -> None:
    """Turn a send of which nobody will tell the outcome into `unknown`."""
    tables.change(order, state=OrderState.UNKNOWN)
    moved = (OrderState.SENDING, OrderState.UNKNOWN)
    tables.write(order, stage, moved=moved, actor=f"worker:{lease.worker_id}")


def is_untold(tables: Tables, order: Order) -> bool:
    """Say whether an order is over, and not all of its executions are written down."""
    traded = tables.traded(order.id, added=0).quantity
    return order.state in FINAL and order.filled_quantity > traded


def is_untold_lately(tables: Tables, order: Order) -> bool:
    """Say whether it is so since a short time ago: then somebody is to look for them."""
    is_late = order.updated_at <= tables.clock.now() - _UNTOLD_AND_WORK_FOR
    return not is_late and is_untold(tables, order)


def expire(tables: Tables, order: Order, *, actor: str) -> Order:
    """End a queued order whose time is over."""
    code, message = UNSENT_IN_TIME
    expired = tables.change(order, state=OrderState.EXPIRED, error_code=code, error_message=message)
    moved = (OrderState.QUEUED, OrderState.EXPIRED)
    tables.write(order, Stage.EXPIRED, moved=moved, actor=actor, evidence={"code": code})
    return expired


def are_siblings(earlier: Order, later: Order) -> bool:
    """Say whether two orders wait for their turn and may be of one bar."""
    return (
        earlier.state is later.state is OrderState.QUEUED
        and later.strategy_id is not None
        and (earlier.account_id, earlier.symbol, earlier.strategy_id)
        == (later.account_id, later.symbol, later.strategy_id)
        and earlier.seq < later.seq
        and later.created_at - earlier.created_at <= WINDOW
    )


def may_cancel_again(order: Order, now: datetime) -> bool:
    """Say whether a wanted cancel may be sent: each pause is twice the last, 2 s to a minute."""
    if order.cancel_sent_at is None or order.cancel_requested_at is None:
        return order.cancel_requested_at is not None
    waited = order.cancel_sent_at - order.cancel_requested_at
    pause = max(_FIRST_CANCEL_PAUSE, min(_LAST_CANCEL_PAUSE, waited))
    return order.cancel_sent_at <= now - pause
