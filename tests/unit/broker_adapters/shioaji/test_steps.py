"""Steps of shares and futures, and floats made exact."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_adapters.shioaji.errors import UnreadableError
from broker_adapters.shioaji.steps import exact, needed, rounded, stock_tick, whole
from bus.values import Side


@pytest.mark.parametrize(
    ("price", "tick"),
    [
        ("9.99", "0.01"), ("10", "0.05"), ("49.95", "0.05"), ("50", "0.1"), ("100", "0.5"),
        ("499.5", "0.5"), ("500", "1"), ("999", "1"), ("1000", "5"),
    ],
)  # fmt: skip
def test_ladder_of_shares(price: str, tick: str) -> None:
    assert stock_tick(Decimal(price)) == Decimal(tick)


@pytest.mark.parametrize(("price", "tick"), [("49.99", "0.01"), ("50", "0.05"), ("180", "0.05")])
def test_ladder_of_funds(price: str, tick: str) -> None:
    assert stock_tick(Decimal(price), is_fund=True) == Decimal(tick)


@given(
    price=st.decimals("0.01", "5000", places=4),
    tick=st.sampled_from([Decimal("0.01"), Decimal("0.05"), Decimal("0.5"), Decimal(5)]),
    side=st.sampled_from(Side),
)
def test_price_is_never_more_aggressive_than_asked(
    price: Decimal, tick: Decimal, side: Side
) -> None:
    found = rounded(price, side=side, tick=tick)

    assert found % tick == 0
    assert abs(found - price) < tick
    assert found <= price if side is Side.BUY else found >= price


@given(st.decimals("0.01", "99999", places=2))
def test_float_comes_back_as_the_number_that_was_meant(number: Decimal) -> None:
    assert exact(float(number)) == number


@pytest.mark.parametrize("number", [None, "1", True, math.nan, math.inf])
def test_what_is_no_number_is_none(number: object) -> None:
    assert exact(number) is None
    with pytest.raises(UnreadableError):
        needed(number, "price")


def test_part_of_a_share_is_not_understood() -> None:
    with pytest.raises(UnreadableError):
        whole(1.5, "quantity")
