"""Exact where it must be, rounded where it says so."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broker_adapters.paper.money import (
    Holding,
    as_price,
    fee_on,
    is_on_step,
    product,
    slipped,
    total,
)
from bus.values import Side

amounts = st.decimals(min_value="0.00000001", max_value="999999999999999", places=8)


@given(amounts, amounts)
def test_product_of_any_two_amounts_is_exact(left: Decimal, right: Decimal) -> None:
    with localcontext(prec=200):
        exact = left * right

    assert product(left, right) == exact


@given(st.lists(amounts, max_size=20))
def test_total_is_exact(several: list[Decimal]) -> None:
    with localcontext(prec=200):
        exact = sum(several, Decimal(0))

    assert total(*several) == exact


@given(amounts, amounts, amounts)
def test_holding_that_is_closed_costs_nothing(first: Decimal, last: Decimal, size: Decimal) -> None:
    opened = Holding().traded(Side.BUY, size, first)

    closed = opened.traded(Side.SELL, size, last)

    assert (closed.quantity, closed.cost) == (0, 0)


@given(st.lists(st.tuples(st.sampled_from(Side), amounts, amounts), max_size=12))
@example(
    [
        (Side.BUY, Decimal("0.00000001"), Decimal("0.00000001")),
        (Side.BUY, Decimal("0.04166668"), Decimal("0.00000012")),
        (Side.SELL, Decimal("0.04166668"), Decimal("0.00000001")),
    ]
)
def test_holding_is_the_sum_of_what_was_traded(trades: list[tuple[Side, Decimal, Decimal]]) -> None:
    holding = Holding()
    for side, quantity, price in trades:
        holding = holding.traded(side, quantity, price)

    signs = {Side.BUY: 1, Side.SELL: -1}
    with localcontext(prec=200):
        assert holding.quantity == sum(signs[side] * size for side, size, _ in trades)
    assert holding.quantity * holding.cost >= 0


def test_part_that_closes_leaves_the_average_alone() -> None:
    holding = Holding().traded(Side.BUY, Decimal(3), Decimal(100))

    left = holding.traded(Side.SELL, Decimal(1), Decimal(500))

    assert left.average_price == 100


def test_flip_is_entered_at_its_own_price() -> None:
    holding = Holding().traded(Side.SELL, Decimal(3), Decimal(100))

    flipped = holding.traded(Side.BUY, Decimal(4), Decimal(120))

    assert (flipped.quantity, flipped.average_price) == (1, 120)


@pytest.mark.parametrize(
    ("side", "expected"), [(Side.BUY, "100.000100000001"), (Side.SELL, "99.999900000000")]
)
def test_slippage_rounds_against_the_taker(side: Side, expected: str) -> None:
    price = slipped(Decimal("100.00000000000001"), side, Decimal("0.000001"))

    assert price == Decimal(expected)


def test_slipped_price_never_reaches_zero() -> None:
    assert slipped(Decimal("0.000000000001"), Side.SELL, Decimal("0.999")) > 0


def test_fee_is_rounded_to_the_step() -> None:
    assert fee_on(Decimal("0.00000003"), Decimal(1), Decimal("0.5")) == Decimal("0.00000002")


def test_observed_price_keeps_twelve_places() -> None:
    assert as_price(Decimal("0.0000000012345")) == Decimal("0.000000001234")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "0.000000001", "1e-30"])
def test_what_is_no_multiple_of_the_step_is_told(amount: str) -> None:
    assert not is_on_step(Decimal(amount))
