"""The post on a Valkey server, by a wire client of our own; asyncio only."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from bus.base import Capabilities
from bus.bundle import Bus
from bus.publishing import RoutedPublisher
from bus.valkey.broadcast import ValkeyBroadcast
from bus.valkey.client import StandaloneClient
from bus.valkey.cluster import ClusterClient
from bus.valkey.dialling import Dialler
from bus.valkey.hints import ValkeyHints
from bus.valkey.lanes import ValkeyLanes
from bus.valkey.pool import ValkeyPool
from bus.valkey.replies import ValkeyReplies

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.settings import BusSettings


@asynccontextmanager
async def open_valkey_bus(settings: BusSettings) -> AsyncGenerator[Bus, None]:
    """Open every port on the server of the settings. Nothing is connected before its first use."""
    timeout = settings.command_timeout.total_seconds()
    dialler = Dialler(settings.valkey, timeout=timeout)
    client = ClusterClient(dialler) if settings.valkey.is_cluster else StandaloneClient(dialler)
    broadcast = ValkeyBroadcast(client, timeout=timeout)
    hints = ValkeyHints(client)
    lanes = ValkeyLanes(client, settings.lanes)

    async def ping() -> None:
        await client.call("", "PING")

    try:
        yield Bus(
            publisher=RoutedPublisher(hints, lanes),
            subscriber=lanes,
            dead_letters=lanes,
            depths=lanes,
            hints=hints,
            pool=ValkeyPool(client, broadcast),
            replies=ValkeyReplies(client, broadcast),
            broadcast=broadcast,
            capabilities={
                destination: Capabilities(is_fifo=rules.is_fifo)
                for destination, rules in settings.lanes.items()
            },
            ping=ping,
            usage=client.usage,
        )
    finally:
        with anyio.CancelScope(shield=True):
            await broadcast.aclose()
            await client.aclose()


__all__ = ("open_valkey_bus",)
