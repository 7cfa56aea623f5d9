"""From push to popped: a worker's wake-up against a plain LPUSH of the same client.

Both are taken in turns, one of each after the same pause, so that they meet the same machine: after
a pause a process must be woken, and that alone takes longer than the commands do.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING

import anyio

from bench.handicap import linger, share
from bench.measure import percentile
from bench.servers import running_servers
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import ExecuteOrder
from bus.open import open_bus
from bus.settings import read_settings
from bus.valkey.client import StandaloneClient
from bus.valkey.dialling import Dialler
from bus.values import AccountId, OrderId, SystemClock, UserId, WorkerId
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from bench.measure import Figures, Round
    from bus.base import HintDelivery, Hints

_TIMES = 300
_PAUSE = 0.002
# Those that no other process was in the way of.
_FAST = 0.1
_LIST = "bench:list"
_KEPT = 1_000
_BODY = b"x" * 400
_DAY = timedelta(days=1)


@asynccontextmanager
async def hop() -> AsyncGenerator[Round]:
    """Measure one-way wake-ups and round trips of LPUSH in turns, then LPUSH without pauses."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(running_servers())
        settings = read_settings(servers.environment())
        bus = await stack.enter_async_context(open_bus(settings))
        client = StandaloneClient(Dialler(settings.valkey, timeout=1.0))
        stack.push_async_callback(client.aclose)
        user = UserId(uuid7())
        await bus.hints.mark(user, WorkerId(uuid7()), ttl=_DAY)
        commands = await stack.enter_async_context(bus.hints.commands(user, 1))
        wakeup = WakeUp(bus.hints, user, commands)

        async def take_round() -> Figures:
            pushes, wakeups = await _in_turns(client, wakeup)
            trip, wake = percentile(pushes, 0.5), percentile(wakeups, 0.5)
            hot = percentile([await _push(client) for _ in range(_TIMES)], 0.5)
            await client.call(_LIST, "LTRIM", _LIST, 0, _KEPT)
            return {
                "lpush_round_trip_us": trip * 1e6,
                "lpush_without_pauses_us": hot * 1e6,
                "wakeup_p50_us": wake * 1e6,
                "wakeup_p99_us": percentile(wakeups, 0.99) * 1e6,
                "wakeup_over_lpush": wake / trip,
                "fast_wakeup_over_lpush": percentile(wakeups, _FAST) / percentile(pushes, _FAST),
            }

        yield take_round


class WakeUp:
    """A consumer that waits, as a worker's does, and who pushes to it."""

    def __init__(self, hints: Hints, user: UserId, commands: AsyncIterator[HintDelivery]) -> None:
        self._hints = hints
        self._user = user
        self._commands = commands
        self._handicap = share(Stage.DELIVERED)
        self._pushed = self._took = 0.0

    async def measure(self) -> float:
        """Return the seconds from the push to its command in the consumer's hands."""
        message = ExecuteOrder(
            user_id=self._user, order_id=OrderId(uuid7()), account_id=AccountId(uuid7())
        )
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._consume)
            await anyio.sleep(_PAUSE)
            envelope = seal(message, clock=SystemClock(), dedup_id=str(message.order_id))
            self._pushed = perf_counter()
            await self._hints.hint(self._user, envelope)
        return self._took

    async def _consume(self) -> None:
        command = await anext(self._commands)
        linger(self._handicap, self._pushed)
        self._took = perf_counter() - self._pushed
        await command.done()


async def _in_turns(client: StandaloneClient, wakeup: WakeUp) -> tuple[list[float], list[float]]:
    pushes: list[float] = []
    wakeups: list[float] = []
    for _ in range(_TIMES):
        await anyio.sleep(_PAUSE)
        pushes.append(await _push(client))
        wakeups.append(await wakeup.measure())
    return pushes, wakeups


async def _push(client: StandaloneClient) -> float:
    began = perf_counter()
    await client.call(_LIST, "LPUSH", _LIST, _BODY)
    return perf_counter() - began
