"""The queues on SQS, by aiobotocore; asyncio only. Hints, pool and replies are never here."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio

from bus.base import Capabilities
from bus.queues import queues_of
from bus.sqs.client import open_sqs
from bus.sqs.dead_letters import SqsDeadLetters
from bus.sqs.health import SqsHealth
from bus.sqs.lanes import SqsLanes
from bus.sqs.raw import SqsRawQueues

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from bus.base import DeadLetters, Depths, Destination, Publisher, Subscriber
    from bus.raw import RawQueues
    from bus.settings import LaneRules
    from bus.sqs_settings import SqsSettings

_CLOSING_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsPost:
    """The ports that SQS carries."""

    publisher: Publisher
    subscriber: Subscriber
    dead_letters: DeadLetters
    depths: Depths
    raw: RawQueues
    capabilities: Mapping[Destination, Capabilities]
    ping: Callable[[], Awaitable[None]]


@asynccontextmanager
async def open_sqs_post(
    settings: SqsSettings, lanes: Mapping[Destination, LaneRules]
) -> AsyncGenerator[SqsPost]:
    """Open the queues' ports. Nothing is connected before its first use."""
    async with open_sqs(settings) as sqs:
        queues = SqsLanes(sqs, lanes, prefix=settings.prefix)
        try:
            yield SqsPost(
                publisher=queues,
                subscriber=queues,
                dead_letters=SqsDeadLetters(queues.lane),
                depths=queues,
                raw=SqsRawQueues(queues.lane),
                capabilities={
                    destination: capabilities_of(rules) for destination, rules in lanes.items()
                },
                ping=SqsHealth(map(queues.lane, lanes)).ping,
            )
        finally:
            with anyio.move_on_after(_CLOSING_SECONDS, shield=True):
                await queues.give_up_unclaimed()


def capabilities_of(rules: LaneRules) -> Capabilities:
    """Return which rules a queue on SQS keeps: a standard one delivers twice now and then."""
    return Capabilities(
        is_fifo=rules.is_fifo,
        tick=timedelta(seconds=1),
        deduplicates_across_groups=False,
        remembers_reasons=False,
    )


async def create_sqs_queues(settings: SqsSettings, lanes: Mapping[Destination, LaneRules]) -> None:
    """Create the queues as `bus.queues` says; those that are there are made so.

    Raises:
        BusError: SQS cannot be reached, or refuses.
    """
    arns: dict[str, str] = {}
    async with open_sqs(settings) as sqs:
        for queue in queues_of(lanes, prefix=settings.prefix):
            attributes = dict(queue.attributes)
            if queue.dead_letter_queue is not None:
                policy = {
                    "deadLetterTargetArn": arns[queue.dead_letter_queue],
                    "maxReceiveCount": str(queue.max_receive_count),
                }
                attributes["RedrivePolicy"] = json.dumps(policy)
            arns[queue.name] = await sqs.create(queue.name, attributes)


__all__ = ("SqsPost", "create_sqs_queues", "open_sqs_post")
