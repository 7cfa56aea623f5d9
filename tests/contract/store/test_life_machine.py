"""Any sequence of what may happen to an order: promises are kept, and the stores agree.

The promises are said here in their own words, not by the rules of `handlers.records.lifecycle`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bus.ids import uuid7
from bus.values import OrderState, WorkerId
from handlers.store.memory import MemoryStore
from tests.builders import ManualClock
from tests.contract.store.house import House, Trader, a_fill

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from handlers.records.views import OrderDetail

pytestmark = pytest.mark.anyio

S = OrderState
SIZE = Decimal("1.5")
FINAL = {S.FILLED, S.CANCELLED, S.EXPIRED, S.REJECTED, S.DENIED, S.NOT_PLACED}
# A venue that says one of these has the order.
PLACED = {S.ACCEPTED, S.PARTIALLY_FILLED, S.FILLED, S.CANCELLED, S.EXPIRED}
IN_DOUBT = {S.UNKNOWN, S.NEEDS_REVIEW, S.NOT_PLACED}

Step = tuple[Any, ...]

# Where a life begins: most of what can go wrong comes after the first send, and after a doubt.
_DOUBT: list[Step] = [("claim",), ("say", S.UNKNOWN, None, 0)]
BEGINNINGS: list[list[Step]] = [
    [],
    [("claim",)],
    _DOUBT,
    [*_DOUBT, ("say", S.NEEDS_REVIEW, None, 0)],
    [*_DOUBT, ("say", S.NOT_PLACED, None, 0)],
]

QUANTITIES = st.sampled_from([None, "0", "0.5", "1", "1.5", "2"])
# Everything may be said; what would undo a doubt is said more often.
SAID = st.sampled_from([*sorted(OrderState), *[S.QUEUED, S.UNKNOWN, S.NOT_PLACED] * 4])
SAY: st.SearchStrategy[Step] = st.tuples(
    st.just("say"), SAID, QUANTITIES, st.sampled_from([0, 0, 0, 1])
)
STEPS: st.SearchStrategy[Step] = st.one_of(
    SAY,
    SAY,
    st.tuples(st.just("fill"), st.sampled_from("abcd"), st.sampled_from(["0.25", "0.5", "1.5"])),
    st.sampled_from([("claim",), ("cancel",), ("deny",), ("lose",), ("sweep",)]),
)


class Life:
    """One order in one store."""

    def __init__(self, house: House, trader: Trader, order: Order) -> None:
        self.house = house
        self.trader = trader
        self.order = order
        self.lease = trader.lease

    async def do(self, step: Step) -> None:
        """Let one thing happen to the order."""
        match step:
            case ("say", state, quantity, later_epoch):
                await self._say(state, quantity, later_epoch)
            case ("fill", key, quantity):
                fill = a_fill(self.order, quantity, fill_key=f"{self.order.id}:{key}")
                await self.house.settle(
                    self.order, S.PARTIALLY_FILLED, epoch=self.trader.lease.epoch, fills=(fill,)
                )
            case ("claim",):
                claim = self.house.claim(
                    self.trader, self.order, frozen_quantity=SIZE, lease=self.lease
                )
                await self.house.store.orders.claim(claim)
            case ("cancel",):
                await self.house.store.orders.request_cancel(self.trader.user, self.order.id)
            case ("deny",):
                await self.house.store.orders.deny(
                    self.order.id, code="x", message="x", lease=self.lease
                )
            case ("lose",):
                await self._lose()
            case _:
                await self.house.store.work.sweep(self.lease)

    async def _lose(self) -> None:
        """Have another worker take the user over; what is said later may still be the first's."""
        leases, user = self.house.store.leases, self.trader.user
        await leases.release(self.lease)
        taken = await leases.take(user, WorkerId(uuid7()))
        assert taken is not None
        self.lease = taken
        await self.house.store.work.take_over(taken)

    async def _say(self, state: OrderState, quantity: str | None, later_epoch: int) -> None:
        await self.house.settle(
            self.order,
            state,
            epoch=self.trader.lease.epoch + later_epoch,
            filled_quantity=None if quantity is None else Decimal(quantity),
            average_price=None if quantity is None else Decimal(100),
            broker_order_id="venue-1" if state in PLACED else None,
        )

    async def detail(self) -> OrderDetail:
        found = await self.house.store.queries.order(self.trader.user, self.order.id)
        assert found is not None
        return found


async def begin(house: House) -> Life:
    trader = await house.trader()
    return Life(house, trader, await house.queued(trader))


def seen(detail: OrderDetail) -> dict[str, Any]:
    """What both stores must agree on: everything but ids and times."""
    order = detail.order
    return {
        "state": order.state,
        "filled": order.filled_quantity,
        "average": order.average_price,
        "venue": order.broker_order_id,
        "code": order.error_code,
        "attempts": order.attempts,
        "side": order.side,
        "frozen": order.frozen_quantity,
        "is_cancel_wanted": order.cancel_requested_at is not None,
        "fills": sorted((fill.quantity, fill.price) for fill in detail.fills),
        "events": [(e.n, e.stage, e.from_state, e.to_state, e.evidence) for e in detail.events],
    }


def check(step: Step, before: OrderDetail, after: OrderDetail) -> None:
    """Hold the promises against what one step did."""
    was, now = before.order, after.order
    assert now.filled_quantity >= was.filled_quantity, "what is filled never falls"
    assert now.filled_quantity >= sum((f.quantity for f in after.fills), Decimal(0))
    assert len(after.fills) >= len(before.fills)
    assert was.broker_order_id in {None, now.broker_order_id}
    assert now.attempts - was.attempts == (1 if was.state is not now.state is S.SENDING else 0)
    check_move(step, was, now)
    check_fills(now)
    check_timeline(after)


def check_move(step: Step, was: Order, now: Order) -> None:
    if was.state in FINAL and now.state is not was.state:
        is_late_fill = now.state is S.FILLED
        is_lie_made_good = was.state in {S.NOT_PLACED, S.DENIED} and now.state in PLACED
        assert is_late_fill or is_lie_made_good, "what is over stays over"
    if now.state is S.SENDING and was.state is not S.SENDING:
        assert (was.state, step) == (S.QUEUED, ("claim",)), "only a claim sends"
    if now.state is S.QUEUED and was.state is not S.QUEUED:
        assert was.state is S.SENDING, "what may have been sent is never sent again"
    if now.state is S.NOT_PLACED and was.state is not S.NOT_PLACED:
        assert was.state in {S.UNKNOWN, S.NEEDS_REVIEW}, "absence is proved, or not said"
    if step[0] == "say" and step[1] in PLACED and was.state in IN_DOUBT:
        assert now.state in PLACED, "later evidence wins"


def check_fills(now: Order) -> None:
    if now.attempts == 0:
        assert now.filled_quantity == 0, "what was never sent has no fills"
    is_whole = now.frozen_quantity is not None and now.filled_quantity >= now.frozen_quantity
    if is_whole:
        assert now.state in IN_DOUBT | {S.FILLED, S.SENDING}, "a whole fill is called so"
    assert not (now.state is S.ACCEPTED and now.filled_quantity > 0)


def check_timeline(detail: OrderDetail) -> None:
    moves = [e for e in detail.events if e.to_state is not None]
    assert [e.n for e in detail.events] == list(range(1, len(detail.events) + 1))
    assert moves[-1].to_state is detail.order.state
    for earlier, later in pairwise(moves):
        assert later.from_state is earlier.to_state, "no move is missing from the timeline"


@pytest.mark.timeout(120)
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(beginning=_DOUBT, steps=[("say", S.QUEUED, None, 0)])
@example(beginning=_DOUBT, steps=[("say", S.NOT_PLACED, None, 0), ("say", S.FILLED, "1.5", 1)])
@given(beginning=st.sampled_from(BEGINNINGS), steps=st.lists(STEPS, min_size=1, max_size=8))
async def test_whatever_happens_the_promises_are_kept(
    house: House, beginning: list[Step], steps: list[Step]
) -> None:
    clock = ManualClock(datetime.now(UTC))
    twin = House(store=MemoryStore(clock), clock=clock, later=house.later)
    one, other = await begin(house), await begin(twin)
    for step in [*beginning, *steps]:
        before = await one.detail()
        await one.do(step)
        await other.do(step)
        after = await one.detail()
        check(step, before, after)
        assert seen(after) == seen(await other.detail())
