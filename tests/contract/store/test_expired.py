"""An order whose time ran out before it was sent says so, whoever notices it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bus.values import OrderState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def by_its_claim(house: House, trader: Trader, order: Order) -> None:
    await house.store.leases.renew(trader.lease)
    await house.store.orders.claim(house.claim(trader, order))


async def by_the_worker_s_sweep(house: House, trader: Trader, _order: Order) -> None:
    await house.store.work.sweep(trader.lease)


async def by_the_relay(house: House, _trader: Trader, _order: Order) -> None:
    await house.store.relay.expire_overdue(limit=1000)


async def by_maintenance(house: House, _trader: Trader, order: Order) -> None:
    await house.store.upkeep.expire(order.id)


NOTICED = pytest.mark.parametrize(
    "noticed", [by_its_claim, by_the_worker_s_sweep, by_the_relay, by_maintenance]
)


@NOTICED
async def test_an_order_that_expired_unsent_has_a_code_and_words(
    house: House, noticed: Callable[[House, Trader, Order], Awaitable[None]]
) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.later(60)

    await noticed(house, trader, order)

    ended = await house.load(order.id)
    assert (ended.state, ended.error_code) == (OrderState.EXPIRED, "expired")
    assert ended.error_message == "It was not sent in time; an order never executes late."


@NOTICED
async def test_its_timeline_tells_the_code(
    house: House, noticed: Callable[[House, Trader, Order], Awaitable[None]]
) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.later(60)

    await noticed(house, trader, order)

    detail = await house.store.queries.order(trader.user, order.id)
    assert detail is not None
    last = detail.events[-1]
    assert (last.stage.value, last.evidence) == ("expired", {"code": "expired"})


async def test_an_order_that_could_not_be_sent_says_last_that_it_came_too_late(
    house: House,
) -> None:
    trader = await house.trader()
    order = await house.sending(trader)
    await house.settle(order, OrderState.QUEUED, error_code="broker_unavailable")
    await house.later(60)

    await house.store.upkeep.expire(order.id)

    assert (await house.load(order.id)).error_code == "expired"


async def test_an_order_that_expired_at_its_venue_keeps_what_the_venue_said(house: House) -> None:
    trader = await house.trader()
    order = await house.sending(trader)

    await house.settle(order, OrderState.EXPIRED, error_code="not_fillable")

    assert (await house.load(order.id)).error_code == "not_fillable"
