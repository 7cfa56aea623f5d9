"""The lanes of a user: orders and cancels of each account, tried at the account's desk."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import anyio

from bus.values import OrderState
from handlers.asking.replies import failed
from handlers.orders import cancel
from handlers.orders.executed import Executed
from handlers.orders.execution import execute
from handlers.records.orders import WhyNot
from worker_runtime.account_lane import Lane
from worker_runtime.errors import SessionUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyio.abc import TaskGroup

    from bus.values import AccountId, OrderId
    from handlers.orders.desk import Desk
    from handlers.records.orders import Mark, Order
    from worker_runtime.drain import Drain
    from worker_runtime.leases import LeaseKeeper
    from worker_runtime.ports import Ports
    from worker_runtime.sessions import Sessions
    from worker_runtime.turn import Done, Turn

    Attempt = Callable[[AccountId, Turn], Awaitable[Executed]]

# What whoever is called at night looks for; what went well is in the record.
_TOLD = {
    OrderState.DENIED: "order_refused",
    OrderState.EXPIRED: "order_refused",
    OrderState.REJECTED: "order_refused",
    OrderState.UNKNOWN: "order_in_doubt",
}
_log = logging.getLogger(__name__)

_GUARD_PAUSE = timedelta(seconds=0.2)
_GONE = "The account was deleted while the order waited."


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactions:
    """Who is told what.

    Attributes:
        on_unknown: An order's outcome is unknown.
        on_change: An attempt has begun or ended.
        on_denied: An order was denied without a session.
    """

    on_unknown: Callable[[], None]
    on_change: Callable[[], None]
    on_denied: Callable[[], None]


class Execution:
    """Two lanes an account: a cancel never waits behind an order that is being sent."""

    def __init__(
        self,
        keeper: LeaseKeeper,
        sessions: Sessions,
        *,
        drain: Drain,
        reactions: Reactions,
        ports: Ports,
    ) -> None:
        self._keeper = keeper
        self._sessions = sessions
        self._drain = drain
        self._reactions = reactions
        self._store = ports.store.orders
        self._clock = ports.clock
        self._pace = ports.pace
        self._orders: dict[AccountId, Lane] = {}
        self._cancels: dict[AccountId, Lane] = {}
        self._tasks: TaskGroup | None = None
        self._closed = anyio.Event()
        self._finished = anyio.Event()
        self.last_work_at = ports.clock.monotonic()
        self.under_way = 0

    async def run(self) -> None:
        """Work until `finish`, and then until every order in hand is finished.

        Raises:
            LeaseLostError: Another worker owns the user.
        """
        async with anyio.create_task_group() as self._tasks:
            for lane in self._lanes():
                self._tasks.start_soon(lane.run)
            await self._closed.wait()
            for lane in self._lanes():
                lane.close()
        self._tasks = None
        self._finished.set()

    async def finish(self) -> None:
        """Begin nothing more, and wait until what is in hand is finished."""
        self._closed.set()
        await self._finished.wait()

    def execute(
        self,
        account: AccountId,
        order: OrderId,
        *,
        marks: tuple[Mark, ...] = (),
        trace_id: str = "",
        done: Done | None = None,
    ) -> None:
        """Queue an order in its account's lane; saying it twice changes nothing."""
        self.last_work_at = self._clock.monotonic()
        lane = self._lane(self._orders, account, self._execute)
        lane.add(order, marks=marks, trace_id=trace_id, done=done)

    def cancel(
        self, account: AccountId, order: OrderId, *, trace_id: str = "", done: Done | None = None
    ) -> None:
        """Queue a wanted cancel beside the account's orders."""
        self.last_work_at = self._clock.monotonic()
        lane = self._lane(self._cancels, account, self._cancel)
        lane.add(order, trace_id=trace_id, done=done)

    def wake(self, account: AccountId) -> None:
        """Try at once what waits in the account's lane."""
        lane = self._orders.get(account)
        if lane is not None:
            lane.wake()

    def _lanes(self) -> tuple[Lane, ...]:
        return (*self._orders.values(), *self._cancels.values())

    def _lane(
        self,
        lanes: dict[AccountId, Lane],
        account: AccountId,
        attempt: Attempt,
    ) -> Lane:
        lane = lanes.get(account)
        if lane is None:
            lane = Lane(
                partial(self._counted, attempt, account), clock=self._clock, pace=self._pace
            )
            lanes[account] = lane
            if self._tasks is not None:
                self._tasks.start_soon(lane.run)
        return lane

    async def _counted(self, attempt: Attempt, account: AccountId, turn: Turn) -> Executed:
        """Attempt it, and let it be seen that something is under way."""
        self.under_way += 1
        self._reactions.on_change()
        try:
            return await attempt(account, turn)
        finally:
            self.under_way -= 1
            self._reactions.on_change()

    async def _execute(self, account: AccountId, turn: Turn) -> Executed:
        if not self._may_begin():
            return Executed(state=OrderState.QUEUED, retry_after=_GUARD_PAUSE)
        turn.on_done = partial(self._notice, account)
        first = turn.item
        try:
            async with self._sessions.use(account) as desk:
                turn.may_go_on = partial(self._may_go_on, desk)
                executed = await execute(first.order_id, desk, marks=first.marks, behind=turn)
        except SessionUnavailableError as error:
            return await self._without_session(account, first.order_id, error)
        self._notice(account, turn.item.order_id, executed)
        return executed

    def _may_begin(self) -> bool:
        return self._keeper.may_send and not (self._drain.is_begun or self._closed.is_set())

    def _may_go_on(self, desk: Desk) -> bool:
        """Say whether an order behind another may begin: as one in its own turn may."""
        return self._may_begin() and self._sessions.serves(desk)

    def _notice(self, account: AccountId, order: OrderId, executed: Executed) -> None:
        """Have done what an attempt's outcome asks for."""
        if executed.state is OrderState.UNKNOWN:
            self._reactions.on_unknown()
        if executed.why is WhyNot.LEASE_LOST:
            self._keeper.renew_now()
        if executed.state in _TOLD and executed.why is not WhyNot.GONE:
            _tell(account, order, executed)

    async def _without_session(
        self, account: AccountId, order_id: OrderId, error: SessionUnavailableError
    ) -> Executed:
        """Keep the order for when there is one; deny it where there never will be."""
        order = await self._store.load(order_id)
        if order is None or order.account_id != account:
            return Executed(state=None, why=WhyNot.GONE)
        if order.state is OrderState.QUEUED and await self._sessions.is_refused(account):
            return await self._deny(order, error.code.value, failed(error.code).message)
        if order.state is OrderState.QUEUED and await self._sessions.is_gone(account):
            return await self._deny(order, "account_disabled", _GONE)
        return Executed(state=order.state, retry_after=timedelta(seconds=error.retry_after))

    async def _deny(self, order: Order, code: str, message: str) -> Executed:
        await self._store.deny(order.id, code=code, message=message, lease=self._keeper.lease)
        self._reactions.on_denied()
        executed = Executed(state=OrderState.DENIED, code=code, trace_id=order.trace_id)
        _tell(order.account_id, order.id, executed)
        return executed

    async def _cancel(self, account: AccountId, turn: Turn) -> Executed:
        try:
            async with self._sessions.use(account) as desk:
                sent = await cancel.send_cancel(turn.item.order_id, desk, on_read=turn.begun)
                return Executed(state=sent.state, reply=sent.reply)
        except SessionUnavailableError as error:
            pause = timedelta(seconds=error.retry_after)
            reply = failed(error.code, why=str(error))
            return Executed(state=None, retry_after=pause, reply=reply)


def _tell(account: AccountId, order: OrderId, executed: Executed) -> None:
    """Write a line of an order that did not get to its venue, or may not have."""
    state = OrderState(executed.state)
    _log.warning(
        _TOLD[state],
        extra={
            "order_id": str(order),
            "account_id": str(account),
            "state": state.value,
            "code": executed.code,
            "trace_id": executed.trace_id,
        },
    )
