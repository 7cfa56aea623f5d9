from __future__ import annotations

from datetime import timedelta

import pytest

from bus.base import Destination
from bus.queues import Queue, queues_of
from bus.settings import LANES, LaneRules

_QUEUES = {queue.name: queue for queue in queues_of(LANES, prefix="fourpass-")}
_FIFO = {
    "FifoQueue": "true",
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "messageGroup",
    "FifoThroughputLimit": "perMessageGroupId",
}
_DEAD = {"VisibilityTimeout": "30", "MessageRetentionPeriod": "1209600"}


@pytest.mark.parametrize(
    ("name", "visibility", "delay", "retention"),
    [
        ("fourpass-worker-control.fifo", "30", "0", "345600"),
        ("fourpass-order-tasks.fifo", "180", "30", "345600"),
        ("fourpass-pool-claim", "10", "0", "300"),
        ("fourpass-maintenance", "90", "0", "345600"),
    ],
)
def test_each_queue_has_the_attributes_of_its_destination(
    name: str, visibility: str, delay: str, retention: str
) -> None:
    own = {
        "VisibilityTimeout": visibility,
        "DelaySeconds": delay,
        "MessageRetentionPeriod": retention,
    }

    assert _QUEUES[name].attributes == {**(_FIFO if name.endswith(".fifo") else {}), **own}


@pytest.mark.parametrize(
    ("name", "dead_letter_queue"),
    [
        ("fourpass-worker-control.fifo", "fourpass-worker-control-dead.fifo"),
        ("fourpass-order-tasks.fifo", "fourpass-order-tasks-dead.fifo"),
        ("fourpass-pool-claim", "fourpass-pool-claim-dead"),
        ("fourpass-maintenance", "fourpass-maintenance-dead"),
    ],
)
def test_each_queue_sets_aside_after_three_receives(name: str, dead_letter_queue: str) -> None:
    queue = _QUEUES[name]

    assert (queue.dead_letter_queue, queue.max_receive_count) == (dead_letter_queue, 3)


def test_a_queue_of_dead_letters_keeps_them_for_longest_and_is_of_its_sources_kind() -> None:
    assert _QUEUES["fourpass-worker-control-dead.fifo"] == Queue(
        name="fourpass-worker-control-dead.fifo", attributes={**_FIFO, **_DEAD}
    )
    assert _QUEUES["fourpass-pool-claim-dead"] == Queue(
        name="fourpass-pool-claim-dead", attributes=_DEAD
    )


def test_a_queue_of_dead_letters_comes_before_its_source() -> None:
    made: set[str] = set()
    for name, queue in _QUEUES.items():
        assert queue.dead_letter_queue is None or queue.dead_letter_queue in made
        made.add(name)


def test_orders_are_no_queue_on_sqs() -> None:
    assert not any(name.startswith("fourpass-orders") for name in _QUEUES)


@pytest.mark.parametrize(
    "rules",
    [
        LaneRules(visibility=timedelta(milliseconds=1500)),
        LaneRules(visibility=timedelta(seconds=90), delay=timedelta(milliseconds=1)),
        LaneRules(visibility=timedelta(seconds=90), dedup_window=timedelta(seconds=60)),
    ],
)
def test_a_rule_that_sqs_cannot_keep_is_refused(rules: LaneRules) -> None:
    with pytest.raises(ValueError, match="SQS"):
        queues_of({Destination.WORKER_CONTROL: rules}, prefix="")
