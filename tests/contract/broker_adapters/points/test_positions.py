"""Points 20 and 21: positions taken, turned and closed, and what is done by hand beside."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from broker_adapters.base import Accepted, OrderReport, Reason, Rejected, Standing
from bus.values import OrderState, Side
from tests.contract.broker_adapters.grounds.ground import Trait
from tests.contract.broker_adapters.points.asking import point

if TYPE_CHECKING:
    from tests.contract.broker_adapters.grounds.ground import Ground
    from tests.contract.broker_adapters.points.asking import Asking

pytestmark = pytest.mark.anyio

_HOUR = timedelta(hours=1)


@point(20)
@pytest.mark.parametrize("side", list(Side))
async def test_one_order_flips_a_position_where_it_is_declared(
    ground: Ground, asking: Asking, side: Side
) -> None:
    if await asking.declares(ground, Trait.ATOMIC_FLIP):
        return
    sign = 1 if side is Side.BUY else -1
    await ground.accepted(ground.request(side=side))

    await ground.accepted(ground.request(20, side=_other(side)))

    assert await ground.held() == -10 * sign


@point(20)
async def test_partial_close_leaves_the_rest(ground: Ground) -> None:
    await ground.accepted(ground.request())

    await ground.accepted(ground.request(4, side=Side.SELL, reduce_only=True))

    assert await ground.held() == 6


@point(20)
async def test_close_leaves_nothing(ground: Ground) -> None:
    await ground.accepted(ground.request())

    await ground.accepted(ground.request(side=Side.SELL, reduce_only=True))

    assert await ground.held() == 0


@point(20)
async def test_reduce_only_never_takes_a_position_through_zero(ground: Ground) -> None:
    await ground.accepted(ground.request(4))

    await ground.submit(ground.request(10, side=Side.SELL, reduce_only=True))

    assert await ground.held() in {0, 4}


@point(20)
async def test_reduce_only_without_a_position_is_refused(ground: Ground) -> None:
    outcome = await ground.submit(ground.request(side=Side.SELL, reduce_only=True))

    if isinstance(outcome, Accepted):
        found = await ground.found(outcome.report)
        assert found.state in {OrderState.CANCELLED, OrderState.EXPIRED}
    else:
        assert isinstance(outcome, Rejected)
        assert outcome.reason in {Reason.POSITION_RULE, Reason.INSUFFICIENT_FUNDS}
    assert await ground.held() == 0


@point(20)
async def test_short_position_is_read_as_negative(ground: Ground, asking: Asking) -> None:
    if await asking.declares(ground, Trait.SHORTS):
        return
    await ground.accepted(ground.request(side=Side.SELL))

    assert await ground.held() == -10


@point(20)
async def test_order_beyond_the_accounts_means_is_refused(ground: Ground, asking: Asking) -> None:
    if await asking.declares(ground, Trait.MARGIN):
        return
    await ground.impoverish()
    before = await ground.held()

    outcome = await ground.submit(ground.request(100))

    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.INSUFFICIENT_FUNDS
    assert await ground.held() == before


@point(21)
async def test_order_by_hand_is_seen_and_goes_on_working(ground: Ground) -> None:
    await ground.by_hand(Side.BUY, 10, ground.price - 10 * ground.tick)

    (seen,) = await ground.broker.open_orders()

    assert seen.state is OrderState.ACCEPTED
    assert seen.quantity == 10 * ground.lot
    assert seen.symbol == ground.symbol


@point(21)
async def test_position_by_hand_is_seen_as_it_is(ground: Ground) -> None:
    await ground.accepted(ground.request())

    await ground.by_hand(Side.BUY, 5)

    assert await ground.held() == 15


@point(21)
async def test_standing_is_what_is_held_and_what_works(ground: Ground) -> None:
    await ground.accepted(ground.request())
    await ground.by_hand(Side.BUY, 7, ground.price - 10 * ground.tick)

    standing = await _standing(ground)

    assert [each.quantity for each in standing.positions] == [10 * ground.lot]
    (working,) = standing.working
    assert (working.symbol, working.side, working.left) == (ground.symbol, Side.BUY, 7 * ground.lot)
    assert standing.balances == tuple(await ground.broker.balances())


@point(21)
async def test_order_by_hand_is_among_the_orders_of_the_day(ground: Ground) -> None:
    await ground.by_hand(Side.BUY, 10, ground.price - 10 * ground.tick)
    mine = await ground.accepted(ground.limit(below=12))

    orders = await ground.broker.orders_since(ground.clock.now() - _HOUR)

    assert len(orders) == 2
    # Both may carry the same millisecond: which is named first then says nothing.
    assert mine.broker_order_id in {order.broker_order_id for order in orders}
    assert all(isinstance(order, OrderReport) for order in orders)


def _other(side: Side) -> Side:
    return Side.SELL if side is Side.BUY else Side.BUY


async def _standing(ground: Ground) -> Standing:
    """Read what the account stands at; it may have moved while it was first read."""
    for _ in range(5):
        standing = await ground.broker.standing(with_money=True)
        if standing is not None:
            return standing
    raise AssertionError
