"""Grounds at SinoPac's double for tests that look behind the port."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from tests.contract.broker_adapters.grounds.shioaji import sino_futures, sino_stock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from infra.local.doubles.shioaji.records import VenueOrder
    from tests.contract.broker_adapters.grounds.sino import SinoGround


@asynccontextmanager
async def stock_ground() -> AsyncGenerator[SinoGround]:
    """Open an account that trades shares."""
    async with sino_stock() as ground:
        yield cast("SinoGround", ground)


@asynccontextmanager
async def futures_ground() -> AsyncGenerator[SinoGround]:
    """Open an account that trades futures."""
    async with sino_futures() as ground:
        yield cast("SinoGround", ground)


def at_venue(ground: SinoGround) -> list[VenueOrder]:
    """Return the orders as the venue itself has them."""
    return list(ground.ledger.orders.values())
