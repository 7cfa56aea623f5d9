"""The functions as they are deployed: `lambda_entry.functions`, and what each asks of AWS."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from bus.base import Destination
from lambda_entry import functions as told

if TYPE_CHECKING:
    from collections.abc import Mapping

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


SOURCES: Mapping[Destination, tuple[str, int]] = MappingProxyType(
    {destination: (each.name, told.BATCH_SIZE) for destination, each in told.TRIGGERS.items()}
)
"""Which function a queue feeds, and how many messages at a time."""


def _deployed(
    function: told.Function,
    *,
    launcher: tuple[str, ...] = (),
    sends_to: tuple[Destination, ...] = (),
) -> Function:
    fed = tuple(each for each, (name, _) in SOURCES.items() if name == function.name)
    return Function(
        handler=f"lambda_entry.{function.name}.handler",
        timeout_seconds=int(function.timeout.total_seconds()),
        sends_to=sends_to,
        sets_aside=fed,
        receives_from=fed,
        launcher=launcher,
    )


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "worker_control": _deployed(told.WORKER_CONTROL, launcher=("list", "launch", "stop")),
        "order_tasks": _deployed(
            told.ORDER_TASKS, sends_to=(Destination.ORDER_TASKS, Destination.WORKER_CONTROL)
        ),
        "maintenance_worker": _deployed(
            told.MAINTENANCE_WORKER,
            sends_to=(Destination.MAINTENANCE, Destination.WORKER_CONTROL),
            launcher=("list", "stop"),
        ),
        "maintenance": _deployed(
            told.MAINTENANCE, sends_to=(Destination.MAINTENANCE,), launcher=("list",)
        ),
        "pool_manager": _deployed(
            told.POOL_MANAGER, launcher=("list", "launch", "stop", "version")
        ),
    }
)
