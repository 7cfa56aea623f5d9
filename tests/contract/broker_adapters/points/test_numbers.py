"""Points 2 and 3: numbers and times as the house has them, and steps that no float can count."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from tests.contract.broker_adapters.points.asking import point

if TYPE_CHECKING:
    from decimal import Decimal

    from tests.contract.broker_adapters.grounds.ground import Ground

pytestmark = pytest.mark.anyio


@point(2)
async def test_numbers_are_decimals_and_times_are_utc(ground: Ground) -> None:
    started_at = ground.clock.now()
    report = await ground.accepted(ground.request())

    told = [
        report,
        await ground.found(report),
        await ground.broker.instrument(ground.symbol),
        *await ground.broker.orders_since(started_at - timedelta(hours=1)),
        *await ground.broker.fills_since(started_at - timedelta(hours=1)),
        *await ground.broker.positions(),
        *await ground.broker.balances(),
    ]

    values = [value for each in told for value in _values(each)]
    assert not any(isinstance(value, float) for value in values)
    times = [value for value in values if isinstance(value, datetime)]
    assert {at.utcoffset() for at in times} == {timedelta(0)}


@point(3)
async def test_whole_steps_that_no_float_can_count_stay_as_they_are(ground: Ground) -> None:
    instrument = await ground.broker.instrument(ground.symbol)
    sizes = _uncountable(instrument.quantity_step, 10 * ground.lot)
    prices = _uncountable(instrument.price_tick, ground.price - 200 * instrument.price_tick)
    by_size = [ground.limit(below=10, quantity=size) for size in sizes]
    by_price = [ground.limit(1, limit_price=price) for price in prices]
    for request in (*by_size, *by_price):
        await ground.accepted(request)

    await ground.market(ground.price - 300 * instrument.price_tick)

    assert [(await ground.found(each)).quantity for each in by_size] == sizes
    assert [(await ground.found(each)).average_price for each in by_price] == prices


def _values(told: msgspec.Struct) -> list[Any]:
    """Return all that a struct holds, what its parts hold too."""
    values: list[Any] = []
    for value in msgspec.structs.astuple(told):
        parts = cast("tuple[Any, ...]", value) if isinstance(value, tuple) else (value,)
        for part in parts:
            values += _values(part) if isinstance(part, msgspec.Struct) else [part]
    return values


def _uncountable(step: Decimal, start: Decimal) -> list[Decimal]:
    """Return some whole multiples of a step that come out too small when floats divide by it."""
    first = int(start / step)
    counts = range(first, first + 180)
    return [n * step for n in counts if int(float(n * step) / float(step)) != n][:3]
