"""What placing, cancelling and ticking come to, as rows."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from broker_adapters.base import Reason
from broker_adapters.paper import rules
from broker_adapters.paper.answers import Refused
from broker_adapters.paper.rows import Change
from bus.ids import uuid7
from bus.values import OrderState, OrderType, Side, TimeInForce
from tests.unit.broker_adapters.paper.markets import (
    ACCOUNT,
    SYMBOL,
    a_market,
    a_request,
    committed,
    placed,
)


def test_filled_order_changes_order_fill_holding_and_cash_together() -> None:
    change = committed(a_market(), quantity=Decimal(3))

    (order,), (fill,), (holding,), (account,) = (
        change.orders, change.fills, change.holdings, change.accounts,
    )  # fmt: skip
    assert (order.filled_quantity, order.filled_notional, order.fill_count) == (3, 300, 1)
    assert (fill.n, fill.quantity, fill.price) == (1, 3, 100)
    assert (holding.quantity, holding.cost) == (3, 300)
    assert account.cash == 700


def test_resting_order_changes_no_money() -> None:
    change = committed(a_market(), order_type=OrderType.LIMIT, limit_price=Decimal(90))

    assert (change.fills, change.holdings, change.accounts, change.prices) == ((), (), (), ())


def test_alerts_price_is_set_for_the_market() -> None:
    market = a_market(price=None)

    committed(market, reference_price=Decimal("12.5"))

    assert market.prices == {SYMBOL: Decimal("12.5")}


def test_all_the_money_can_be_spent_and_no_more() -> None:
    assert isinstance(placed(a_market(), quantity=Decimal(10)), Change)
    refused = placed(a_market(), quantity=Decimal("10.00000001"))

    assert isinstance(refused, Refused)
    assert refused.reason is Reason.INSUFFICIENT_FUNDS


def test_fee_counts_towards_what_is_needed() -> None:
    refused = placed(a_market(fee_rate=Decimal("0.001")), quantity=Decimal(10))

    assert isinstance(refused, Refused)


def test_short_is_held_to_the_same_margin_as_long() -> None:
    assert isinstance(placed(a_market(), side=Side.SELL, quantity=Decimal(10)), Change)
    assert isinstance(placed(a_market(), side=Side.SELL, quantity=Decimal(11)), Refused)


def test_leverage_multiplies_what_can_be_held() -> None:
    market = a_market(leverage=Decimal(5))

    assert isinstance(placed(market, quantity=Decimal(50)), Change)
    assert isinstance(placed(market, quantity=Decimal(51)), Refused)


def test_resting_stop_binds_money_at_its_stop_price() -> None:
    fields = {"order_type": OrderType.STOP, "stop_price": Decimal(200)}

    assert isinstance(placed(a_market(), quantity=Decimal(5), **fields), Change)
    assert isinstance(placed(a_market(), quantity=Decimal(6), **fields), Refused)


def test_losing_account_can_still_reduce() -> None:
    market = a_market(held="-9")
    ruin = rules.tick(market, SYMBOL, Decimal(1000))
    assert isinstance(ruin, Change)
    market.apply(ruin, version=2, at=datetime.now(UTC))

    assert isinstance(placed(market, quantity=Decimal(4)), Change)
    assert isinstance(placed(market, side=Side.SELL, quantity=Decimal(1)), Refused)


def test_stop_that_is_reached_already_fills_at_once() -> None:
    change = committed(a_market(), order_type=OrderType.STOP, stop_price=Decimal(95))

    assert change.orders[0].state is OrderState.FILLED


@pytest.mark.parametrize(
    ("instant", "end"),
    [
        ("2026-03-02T14:30:00+00:00", "2026-03-03"),
        ("2026-03-03T07:00:00+08:00", "2026-03-03"),
        ("2026-03-03T09:00:00+08:00", "2026-03-04"),
    ],
)
def test_day_ends_at_midnight_utc(instant: str, end: str) -> None:
    request = a_request(
        time_in_force=TimeInForce.DAY, order_type=OrderType.LIMIT, limit_price=Decimal(1)
    )

    change = rules.place(
        a_market(), request, order_id=uuid7(), send_by=datetime.fromisoformat(instant)
    )

    assert isinstance(change, Change)
    assert change.orders[0].expires_at == datetime.fromisoformat(f"{end}T00:00:00+00:00")


def test_account_that_is_not_open_is_refused() -> None:
    market = a_market()
    market.accounts.clear()

    refused = placed(market)

    assert isinstance(refused, Refused)
    assert refused.reason is Reason.INVALID_REQUEST


def test_cancel_of_what_does_not_work_is_nothing() -> None:
    assert rules.cancel(a_market(), uuid4()) is None


def test_cancel_ends_the_order_and_moves_nothing_else() -> None:
    market = a_market()
    order_id = (
        committed(market, order_type=OrderType.LIMIT, limit_price=Decimal(90)).orders[0].order_id
    )

    change = rules.cancel(market, order_id)

    assert change is not None
    assert [order.state for order in change.orders] == [OrderState.CANCELLED]
    assert change == Change(orders=change.orders)


def test_applied_market_holds_what_works_and_what_is_held() -> None:
    market = a_market()
    committed(market, client_order_id="a", order_type=OrderType.LIMIT, limit_price=Decimal(90))
    committed(market, client_order_id="b")
    committed(market, client_order_id="c", side=Side.SELL)

    assert [order.client_order_id for order in market.orders.values()] == ["a"]
    assert market.holdings == {}
    assert market.accounts[ACCOUNT].cash == 1000
