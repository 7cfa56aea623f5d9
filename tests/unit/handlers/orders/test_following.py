"""Freezing behind another order: what is said without asking is what asking would have said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_adapters.base import Instrument
from bus.values import OrderType, Side
from handlers.orders.following import Ready, freeze_behind, may_follow, reading_after, reading_of
from handlers.orders.frozen import Frozen, frozen_against
from handlers.records.sizing_rules import Close, Direction, Enter, Fixed, Reverse, Target
from handlers.sizing.moves import Holding
from tests.builders import a_new_order
from tests.unit.handlers.orders.order_desks import a_bench

if TYPE_CHECKING:
    from handlers.orders.following import Reading
    from handlers.records.orders import Order
    from handlers.records.sizing_rules import SizingRule
    from tests.unit.handlers.orders.order_desks import Bench

SYMBOL = "BTCUSDT"
INSTRUMENT = Instrument(
    symbol=SYMBOL,
    quantity_step=Decimal("0.01"),
    price_tick=Decimal("0.1"),
    min_quantity=Decimal("0.01"),
    max_quantity=Decimal(10_000),
)
AMOUNTS = st.decimals("0.01", "50", places=2)
SIDES = st.sampled_from(Side)
ENTRIES = st.builds(Enter, side=SIDES, quantity=AMOUNTS, may_include_close=st.booleans())
PLAIN = st.builds(Fixed, side=SIDES, quantity=AMOUNTS)
RULES = st.one_of(ENTRIES, PLAIN)


async def an_order(bench: Bench, rule: SizingRule) -> Order:
    side = rule.side if isinstance(rule, Enter | Fixed) else None
    new = msgspec.structs.replace(
        a_new_order(bench.account), sizing=rule, side=side, reference_price=Decimal(100)
    )
    return await bench.read(await bench.queued(new))


def a_reading(first: Order, holding: Holding, bench: Bench) -> tuple[Frozen, Reading | None] | None:
    frozen = frozen_against(first, INSTRUMENT, holding, bench.desk)
    if not isinstance(frozen, Frozen):
        return None
    return frozen, reading_of(first, frozen, read_at=bench.clock.monotonic())


@given(
    rules=st.lists(RULES, min_size=2, max_size=5),
    held=st.decimals("-60", "60", places=2),
    shares=st.lists(st.decimals(0, 1, places=2), min_size=5, max_size=5),
    flips=st.booleans(),
)
def test_a_chain_is_frozen_as_if_each_position_had_been_read(
    rules: list[SizingRule], held: Decimal, shares: list[Decimal], *, flips: bool
) -> None:
    """Whatever share of each order before it filled."""
    import asyncio  # noqa: PLC0415 - hypothesis calls no coroutine

    asyncio.run(_frozen_alike(rules, held, shares, flips=flips))


async def _frozen_alike(
    rules: list[SizingRule], held: Decimal, shares: list[Decimal], *, flips: bool
) -> None:
    bench = await a_bench(flips=flips)
    first, *rest = [await an_order(bench, rule) for rule in rules]
    started = a_reading(first, Holding(position=held, price=Decimal(100)), bench)
    if started is None:
        return
    frozen, reading = started
    for order, share in zip(rest, shares, strict=False):
        filled = frozen.quantity * share
        held += filled if frozen.side is Side.BUY else -filled
        ready = Ready(order=order, instrument=INSTRUMENT, marks=())
        followed = freeze_behind(ready, reading, bench.desk)
        if followed is None:
            return
        asked = frozen_against(
            order, INSTRUMENT, Holding(position=held, price=Decimal(100)), bench.desk
        )
        assert isinstance(asked, Frozen)
        plain = (asked.side, asked.quantity, asked.reduce_only)
        if isinstance(order.sizing, Enter):
            assert (followed.side, followed.quantity, followed.reduce_only) == plain
            assert asked.next_leg is None
        reading, frozen = reading_after(reading, order, followed), followed


@pytest.mark.parametrize(
    "rule",
    [
        Close(direction=Direction.LONG),
        Target(size=Decimal(1)),
        Reverse(),
        Fixed(side=None, quantity=Decimal(1)),
    ],
)
def test_what_depends_on_the_position_follows_nothing(rule: SizingRule) -> None:
    assert not may_follow(rule)


@pytest.mark.anyio
@pytest.mark.parametrize("by", ["time", "symbol", "side", "venue", "account"])
async def test_a_reading_serves_no_other_order(by: str) -> None:
    bench = await a_bench()
    first = await an_order(bench, Enter(side=Side.BUY, quantity=Decimal(1)))
    order = await an_order(bench, Enter(side=Side.BUY, quantity=Decimal(2)))
    started = a_reading(first, Holding(position=Decimal(0)), bench)
    assert started is not None
    reading, desk = started[1], bench.desk
    ready = Ready(order=order, instrument=INSTRUMENT, marks=())
    assert freeze_behind(ready, reading, desk) is not None

    match by:
        case "time":
            bench.clock.go_on(timedelta(seconds=0.25))
        case "symbol":
            order = msgspec.structs.replace(order, symbol="ETHUSDT")
        case "side":
            rule = Enter(side=Side.SELL, quantity=Decimal(2))
            order = msgspec.structs.replace(order, sizing=rule)
        case "venue":
            order = msgspec.structs.replace(order, order_type=OrderType.TRAILING_STOP)
        case _:
            other = msgspec.structs.replace(bench.account, mode=_other(bench))
            desk = replace(desk, account=other)
    ready = msgspec.structs.replace(ready, order=order)

    assert freeze_behind(ready, reading, desk) is None


def _other(bench: Bench) -> object:
    from bus.values import Mode  # noqa: PLC0415 - one use

    return Mode.LIVE if bench.account.mode is Mode.PAPER else Mode.PAPER


@pytest.mark.anyio
async def test_a_plain_order_of_the_other_side_ends_what_the_reading_serves() -> None:
    bench = await a_bench()
    first = await an_order(bench, Enter(side=Side.BUY, quantity=Decimal(1)))
    sell = await an_order(bench, Fixed(side=Side.SELL, quantity=Decimal(5)))
    started = a_reading(first, Holding(position=Decimal(0)), bench)
    assert started is not None
    followed = freeze_behind(
        Ready(order=sell, instrument=INSTRUMENT, marks=()), started[1], bench.desk
    )
    assert followed is not None

    assert reading_after(started[1], sell, followed) is None
