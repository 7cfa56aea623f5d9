"""The functions as data: how long each may take, which queues and schedules call it.

Infrastructure maps them exactly so; the local profile, which plays AWS, reads the same.
"""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from bus.base import Destination
from bus.messages import Command, FindOrphans, KeepPool

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCH_SIZE = 1
"""Messages an event: of a FIFO queue, a poisoned one would count its innocent followers to death;
of any queue, the function's time is then one message's time."""


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """One Lambda function.

    Attributes:
        name: The module here whose `handler` it is.
        timeout: After this long AWS kills it, and what it had in hand stays out of sight for the
            queue's visibility: six times this or more, as AWS advises (Lambda developer guide,
            "Using Lambda with Amazon SQS"). A message's own limit (`handlers.wiring.LIMITS`) is
            shorter, so that a handler is stopped, and its message shown again soon, before that.
    """

    name: str
    timeout: timedelta


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A function that is called every so often, and what it then carries out."""

    function: Function
    every: timedelta


WORKER_CONTROL = Function(name="worker_control", timeout=timedelta(seconds=5))
ORDER_TASKS = Function(name="order_tasks", timeout=timedelta(seconds=10))
MAINTENANCE_WORKER = Function(name="maintenance_worker", timeout=timedelta(seconds=15))
MAINTENANCE = Function(name="maintenance", timeout=timedelta(seconds=40))
POOL_MANAGER = Function(name="pool_manager", timeout=timedelta(seconds=40))

TRIGGERS: Mapping[Destination, Function] = MappingProxyType(
    {
        Destination.WORKER_CONTROL: WORKER_CONTROL,
        Destination.POOL_CLAIM: WORKER_CONTROL,
        Destination.ORDER_TASKS: ORDER_TASKS,
        Destination.MAINTENANCE: MAINTENANCE_WORKER,
    }
)
SCHEDULES: Mapping[type[Command], Schedule] = MappingProxyType(
    {
        FindOrphans: Schedule(function=MAINTENANCE, every=timedelta(seconds=60)),
        KeepPool: Schedule(function=POOL_MANAGER, every=timedelta(seconds=300)),
    }
)
