"""The post without a server: every port in this process's memory, on asyncio and on trio."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint

from bus.base import Capabilities, Destination
from bus.bundle import Bus
from bus.memory.broadcast import MemoryBroadcast
from bus.memory.hints import MemoryHints
from bus.memory.lanes import MemoryLanes
from bus.memory.pool import MemoryPool
from bus.memory.replies import MemoryReplies
from bus.publishing import RoutedPublisher
from bus.settings import LANES
from telemetry.vitals import Usage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from bus.settings import LaneRules
    from bus.values import Clock


@asynccontextmanager
async def open_memory_bus(
    clock: Clock, *, lanes: Mapping[Destination, LaneRules] = LANES
) -> AsyncGenerator[Bus, None]:
    """Open a post of its own; two of them know nothing of each other."""
    hints = MemoryHints(clock)
    queues = MemoryLanes(lanes, clock)
    yield Bus(
        publisher=RoutedPublisher(hints, queues),
        subscriber=queues,
        dead_letters=queues,
        depths=queues,
        hints=hints,
        pool=MemoryPool(clock),
        replies=MemoryReplies(clock),
        broadcast=MemoryBroadcast(),
        capabilities={
            destination: Capabilities(is_fifo=rules.is_fifo) for destination, rules in lanes.items()
        },
        ping=checkpoint,
        usage=lambda: Usage(is_up=True, in_use=0, waiting=0),
    )


__all__ = ("open_memory_bus",)
