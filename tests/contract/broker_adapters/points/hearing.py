"""Listening to what a venue tells by itself."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, cast

import anyio

from broker_adapters.base import OrderReport, SessionLost

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from broker_adapters.base import Broker, BrokerEvent
    from tests.contract.broker_adapters.grounds.ground import Ground

PATIENCE = 8


async def heard_until(
    ground: Ground, is_enough: Callable[[list[OrderReport]], bool], broker: Broker | None = None
) -> list[OrderReport]:
    """Return the reports that are told until there are enough."""
    reports: list[OrderReport] = []
    with anyio.fail_after(PATIENCE):
        async with aclosing(_events(broker or ground.broker)) as events:
            async for event in events:
                if isinstance(event, OrderReport):
                    reports.append(event)
                if is_enough(reports):
                    break
    return reports


async def heard_loss(broker: Broker) -> None:
    """Return when the broker says that events may be missing."""
    with anyio.fail_after(PATIENCE):
        async with aclosing(_events(broker)) as events:
            async for event in events:
                if isinstance(event, SessionLost):
                    return


async def exhausted(broker: Broker) -> list[BrokerEvent]:
    """Return all that is told until the stream ends by itself."""
    with anyio.fail_after(PATIENCE):
        async with aclosing(_events(broker)) as events:
            return [event async for event in events]


def _events(broker: Broker) -> AsyncGenerator[BrokerEvent]:
    return cast("AsyncGenerator[BrokerEvent]", broker.events())
