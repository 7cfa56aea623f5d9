"""Rounding: in whole steps, and never to more than was asked for."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_adapters.base import Instrument, Reason, Rejected
from broker_adapters.gateio.steps import is_pair, plain, price, too_small, whole_steps
from bus.values import Side

amounts = st.decimals(
    min_value=Decimal("1e-12"), max_value=Decimal(10) ** 12, allow_nan=False, places=12
)
steps = st.sampled_from(["1", "0.1", "0.001", "0.00000001", "0.0003", "5", "100", "0.25"]).map(
    Decimal
)


@given(quantity=amounts, step=steps)
def test_rounded_quantity_is_the_most_whole_steps_that_are_no_more(
    quantity: Decimal, step: Decimal
) -> None:
    rounded = whole_steps(quantity, step)

    assert 0 <= rounded <= quantity
    assert quantity - rounded < step
    assert rounded % step == 0


@given(wanted=amounts, tick=steps, side=st.sampled_from(Side))
def test_rounded_price_is_never_more_aggressive(wanted: Decimal, tick: Decimal, side: Side) -> None:
    rounded = price(wanted, side=side, tick=tick)

    if isinstance(rounded, Rejected):
        assert side is Side.BUY
        assert wanted < tick
    else:
        assert rounded % tick == 0
        assert abs(rounded - wanted) < tick
        assert rounded <= wanted if side is Side.BUY else rounded >= wanted


@given(amount=amounts)
def test_written_number_is_read_back_the_same(amount: Decimal) -> None:
    text = plain(amount)

    assert Decimal(text) == amount
    assert "E" not in text.upper()


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity", "-Infinity"])
def test_what_is_no_quantity_rounds_to_nothing(quantity: str) -> None:
    assert whole_steps(Decimal(quantity), Decimal(1)) == 0


@pytest.mark.parametrize("wanted", [None, Decimal(0), Decimal(-1), Decimal("NaN")])
def test_what_is_no_price_is_refused(wanted: Decimal | None) -> None:
    rounded = price(wanted, side=Side.SELL, tick=Decimal(1))

    assert isinstance(rounded, Rejected)
    assert rounded.reason is Reason.INVALID_REQUEST


@pytest.mark.parametrize(
    ("quantity", "is_refused"), [("0", True), ("1", True), ("2", False), ("9", False), ("10", True)]
)
def test_quantity_outside_of_the_bounds_is_refused(quantity: str, *, is_refused: bool) -> None:
    instrument = Instrument(
        symbol="X",
        quantity_step=Decimal(1),
        price_tick=Decimal(1),
        min_quantity=Decimal(2),
        max_quantity=Decimal(9),
    )

    assert (too_small(Decimal(quantity), instrument) is not None) is is_refused


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("BTC_USDT", True), ("1INCH_USDT", True), ("BTC_USDT.P", False), ("BTCUSDT", False)],
)
def test_pair_is_written_with_one_line(text: str, *, is_one: bool) -> None:
    assert is_pair(text) is is_one


@pytest.mark.parametrize("text", ["../orders", "BTC_USDT/x", "btc_usdt", "BTC_USDT?", "", "A_B_C"])
def test_what_could_lead_elsewhere_is_no_pair(text: str) -> None:
    assert not is_pair(text)
