"""The post on a Valkey server, by a wire client of our own; asyncio only."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.bundle import Bus
    from bus.settings import BusSettings


@asynccontextmanager
async def open_valkey_bus(settings: BusSettings) -> AsyncGenerator[Bus, None]:
    """Open every port on the server of the settings."""
    raise NotImplementedError(settings)
    yield


__all__ = ("open_valkey_bus",)
