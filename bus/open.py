"""Open the post that the settings ask for. Only roots call this; drivers load here, not before."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bus.errors import SettingsError
from bus.routing import Carrier
from bus.settings import QUEUES_VARIABLE
from bus.values import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.bundle import Bus
    from bus.settings import BusSettings


@asynccontextmanager
async def open_bus(settings: BusSettings) -> AsyncGenerator[Bus, None]:
    """Open every port; a server that is away does not stop it, its calls fail until it is back.

    Raises:
        SettingsError: The queues' carrier is not built in.
    """
    match settings.queues:
        case Carrier.MEMORY:
            from bus.memory import open_memory_bus  # noqa: PLC0415 - loads when opened

            async with open_memory_bus(SystemClock(), lanes=settings.lanes) as bus:
                yield bus
        case Carrier.VALKEY:
            from bus.valkey import open_valkey_bus  # noqa: PLC0415 - loads when opened

            async with open_valkey_bus(settings) as bus:
                yield bus
        case Carrier.SQS:
            raise SettingsError(QUEUES_VARIABLE, "sqs is not built in")
