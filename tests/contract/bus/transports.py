"""The transports that the suites run over; a new one adds a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from bus.base import Destination
from bus.bundle import Bus
from bus.memory import open_memory_bus
from bus.open import open_bus
from bus.settings import LANES, BusSettings, LaneRules, parse_address
from bus.values import SystemClock

if TYPE_CHECKING:
    from tests.servers.valkey import ValkeyServer

Lanes = Mapping[Destination, LaneRules]


class Transport(msgspec.Struct, frozen=True, kw_only=True):
    """One way to carry the post.

    Attributes:
        backend: The event loop that it runs on.
        open: Open it with these lanes; all that are open at once are one post.
        reset: Forget everything.
    """

    backend: str
    open: Callable[[Lanes], AbstractAsyncContextManager[Bus]]
    reset: Callable[[], object]


def in_memory(backend: str) -> Transport:
    """The transport of this process."""
    return Transport(
        backend=backend,
        open=lambda lanes: open_memory_bus(SystemClock(), lanes=lanes),
        reset=lambda: None,
    )


def on_valkey(server: ValkeyServer) -> Transport:
    """The transport over a real server."""
    return Transport(
        backend="asyncio",
        open=lambda lanes: open_bus(settings_of(server, lanes)),
        reset=lambda: server.ask("FLUSHALL"),
    )


def settings_of(
    server: ValkeyServer, lanes: Lanes = LANES, *, timeout: timedelta = timedelta(seconds=2)
) -> BusSettings:
    """Return the settings of a server."""
    return BusSettings(valkey=parse_address(server.url), lanes=lanes, command_timeout=timeout)
