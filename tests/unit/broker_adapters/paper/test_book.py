"""When an order meets the market, at which price, and how much of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker_adapters.paper.book import price_for, tick
from broker_adapters.paper.market import Draft
from broker_adapters.paper.rows import PaperOrder
from bus.ids import uuid7
from bus.values import OrderState, OrderType, Side, TimeInForce
from tests.unit.broker_adapters.paper.markets import ACCOUNT, SYMBOL, a_market, committed

LIMIT = Decimal(100)


def an_order(side: Side, order_type: OrderType, limit: Decimal | None) -> PaperOrder:
    return PaperOrder(
        order_id=uuid7(), account_id=ACCOUNT, client_order_id="c", symbol=SYMBOL, side=side,
        quantity=Decimal(1), order_type=order_type, limit_price=limit, stop_price=None,
        time_in_force=TimeInForce.GTC, reduce_only=False, expires_at=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("side", "last", "as_taker", "as_maker"),
    [
        (Side.BUY, "101", None, None),
        (Side.BUY, "100", "100", "100"),
        (Side.BUY, "99.9", "100", "100"),
        (Side.BUY, "90", "90.9", "100"),
        (Side.SELL, "99", None, None),
        (Side.SELL, "100", "100", "100"),
        (Side.SELL, "100.1", "100", "100"),
        (Side.SELL, "110", "108.9", "100"),
    ],
)
def test_limit_order_never_fills_worse_than_its_limit(
    side: Side, last: str, as_taker: str | None, as_maker: str | None
) -> None:
    order = an_order(side, OrderType.LIMIT, LIMIT)
    slippage = Decimal("0.01")

    taken = price_for(order, Decimal(last), slippage, is_maker=False)
    made = price_for(order, Decimal(last), slippage, is_maker=True)

    assert taken == (None if as_taker is None else Decimal(as_taker))
    assert made == (None if as_maker is None else Decimal(as_maker))


@pytest.mark.parametrize(("side", "expected"), [(Side.BUY, "101"), (Side.SELL, "99")])
def test_market_order_pays_the_slippage(side: Side, expected: str) -> None:
    order = an_order(side, OrderType.MARKET, None)

    assert price_for(order, LIMIT, Decimal("0.01"), is_maker=True) == Decimal(expected)


def test_tick_moves_its_own_symbol_only() -> None:
    market = a_market()
    committed(market, order_type=OrderType.LIMIT, limit_price=Decimal(90))
    draft = Draft(market)

    tick(draft, "ETHUSDT", Decimal(1))

    assert draft.finished().orders == ()
    assert draft.price(SYMBOL) == 100


def test_draft_changes_nothing_until_it_is_applied() -> None:
    market = a_market()
    committed(market, order_type=OrderType.LIMIT, limit_price=Decimal(90))
    draft = Draft(market)

    tick(draft, SYMBOL, Decimal(80))

    (order,) = draft.finished().orders
    assert order.state is OrderState.FILLED
    assert [each.state for each in market.orders.values()] == [OrderState.ACCEPTED]
    assert market.holdings == {}


def test_one_price_that_triggers_and_closes_ends_the_orphans() -> None:
    market = a_market(held="1")
    stop = {"order_type": OrderType.STOP, "stop_price": Decimal(90)}
    target = {"order_type": OrderType.LIMIT, "limit_price": Decimal(120)}
    for n, fields in enumerate((stop, target)):
        committed(market, side=Side.SELL, reduce_only=True, client_order_id=f"c-{n}", **fields)
    draft = Draft(market)

    tick(draft, SYMBOL, Decimal(85))

    states = {order.order_type: order.state for order in draft.finished().orders}
    assert states == {
        OrderType.STOP: OrderState.FILLED,
        OrderType.LIMIT: OrderState.CANCELLED,
    }
    assert draft.holding(ACCOUNT, SYMBOL).quantity == 0


def test_two_reduce_only_orders_never_close_more_than_there_is() -> None:
    market = a_market(held="1")
    for n in range(2):
        committed(
            market, side=Side.SELL, reduce_only=True, client_order_id=f"c-{n}",
            order_type=OrderType.LIMIT, limit_price=Decimal(120),
        )  # fmt: skip
    draft = Draft(market)

    tick(draft, SYMBOL, Decimal(125))

    assert draft.holding(ACCOUNT, SYMBOL).quantity == 0
    assert sorted(order.state for order in draft.finished().orders) == ["cancelled", "filled"]
