"""Open the post that the settings ask for. Only roots call this; drivers load here, not before."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bus.errors import SettingsError
from bus.publishing import CarriedPublisher
from bus.routing import Carrier
from bus.settings import QUEUES_VARIABLE
from bus.values import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bus.bundle import Bus
    from bus.raw import RawQueues
    from bus.settings import BusSettings
    from bus.sqs_settings import SqsSettings


@asynccontextmanager
async def open_bus(settings: BusSettings) -> AsyncGenerator[Bus, None]:
    """Open every port; a server that is away does not stop it, its calls fail until it is back.

    Raises:
        SettingsError: The queues are on SQS, and nothing says where that is.
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
            from bus.sqs import open_sqs_post  # noqa: PLC0415 - loads when opened
            from bus.valkey import open_valkey_bus  # noqa: PLC0415 - as above

            async with (
                open_valkey_bus(settings) as bus,
                open_sqs_post(_sqs_of(settings), settings.lanes) as sqs,
            ):
                carriers = {Carrier.VALKEY: bus.publisher, Carrier.SQS: sqs.publisher}
                yield replace(
                    bus,
                    publisher=CarriedPublisher(carriers, queues=Carrier.SQS),
                    subscriber=sqs.subscriber,
                    dead_letters=sqs.dead_letters,
                    depths=sqs.depths,
                    capabilities=sqs.capabilities,
                    ping_queues=sqs.ping,
                )


@asynccontextmanager
async def open_raw_queues(settings: BusSettings) -> AsyncGenerator[RawQueues, None]:
    """Open the queues on SQS by their own verbs, for who hands messages on unopened.

    Raises:
        SettingsError: The queues are not on SQS.
    """
    from bus.sqs import open_sqs_post  # noqa: PLC0415 - loads when opened

    async with open_sqs_post(_sqs_of(settings), settings.lanes) as sqs:
        yield sqs.raw


async def create_queues(settings: BusSettings) -> None:
    """Create the queues on SQS exactly as `bus.queues` says; those that are there are made so.

    Raises:
        SettingsError: The queues are not on SQS.
        TransportUnavailableError: SQS cannot be reached; repeating is safe.
        RefusedError: SQS refuses an attribute.
    """
    from bus.sqs import create_sqs_queues  # noqa: PLC0415 - loads when asked

    await create_sqs_queues(_sqs_of(settings), settings.lanes)


def _sqs_of(settings: BusSettings) -> SqsSettings:
    if settings.sqs is None:
        raise SettingsError(QUEUES_VARIABLE, "is not sqs, or the settings lack where SQS is")
    return settings.sqs
