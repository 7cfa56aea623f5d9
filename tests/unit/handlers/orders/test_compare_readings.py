"""What differs is read again and again before it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.values import Side
from handlers.orders.fills import take_event
from handlers.records.comparison import PositionDiffers
from tests.unit.handlers.orders.compared import (
    a_compared_bench,
    a_traded_order,
    a_working_order,
    compared,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_adapters.base import Position
    from bus.values import AccountId
    from handlers.records.comparison import Holdings
    from handlers.records.orders import Lease
    from tests.unit.handlers.orders.order_desks import Bench

pytestmark = pytest.mark.anyio


class Showing:
    """Shows one position after the other; the last one for ever."""

    def __init__(self, bench: Bench, *quantities: str) -> None:
        self._bench = bench
        self._quantities = list(quantities)
        self.readings = 0

    async def __call__(self) -> Sequence[Position]:
        self.readings += 1
        left = self._quantities
        self._bench.broker.hold("BTCUSDT", left.pop(0) if len(left) > 1 else left[0])
        return self._bench.broker.held


@pytest.mark.parametrize(
    ("quantities", "readings"), [(("1",), 1), (("0", "0", "1"), 3), (("3", "0", "1"), 3)]
)
async def test_what_passes_by_itself_is_not_told(
    monkeypatch: pytest.MonkeyPatch, quantities: tuple[str, ...], readings: int
) -> None:
    bench = await a_compared_bench()
    await a_traded_order(bench)
    showing = Showing(bench, *quantities)
    monkeypatch.setattr(bench.broker, "positions", showing)

    found = await compared(bench)

    assert (found.differences, found.unsettled) == ((), ())
    assert showing.readings == readings


async def test_a_difference_was_seen_again_and_again_before_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = await a_compared_bench()
    await a_traded_order(bench)
    showing = Showing(bench, "0", "3", "3", "3")
    monkeypatch.setattr(bench.broker, "positions", showing)

    found = await compared(bench)

    # One that was another, and three that were the same: see what `handlers.orders.compare` says.
    assert [each.at_venue for each in found.differences if isinstance(each, PositionDiffers)] == [3]
    assert showing.readings == 1 + 3


async def test_a_reading_in_which_a_fill_was_recorded_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = await a_compared_bench()
    await a_traded_order(bench)
    order = await a_working_order(bench)
    fill = await bench.fill_of(order, "0.5")
    showing = Showing(bench, "9")

    async def positions() -> Sequence[Position]:
        shown = await showing()
        if showing.readings == 1:
            await take_event(fill, bench.desk)
        return shown

    monkeypatch.setattr(bench.broker, "positions", positions)

    found = await compared(bench)

    assert len(found.differences) == 1
    assert showing.readings == 1 + 3


async def test_fills_between_readings_that_cancel_one_another_out_do_not_go_unseen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = await a_compared_bench()
    await a_traded_order(bench)
    buys = await bench.fill_of(await a_working_order(bench), "0.5")
    sells = msgspec.structs.replace(buys, fill_key="other", side=Side.SELL)
    showing = Showing(bench, "9")
    read = bench.store.comparisons.holdings

    reads = iter(range(1, 100))

    async def holdings(lease: Lease, account: AccountId) -> Holdings:
        # Twice a reading: the third reading begins with the fifth.
        if next(reads) == 5:
            await take_event(buys, bench.desk)
            await take_event(sells, bench.desk)
        return await read(lease, account)

    monkeypatch.setattr(bench.broker, "positions", showing)
    monkeypatch.setattr(bench.store.comparisons, "holdings", holdings)

    found = await compared(bench)

    assert len(found.differences) == 1
    assert showing.readings == 2 + 3


async def test_what_will_not_stand_still_is_said_to_be_unsettled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = await a_compared_bench()
    await a_traded_order(bench)
    showing = Showing(bench, *(str(n) for n in range(2, 20)))
    monkeypatch.setattr(bench.broker, "positions", showing)

    found = await compared(bench)

    assert (found.differences, found.unsettled) == ((), ("BTCUSDT",))
