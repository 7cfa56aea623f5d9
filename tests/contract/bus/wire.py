"""SQS by its own client, for what the post never does."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bus.queues import queue_name
from bus.sqs.driver import open_client

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from types_aiobotocore_sqs.client import SQSClient

    from bus.base import Destination
    from bus.settings import BusSettings

    UrlOf = Callable[[Destination], Awaitable[str]]


@asynccontextmanager
async def sqs_client(settings: BusSettings) -> AsyncGenerator[tuple[SQSClient, UrlOf]]:
    """Open a client of the same queues, and tell their URLs."""
    assert settings.sqs is not None
    prefix = settings.sqs.prefix
    async with open_client(settings.sqs) as client:

        async def url_of(destination: Destination) -> str:
            is_fifo = settings.lanes[destination].is_fifo
            name = queue_name(prefix, destination, is_fifo=is_fifo, is_dead=False)
            return (await client.get_queue_url(QueueName=name))["QueueUrl"]

        yield client, url_of
