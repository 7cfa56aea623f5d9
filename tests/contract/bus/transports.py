"""The transports that the suites run over; a new one adds a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

from bus.base import Destination
from bus.bundle import Bus
from bus.memory import open_memory_bus
from bus.open import create_queues, open_bus
from bus.routing import Carrier
from bus.settings import LANES, BusSettings, LaneRules, parse_address
from bus.sqs_settings import SqsSettings
from bus.values import SystemClock
from tests.servers.emulator import REGION

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.servers.emulator import EmulatorServer
    from tests.servers.valkey import ValkeyServer

Lanes = Mapping[Destination, LaneRules]

NO_LANES: Lanes = {}
"""For what is never on a queue: making one on a server takes its time."""

# The queues that the other suites use.
_USED = (Destination.WORKER_CONTROL, Destination.MAINTENANCE)


class Transport(msgspec.Struct, frozen=True, kw_only=True):
    """One way to carry the post.

    Attributes:
        backend: The event loop that it runs on.
        open: Open it with these lanes; all that are open at once are one post.
        reset: Forget everything.
        tick_ms: The shortest time that it can wait; its `Capabilities.tick`.
        a_moment: After this many seconds whatever is there has come.
        examples: How many random plays it is worth.
        has_fixed_dedup_window: It refuses lanes with another window than 300 s.
    """

    backend: str
    open: Callable[[Lanes], AbstractAsyncContextManager[Bus]]
    reset: Callable[[], object]
    tick_ms: int = 1
    a_moment: float = 0.03
    examples: int = 40
    has_fixed_dedup_window: bool = False

    def at_least(self, milliseconds: int) -> int:
        """Return a time in milliseconds that this transport can wait."""
        return max(milliseconds, self.tick_ms)


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


def on_sqs(emulator: EmulatorServer, valkey: ValkeyServer) -> Transport:
    """The transport whose queues are on SQS, each reset with other queues."""
    prefixes = [a_prefix()]

    @asynccontextmanager
    async def opened(lanes: Lanes) -> AsyncGenerator[Bus]:
        used = {name: rules for name, rules in lanes.items() if name in _USED}
        settings = sqs_settings_of(emulator, valkey, used, prefix=prefixes[-1])
        await create_queues(settings)
        async with open_bus(settings) as bus:
            yield bus

    return Transport(
        backend="asyncio",
        open=opened,
        reset=lambda: prefixes.append(a_prefix()),
        tick_ms=1000,
        a_moment=0.2,
        examples=10,
        has_fixed_dedup_window=True,
    )


def a_prefix() -> str:
    """Return a prefix for queues that nobody else uses."""
    return f"t{uuid4().hex[:12]}-"


def sqs_settings_of(
    emulator: EmulatorServer, valkey: ValkeyServer, lanes: Lanes = LANES, *, prefix: str
) -> BusSettings:
    """Return the settings of queues on SQS, and all else on Valkey."""
    sqs = SqsSettings(
        region=REGION,
        endpoint_url=emulator.url,
        prefix=prefix,
        answer_within=timedelta(seconds=5),
    )
    return BusSettings(
        valkey=parse_address(valkey.url), queues=Carrier.SQS, sqs=sqs, lanes=lanes,
        command_timeout=timedelta(seconds=2),
    )  # fmt: skip


def settings_of(
    server: ValkeyServer, lanes: Lanes = LANES, *, timeout: timedelta = timedelta(seconds=2)
) -> BusSettings:
    """Return the settings of a server."""
    return BusSettings(valkey=parse_address(server.url), lanes=lanes, command_timeout=timeout)
