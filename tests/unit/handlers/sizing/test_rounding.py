from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.values import Side
from handlers.sizing.rounding import round_limit_price, round_quantity, round_stop_price

D = Decimal

numbers = st.decimals(min_value="1e-12", max_value="1e15", places=12)
steps = st.sampled_from([D("1e-8"), D("0.0025"), D("0.1"), D(1), D(5), D("1E+3"), D("0.3")])


@pytest.mark.parametrize(
    ("quantity", "step", "expected"),
    [
        ("1.2345", "0.01", "1.23"),
        ("-1.2345", "0.01", "-1.23"),
        ("0.009", "0.01", "0.00"),
        ("7", "5", "5"),
        ("0.050", "0.00000001", "0.050"),
        ("1234", "1E+3", "1000"),
    ],
)
def test_quantities_are_rounded_toward_zero(quantity: str, step: str, expected: str) -> None:
    rounded = round_quantity(D(quantity), D(step))

    assert f"{rounded:f}" == expected


@pytest.mark.parametrize(
    ("side", "limit", "stop"),
    [(Side.BUY, "100.0", "100.5"), (Side.SELL, "100.5", "100.0")],
)
def test_limits_and_stops_are_rounded_apart(side: Side, limit: str, stop: str) -> None:
    price, tick = D("100.3"), D("0.5")

    assert round_limit_price(price, side=side, tick=tick) == D(limit)
    assert round_stop_price(price, side=side, tick=tick) == D(stop)


@pytest.mark.parametrize("side", list(Side))
def test_a_price_on_the_tick_stays(side: Side) -> None:
    assert round_limit_price(D("100.5"), side=side, tick=D("0.5")) == D("100.5")
    assert round_stop_price(D("100.5"), side=side, tick=D("0.5")) == D("100.5")


def test_no_price_stays_none() -> None:
    assert round_limit_price(None, side=Side.BUY, tick=D(1)) is None


@given(price=numbers, tick=steps, side=st.sampled_from(Side))
def test_no_rounded_price_is_more_aggressive(price: Decimal, tick: Decimal, side: Side) -> None:
    limit = round_limit_price(price, side=side, tick=tick)
    stop = round_stop_price(price, side=side, tick=tick)

    assert limit is not None
    assert stop is not None
    assert (limit <= price <= stop) if side is Side.BUY else (stop <= price <= limit)
    assert abs(limit - price) < tick
    assert abs(stop - price) < tick


@given(quantity=numbers, step=steps)
def test_the_surrounding_context_changes_nothing(quantity: Decimal, step: Decimal) -> None:
    outside = round_quantity(quantity, step)

    with localcontext() as careless:
        careless.prec = 3
        inside = round_quantity(quantity, step)

    assert inside == outside
