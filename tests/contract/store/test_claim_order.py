"""Which of several orders goes first, and what waits for what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.values import OrderState, WorkerId
from handlers.records.orders import Claim, NotClaimed, WhyNot

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def claim(house: House, claim: Claim) -> WhyNot | None:
    answer = await house.store.orders.claim(claim)
    return answer.why if isinstance(answer, NotClaimed) else None


async def try_claim(house: House, trader: Trader, order: Order) -> WhyNot | None:
    return await claim(house, house.claim(trader, order))


@pytest.mark.parametrize("state", [OrderState.UNKNOWN, OrderState.NEEDS_REVIEW])
async def test_an_unresolved_order_blocks_entries_of_its_symbol(
    house: House, state: OrderState
) -> None:
    trader = await house.trader()
    await house.in_state(trader, state)
    order = await house.queued(trader)

    assert await try_claim(house, trader, order) is WhyNot.BLOCKED
    assert (await house.load(order.id)).state is OrderState.QUEUED


async def test_a_send_past_its_time_blocks_entries(house: House) -> None:
    trader = await house.trader()
    await house.sending(trader)
    order = await house.queued(trader)
    await house.later(2)

    assert await try_claim(house, trader, order) is WhyNot.BLOCKED


async def test_a_send_of_an_older_epoch_blocks_entries(house: House) -> None:
    trader = await house.trader()
    await house.sending(trader)
    order = await house.queued(trader)
    await house.store.leases.release(trader.lease)
    lease = await house.store.leases.take(trader.user, WorkerId(uuid7()))

    answer = await claim(house, house.claim(trader, order, lease=lease))

    assert answer is WhyNot.BLOCKED


async def test_a_send_in_time_blocks_nothing(house: House) -> None:
    trader = await house.trader()
    await house.sending(trader)
    order = await house.queued(trader)

    assert await try_claim(house, trader, order) is None


async def test_an_unresolved_order_lets_reduce_only_orders_pass(house: House) -> None:
    trader = await house.trader()
    await house.in_state(trader, OrderState.UNKNOWN)
    order = await house.queued(trader, reduce_only=True)

    assert await try_claim(house, trader, order) is None


async def test_an_unresolved_order_lets_other_symbols_pass(house: House) -> None:
    trader = await house.trader()
    await house.in_state(trader, OrderState.UNKNOWN)
    order = await house.queued(trader, symbol="ETHUSDT")

    assert await try_claim(house, trader, order) is None


async def test_a_younger_order_waits_for_the_older(house: House) -> None:
    trader = await house.trader()
    older, younger = await house.queued(trader), await house.queued(trader)

    answer = await house.store.orders.claim(house.claim(trader, younger))

    assert answer == NotClaimed(why=WhyNot.BEHIND, ahead=older.id)


async def test_the_oldest_of_several_goes_first(house: House) -> None:
    trader = await house.trader()
    orders = [await house.queued(trader) for _ in range(3)]

    answer = await house.store.orders.claim(house.claim(trader, orders[2]))

    assert answer == NotClaimed(why=WhyNot.BEHIND, ahead=orders[0].id)


async def test_a_blocked_older_order_holds_nobody_up(house: House) -> None:
    trader = await house.trader()
    await house.in_state(trader, OrderState.UNKNOWN)
    await house.queued(trader)
    younger = await house.queued(trader, symbol="ETHUSDT")

    assert await try_claim(house, trader, younger) is None


async def test_an_overdue_older_order_holds_nobody_up(house: House) -> None:
    trader = await house.trader()
    await house.queued(trader, expires_at=house.clock.now() - timedelta(seconds=1))
    younger = await house.queued(trader)

    assert await try_claim(house, trader, younger) is None


async def test_another_accounts_older_order_holds_nobody_up(house: House) -> None:
    trader = await house.trader()
    account = await house.account(trader.user)
    strategy, _ = await house.strategy(trader.user, account, trader.account)
    signal = house.signal(
        trader, house.order(trader, account_id=account.id), strategy_id=strategy.id
    )
    await house.store.signals.record(signal)
    younger = await house.queued(trader)

    assert await try_claim(house, trader, younger) is None
