"""A name leads to another contract from month to month: what is held is held of the contract."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bus.values import OrderState, Side
from handlers.records.orders import NextLeg
from handlers.records.views import Filter, Span
from tests.contract.store.comparing import a_days_trader, compared, due
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from handlers.records.orders import Order
    from tests.contract.store.house import House, Trader

pytestmark = pytest.mark.anyio


async def traded(
    house: House, trader: Trader, quantity: str, contract: str | None, *, days_ago: float = 0
) -> Order:
    """Record an execution under the name `TXFR1`; negative is a sale."""
    size = Decimal(quantity)
    side = Side.BUY if size > 0 else Side.SELL
    order = await house.sending(
        trader,
        asked={"symbol": "TXFR1"},
        side=side,
        frozen_quantity=abs(size),
        traded_as=contract,
    )
    at = house.clock.now() - timedelta(days=days_ago)
    fill = a_fill(order, str(abs(size)), side=side, at=at)
    await house.settle(order, OrderState.FILLED, filled_quantity=abs(size), fills=(fill,))
    return await house.load(order.id)


async def contracts(house: House, trader: Trader) -> dict[str, Decimal]:
    held = await house.store.work.contracts(trader.lease, trader.account.id, "TXFR1")
    return dict(held)


async def test_an_order_keeps_which_contract_it_was_sent_for(house: House) -> None:
    trader = await house.trader()

    order = await traded(house, trader, "1", "TXFC6")

    assert (order.symbol, order.traded_as) == ("TXFR1", "TXFC6")


async def test_what_a_name_holds_is_told_by_contract(house: House) -> None:
    trader = await house.trader()
    for quantity, contract in (("2", "TXFC6"), ("-2", "TXFC6"), ("3", "TXFD6"), ("-1", "TXFD6")):
        await traded(house, trader, quantity, contract)
    await traded(house, trader, "7", None)
    await traded(house, trader, "9", "TXFA6", days_ago=121)

    assert await contracts(house, trader) == {"TXFD6": Decimal(2)}


async def test_what_others_hold_is_nobody_else_s(house: House) -> None:
    trader, other = await house.trader(), await house.trader()
    await traded(house, trader, "2", "TXFC6")

    assert await house.store.work.contracts(other.lease, trader.account.id, "TXFR1") == {}


async def test_sums_and_positions_are_each_contract_s_own(house: House) -> None:
    trader = await house.trader()
    await traded(house, trader, "2", "TXFC6")
    await traded(house, trader, "1", "TXFD6")
    await traded(house, trader, "1", None)

    sums = await house.store.comparisons.holdings(trader.lease, trader.account.id)
    positions = await house.store.queries.positions(trader.user)

    assert {(each.symbol, each.quantity, each.is_contract) for each in sums.traded} == {
        ("TXFC6", Decimal(2), True),
        ("TXFD6", Decimal(1), True),
        ("TXFR1", Decimal(1), False),
    }
    assert {each.symbol: (each.quantity, each.names) for each in positions} == {
        "TXFC6": (Decimal(2), ("TXFR1",)),
        "TXFD6": (Decimal(1), ("TXFR1",)),
        "TXFR1": (Decimal(1), ()),
    }


async def test_what_is_in_doubt_of_a_contract_is_named_so(house: House) -> None:
    trader = await house.trader()
    await house.sending(trader, asked={"symbol": "TXFR1"}, traded_as="TXFC6")

    sums = await house.store.comparisons.holdings(trader.lease, trader.account.id)

    assert sums.in_doubt == {"TXFC6"}


async def test_orders_are_found_by_the_contract_too(house: House) -> None:
    trader = await house.trader()
    order = await traded(house, trader, "1", "TXFC6")

    for symbol in ("TXFR1", "TXFC6"):
        where, span = Filter(symbol=symbol), Span(limit=9)
        [shown] = await house.store.queries.orders(trader.user, where, span)
        [fill] = await house.store.queries.fills(trader.user, where, span)
        assert (shown.order.id, fill.order_id) == (order.id, order.id)


async def test_a_second_leg_is_of_no_contract_yet(house: House) -> None:
    trader = await house.trader()
    first = await house.sending(
        trader,
        asked={"symbol": "TXFR1"},
        traded_as="TXFC6",
        next_leg=NextLeg(side=Side.SELL, quantity=Decimal(1)),
    )

    settled = await house.settle(first, OrderState.FILLED, filled_quantity=first.frozen_quantity)

    assert settled.child is not None
    second = await house.load(settled.child)
    assert (second.symbol, second.traded_as) == ("TXFR1", None)


async def test_two_contracts_that_a_name_evens_out_are_open_for_a_change_of_key(
    house: House,
) -> None:
    trader = await house.trader()
    bind = house.store.accounts.bind_venue
    await bind(trader.user, trader.account.id, "10001")
    await traded(house, trader, "1", "TXFC6")
    await traded(house, trader, "-1", "TXFD6")

    assert not await bind(trader.user, trader.account.id, "10002")


async def test_contract_that_is_over_by_the_last_comparison_is_held_no_more(house: House) -> None:
    trader = await a_days_trader(house, state=OrderState.FILLED)
    bind = house.store.accounts.bind_venue
    await bind(trader.user, trader.account.id, "10001")
    await traded(house, trader, "2", "TXFC6")
    await due(house, trader.user)

    await compared(house, trader, over=("TXFC6",))

    [position] = [
        each for each in await house.store.queries.positions(trader.user) if each.symbol == "TXFC6"
    ]
    assert (position.quantity, position.expired_quantity) == (0, Decimal(2))
    assert (position.average_price, position.unrealised_pnl) == (None, None)
    assert await bind(trader.user, trader.account.id, "10002")


async def test_contract_that_trades_after_the_comparison_is_held(house: House) -> None:
    trader = await a_days_trader(house, state=OrderState.FILLED)
    await traded(house, trader, "2", "TXFC6")
    await due(house, trader.user)
    await compared(house, trader, over=("TXFC6",), at=house.clock.now() - timedelta(days=1))

    held = {
        each.symbol: (each.quantity, each.expired_quantity)
        for each in await house.store.queries.positions(trader.user)
    }

    assert held["TXFC6"] == (Decimal(2), None)
