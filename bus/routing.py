"""Which message goes where: two tables, and nothing else decides it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bus.base import Destination
from bus.errors import UnroutableError
from bus.messages import (
    CancelOrder,
    ClaimWorker,
    Command,
    CompareAccount,
    Drain,
    ExecuteOrder,
    FindInstruments,
    FindOrphans,
    HealOrphan,
    KeepPool,
    ProbeAccount,
    ReloadAccount,
    StartWorker,
    StopWorker,
    VerifyFills,
    VerifyOrder,
)

RouteTable = Mapping[type[Command], Destination]

ROUTES: RouteTable = MappingProxyType(
    {
        ExecuteOrder: Destination.ORDERS,
        CancelOrder: Destination.ORDERS,
        VerifyFills: Destination.ORDERS,
        ProbeAccount: Destination.ORDERS,
        FindInstruments: Destination.ORDERS,
        ReloadAccount: Destination.ORDERS,
        CompareAccount: Destination.ORDERS,
        Drain: Destination.ORDERS,
        StartWorker: Destination.WORKER_CONTROL,
        StopWorker: Destination.WORKER_CONTROL,
        ClaimWorker: Destination.POOL_CLAIM,
        VerifyOrder: Destination.ORDER_TASKS,
        HealOrphan: Destination.MAINTENANCE,
        FindOrphans: Destination.MAINTENANCE,
        KeepPool: Destination.MAINTENANCE,
    }
)


class Carrier(StrEnum):
    """The servers that can carry a destination."""

    MEMORY = "memory"
    VALKEY = "valkey"
    SQS = "sqs"


def resolve(message: Command, table: RouteTable = ROUTES) -> Destination:
    """Return where a message goes.

    Raises:
        UnroutableError: The table has no row for its type.
    """
    destination = table.get(type(message))
    if destination is None:
        raise UnroutableError(type(message).__name__)
    return destination


def carrier_of(destination: Destination, queues: Carrier) -> Carrier:
    """Return what carries a destination where the queues are carried by `queues`.

    Orders are each user's list, which only Valkey (or memory) holds, whatever carries the rest.
    """
    if destination is Destination.ORDERS and queues is Carrier.SQS:
        return Carrier.VALKEY
    return queues
