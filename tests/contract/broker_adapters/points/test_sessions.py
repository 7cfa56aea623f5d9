"""Points 22 and 24: closing and cancelling at any moment, and a long day."""

from __future__ import annotations

import gc
import os
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from broker_adapters.base import Accepted, NotFound, OrderReport
from tests.contract.broker_adapters.grounds.ground import Fault, Trait
from tests.contract.broker_adapters.points.asking import point

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.contract.broker_adapters.grounds.ground import Ground

pytestmark = pytest.mark.anyio

_ORDERS = 1_000
_WARM = 300
_ROOM_MIB = 6.0
_ROUNDS = 3
_BLOCKED_S = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE") / 2**20


@point(22)
async def test_session_is_closed_twice_and_opened_again(ground: Ground) -> None:
    await ground.broker.close()
    await ground.broker.close()
    is_connected = (await ground.broker.health()).is_connected

    await ground.broker.connect(deadline=ground.clock.now() + timedelta(seconds=10))

    assert not is_connected
    assert (await ground.broker.health()).is_connected
    assert isinstance(await ground.submit(ground.request()), Accepted)


@point(22)
async def test_sessions_of_one_account_are_told_the_same_venue_account(ground: Ground) -> None:
    deadline = ground.clock.now() + timedelta(seconds=10)
    first = await ground.broker.connect(deadline=deadline)
    other = await (await ground.anew()).connect(deadline=deadline)

    assert first.venue_account == other.venue_account
    if Trait.CREDENTIALS not in ground.lacking:
        assert first.venue_account


@point(22)
async def test_submit_cancelled_in_mid_send_leaves_one_order_or_none(ground: Ground) -> None:
    request = ground.request()
    await ground.fault(Fault.HELD)

    with anyio.move_on_after(0.05):
        await ground.submit(request)
    await ground.release()

    outcome = await ground.resolved(request)
    placed = await ground.placed(request.client_order_id)
    assert placed == (1 if isinstance(outcome, OrderReport) else 0)
    assert isinstance(outcome, OrderReport | NotFound)


@point(22)
async def test_session_is_usable_after_a_cancelled_submit(ground: Ground) -> None:
    with anyio.CancelScope() as scope:
        scope.cancel()
        await ground.submit(ground.request())

    request = ground.limit(7, below=10)

    assert isinstance(await ground.submit(request), Accepted)
    assert await ground.placed(request.client_order_id) == 1


@point(22)
async def test_order_after_the_close_is_not_sent(ground: Ground) -> None:
    await ground.broker.close()
    request = ground.request()

    outcome = await ground.submit(request)

    # A session that is nothing to be opened may serve on; what it must not do is leave a doubt.
    placed = await ground.placed_afterwards(request.client_order_id)
    assert placed == (1 if isinstance(outcome, Accepted) else 0)


@point(22)
async def test_venue_that_takes_its_time_stops_nothing_else(ground: Ground) -> None:
    pauses: list[float] = []
    for _ in range(_ROUNDS):
        await ground.fault(Fault.HELD)
        pauses.append(await _longest_pause(partial(ground.submit, ground.limit(below=10))))
        await ground.release()
        pauses.append(await _longest_pause(ground.broker.positions))

    # A busy machine may pause any one of them; who blocks the loop does it each time.
    assert min(pauses[::2]) < _BLOCKED_S
    assert min(pauses[1::2]) < _BLOCKED_S


@point(24)
@pytest.mark.timeout(120)
async def test_many_orders_leave_memory_and_files_as_they_were(ground: Ground) -> None:
    before: tuple[float, int] | None = None
    for n in range(_ORDERS):
        await ground.fresh_allowance()
        report = await ground.accepted(ground.limit(1, below=10))
        await ground.broker.cancel(ground.ref(report))
        if n == _WARM:
            before = _used()

    after = _used()

    assert before is not None
    assert after[1] <= before[1] + 1
    assert after[0] - before[0] < _ROOM_MIB + ground.venue_mib_per_order * (_ORDERS - _WARM)


def _used() -> tuple[float, int]:
    """Return the process's own memory in MiB, and its open files."""
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return resident * _PAGE, len(list(Path("/proc/self/fd").iterdir()))


async def _longest_pause(ask: Callable[[], Awaitable[object]]) -> float:
    """Return for how many seconds at a time nothing else ran while something was asked."""
    longest = 0.0

    async def look() -> None:
        nonlocal longest
        before = anyio.current_time()
        while True:
            await anyio.lowlevel.checkpoint()
            now = anyio.current_time()
            longest, before = max(longest, now - before), now

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(look)
        await anyio.lowlevel.checkpoint()
        await ask()
        await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    return longest
