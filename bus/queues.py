"""The queues on SQS as data: names and attributes, the one place that says how they are set up.

`bus.open.create_queues` creates them exactly so; infrastructure code is compared with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from bus.base import Destination
    from bus.settings import LaneRules

DEDUP_WINDOW = timedelta(minutes=5)
"""SQS FIFO remembers a dedup id for this long; no attribute changes that."""
DEAD_RETENTION = timedelta(days=14)
"""The longest there is: a person must have the time to look."""
DEAD_VISIBILITY = timedelta(seconds=30)

# High throughput of FIFO: both together, or neither (SQS developer guide, "high throughput").
_FIFO: Mapping[str, str] = MappingProxyType(
    {
        "FifoQueue": "true",
        "ContentBasedDeduplication": "false",
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
    }
)
_STANDARD: Mapping[str, str] = MappingProxyType({})


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """One queue on SQS.

    Attributes:
        name: Its whole name, with the prefix, and `.fifo` where it is one.
        attributes: Names and values as CreateQueue takes them, without the redrive policy.
        dead_letter_queue: The name of the queue that takes what used its receives up; `None` for
            one that is itself such a queue.
        max_receive_count: The redrive policy's count.
    """

    name: str
    attributes: Mapping[str, str]
    dead_letter_queue: str | None = None
    max_receive_count: int = 0


def queue_name(prefix: str, destination: Destination, *, is_fifo: bool, is_dead: bool) -> str:
    """Return what a destination's queue, or that of its dead letters, is called."""
    return f"{prefix}{destination}{'-dead' if is_dead else ''}{'.fifo' if is_fifo else ''}"


def queues_of(lanes: Mapping[Destination, LaneRules], *, prefix: str) -> tuple[Queue, ...]:
    """Return all queues, each after the queue of its dead letters.

    Raises:
        ValueError: SQS cannot keep a rule: times are whole seconds, the dedup window is 300 s.
    """
    return tuple(
        queue
        for destination, rules in lanes.items()
        for queue in _pair(destination, rules, prefix=prefix)
    )


def _pair(destination: Destination, rules: LaneRules, *, prefix: str) -> tuple[Queue, Queue]:
    if rules.is_fifo and rules.dedup_window != DEDUP_WINDOW:
        msg = f"{destination}: SQS remembers a dedup id for 300 s, not {rules.dedup_window}"
        raise ValueError(msg)
    kind = _FIFO if rules.is_fifo else _STANDARD
    dead = Queue(
        name=queue_name(prefix, destination, is_fifo=rules.is_fifo, is_dead=True),
        attributes={
            **kind,
            "VisibilityTimeout": _seconds(DEAD_VISIBILITY),
            "MessageRetentionPeriod": _seconds(DEAD_RETENTION),
        },
    )
    own = Queue(
        name=queue_name(prefix, destination, is_fifo=rules.is_fifo, is_dead=False),
        attributes={
            **kind,
            "VisibilityTimeout": _seconds(rules.visibility),
            "DelaySeconds": _seconds(rules.delay),
            "MessageRetentionPeriod": _seconds(rules.retention),
        },
        dead_letter_queue=dead.name,
        max_receive_count=rules.max_attempts,
    )
    return dead, own


def _seconds(time: timedelta) -> str:
    if time % timedelta(seconds=1):
        msg = f"SQS counts whole seconds, not {time}"
        raise ValueError(msg)
    return str(time // timedelta(seconds=1))
