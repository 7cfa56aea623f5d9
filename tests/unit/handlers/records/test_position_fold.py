"""What an account holds, by its fills."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.ids import uuid7
from bus.values import AccountId, OrderId, Side
from handlers.records.position_fold import positions_of
from handlers.records.views import FillView

ACCOUNT = AccountId(uuid7())
START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

trades = st.lists(
    st.tuples(
        st.decimals(min_value=-9, max_value=9, places=2).filter(bool),
        st.decimals(min_value=1, max_value=100, places=2),
    ),
    min_size=1,
    max_size=8,
)


def fills(*trades: tuple[Decimal | int, Decimal | int], symbol: str = "BTCUSDT") -> list[FillView]:
    """Make fills of signed quantities at prices, a second apart."""
    return [
        FillView(
            id=str(uuid7()),
            order_id=OrderId(uuid7()),
            account_id=ACCOUNT,
            symbol=symbol,
            side=Side.BUY if quantity > 0 else Side.SELL,
            quantity=abs(Decimal(quantity)),
            price=Decimal(price),
            fee=Decimal(0),
            fee_currency="USDT",
            broker_trade_id="t",
            at=START + timedelta(seconds=n),
        )
        for n, (quantity, price) in enumerate(trades)
    ]


@pytest.mark.parametrize(
    ("trades", "quantity", "average", "pnl"),
    [
        ([(2, 100)], 2, 100, 0),
        ([(2, 100), (2, 110)], 4, 105, 20),
        ([(2, 100), (2, 110), (-1, 120)], 3, 105, 45),
        ([(-2, 100)], -2, 100, 0),
        ([(-2, 100), (-2, 90)], -4, 95, 20),
        ([(-2, 100), (1, 90)], -1, 100, 10),
        ([(2, 100), (-5, 90)], -3, 90, 0),
        ([(-2, 100), (5, 90)], 3, 90, 0),
        ([(2, 100), (-2, 90), (1, 80)], 1, 80, 0),
    ],
)
def test_a_position_is_what_was_opened_and_not_closed(
    trades: list[tuple[int, int]], quantity: int, average: int, pnl: int
) -> None:
    [position] = positions_of(fills(*trades))

    assert (position.quantity, position.average_price, position.unrealised_pnl) == (
        quantity,
        average,
        pnl,
    )


def test_a_flat_position_has_no_price() -> None:
    [position] = positions_of(fills((2, 100), (-2, 90)))

    assert (position.quantity, position.average_price, position.unrealised_pnl) == (0, None, None)


def test_what_the_largest_orders_come_to_is_told_to_the_last_digit() -> None:
    most, least = Decimal(10**15 - 1), Decimal("0.000000000001")

    [position] = positions_of(fills((most, least), (-least, most)))

    assert position.average_price == least
    assert position.unrealised_pnl == Decimal("999999999999997999999999998001.000000000002")


def test_a_position_is_as_new_as_its_last_fill() -> None:
    [position] = positions_of(fills((2, 100), (1, 90)))

    assert position.updated_at == START + timedelta(seconds=1)


def test_symbols_are_held_apart() -> None:
    held = positions_of([*fills((1, 100), symbol="B"), *fills((2, 100), symbol="A")])

    assert [(position.symbol, position.quantity) for position in held] == [("A", 2), ("B", 1)]


@given(trades)
def test_the_quantity_is_the_sum_of_what_was_traded(trades: list[tuple[Decimal, Decimal]]) -> None:
    [position] = positions_of(fills(*trades))

    assert position.quantity == sum(quantity for quantity, _ in trades)


@given(trades)
def test_the_average_lies_between_the_prices_paid(trades: list[tuple[Decimal, Decimal]]) -> None:
    [position] = positions_of(fills(*trades))

    if position.average_price is not None:
        prices = [price for _, price in trades]
        slack = Decimal("1e-9")
        assert min(prices) - slack <= position.average_price <= max(prices) + slack
