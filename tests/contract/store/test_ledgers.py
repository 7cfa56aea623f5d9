"""What comparisons go by, whichever record has it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bus.values import OrderState, Side
from handlers.records.comparison import (
    Comparison,
    Traded,
)
from tests.contract.store.comparing import (
    DAY,
    a_days_trader,
    at_work,
    compared,
    due,
    filled,
    ledger,
)
from tests.contract.store.house import a_fill

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


async def test_a_ledger_has_what_was_sent_and_the_keys_of_fills(house: House) -> None:
    trader = await a_days_trader(house)
    order = await house.sending(trader)
    fill = a_fill(order, "1")
    await house.settle(order, OrderState.PARTIALLY_FILLED, fills=(fill,))
    unsent = await house.queued(trader)
    await due(house, trader.user)

    found = await ledger(house, trader)

    known = {each.id: each for each in found.orders}
    assert known[order.id].client_order_id == order.client_order_id
    assert known[order.id].filled_quantity == 1
    assert unsent.id not in known
    assert fill.fill_key in found.fill_keys


async def test_a_ledger_goes_on_where_the_last_comparison_began(house: House) -> None:
    trader = await a_days_trader(house)
    await due(house, trader.user)
    before = await ledger(house, trader)
    first = await compared(house, trader)

    await house.later(DAY)
    await due(house, trader.user)
    trader = await at_work(house, trader)
    after = await ledger(house, trader)

    assert before.since < first.at - timedelta(days=6)
    assert after.since == first.at - timedelta(hours=1)


async def test_holdings_are_the_sums_of_all_fills_and_their_fees(house: House) -> None:
    trader = await a_days_trader(house)
    await filled(house, trader, Side.BUY, "1.5", price="100", fee="0.1", fee_currency="BTC")
    await filled(house, trader, Side.SELL, "0.5", price="110", fee="2", fee_currency="USDT")

    held = await house.store.comparisons.holdings(trader.lease, trader.account.id)

    assert held.traded == (
        Traded(symbol="BTCUSDT", fills=2, quantity=Decimal("1.0"), value=Decimal("95.0")),
    )
    assert held.fees == {"BTC": Decimal("0.1"), "USDT": Decimal(2)}


@pytest.mark.parametrize("state", list(OrderState))
async def test_what_may_be_at_the_venue_without_a_word_is_in_doubt(
    house: House, state: OrderState
) -> None:
    trader = await house.trader()
    await house.in_state(trader, state)

    held = await house.store.comparisons.holdings(trader.lease, trader.account.id)

    unsure = {OrderState.SENDING, OrderState.UNKNOWN, OrderState.NEEDS_REVIEW}
    assert held.in_doubt == ({"BTCUSDT"} if state in unsure else set())


async def test_a_worker_without_the_lease_sees_and_writes_nothing(house: House) -> None:
    trader = await a_days_trader(house)
    await filled(house, trader, Side.BUY, "1", price="1", fee="0", fee_currency="USDT")
    await due(house, trader.user)
    found = await ledger(house, trader)
    result = Comparison(
        account_id=trader.account.id,
        begins_at=found.begins_at,
        at=house.clock.now(),
        since=found.since,
    )
    stranger = await house.trader()
    comparisons, account = house.store.comparisons, trader.account.id

    assert await comparisons.ledger(stranger.lease, account) is None
    assert (await comparisons.holdings(stranger.lease, account)).traded == ()
    assert not await comparisons.keep(stranger.lease, result)
    assert await comparisons.latest(stranger.user) == []
