"""The Lambda functions as they are deployed: what feeds them, their time, and what they ask.

A queue's visibility is six times its function's timeout (Lambda developer guide, "Using Lambda
with Amazon SQS"). `pool-claim` hides a message for 10 s only, and AWS refuses a function that may
take longer than that; so its messages have a function of their own, over the same entrypoint.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from bus.base import Destination
from bus.settings import LANES
from infra.local.functions import BATCHES, TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Mapping

VISIBILITY_BY_TIMEOUT = 6
_MIB = 512


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """One function.

    Attributes:
        handler: The entrypoint, as Lambda names it.
        sends_to: The queues that its handlers' messages go to.
        sets_aside: The queues whose dead letters it adds to.
        receives_from: The queues that feed it.
        launcher: The verbs of the launcher's port that its handlers use.
    """

    handler: str
    timeout_seconds: int
    memory_mib: int = _MIB
    sends_to: tuple[Destination, ...] = ()
    sets_aside: tuple[Destination, ...] = ()
    receives_from: tuple[Destination, ...] = ()
    launcher: tuple[str, ...] = ()


# Which deployed function a queue feeds, and how many messages at a time.
SOURCES: Mapping[Destination, tuple[str, int]] = MappingProxyType(
    {
        destination: (
            "pool_claim" if destination is Destination.POOL_CLAIM else entrypoint,
            BATCHES[destination],
        )
        for destination, entrypoint in TRIGGERS.items()
    }
)


def _fed(destination: Destination, **told: tuple[Destination, ...] | tuple[str, ...]) -> Function:
    visibility = round(LANES[destination].visibility.total_seconds())
    name, _ = SOURCES[destination]
    return msgspec.convert(
        {
            "handler": f"lambda_entry.{TRIGGERS[destination]}.handler",
            "timeout_seconds": (
                visibility if name == "pool_claim" else visibility // VISIBILITY_BY_TIMEOUT
            ),
            "sets_aside": (destination,),
            "receives_from": (destination,),
            **told,
        },
        Function,
    )


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "worker_control": _fed(Destination.WORKER_CONTROL, launcher=("list", "launch", "stop")),
        "pool_claim": _fed(Destination.POOL_CLAIM, launcher=("list", "launch", "stop")),
        "order_tasks": _fed(
            Destination.ORDER_TASKS,
            sends_to=(Destination.ORDER_TASKS, Destination.WORKER_CONTROL),
        ),
        "maintenance_worker": _fed(
            Destination.MAINTENANCE,
            sends_to=(Destination.MAINTENANCE, Destination.WORKER_CONTROL),
            launcher=("list", "stop"),
        ),
        "maintenance": Function(
            handler="lambda_entry.maintenance.handler",
            timeout_seconds=50,
            sends_to=(Destination.MAINTENANCE,),
            launcher=("list",),
        ),
        "pool_manager": Function(
            handler="lambda_entry.pool_manager.handler",
            timeout_seconds=50,
            launcher=("list", "launch", "stop", "version"),
        ),
    }
)
