"""Code and infrastructure say the same numbers; one that differs turns this red."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from bus.base import Destination
from bus.queues import queues_of
from bus.settings import LANES
from infra.local.cloud import agreed
from infra.local.cloud.functions import FUNCTIONS, SOURCES
from lambda_entry.functions import SCHEDULES, TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bus.queues import Queue
    from infra.local.cloud.plan import Resource

pytestmark = [pytest.mark.infra, pytest.mark.timeout(300)]


def test_the_file_says_what_the_code_says() -> None:
    assert agreed.FILE.read_bytes() == agreed.text(), "run: python -m infra.local.cloud.agreed"


def test_another_number_in_the_code_is_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = dict(LANES)
    lanes[Destination.ORDER_TASKS] = msgspec.structs.replace(
        lanes[Destination.ORDER_TASKS], delay=timedelta(seconds=31)
    )

    monkeypatch.setattr(agreed, "LANES", lanes)

    assert agreed.FILE.read_bytes() != agreed.text()


def test_schedules_are_those_of_the_local_profile() -> None:
    assert agreed.agreed()["schedules"] == {
        "maintenance": {"rate": "rate(1 minute)"},
        "pool_manager": {"rate": "rate(5 minutes)"},
    }


@pytest.mark.parametrize("destination", SOURCES)
def test_aws_takes_the_mapping(destination: Destination) -> None:
    """It refuses one whose queue shows a message again before its function may be through."""
    name, _ = SOURCES[destination]

    assert FUNCTIONS[name].timeout_seconds <= LANES[destination].visibility.total_seconds()


def test_every_entrypoint_is_deployed() -> None:
    wanted = {each.name for each in TRIGGERS.values()}
    wanted |= {each.function.name for each in SCHEDULES.values()}

    assert {each.handler.split(".")[1] for each in FUNCTIONS.values()} == wanted


WORDS = {
    "FifoQueue": "fifo_queue",
    "DeduplicationScope": "deduplication_scope",
    "FifoThroughputLimit": "fifo_throughput_limit",
    "VisibilityTimeout": "visibility_timeout_seconds",
    "DelaySeconds": "delay_seconds",
    "MessageRetentionPeriod": "message_retention_seconds",
    "ContentBasedDeduplication": "content_based_deduplication",
}


def differences(resources: Iterable[Resource]) -> set[tuple[str, str]]:
    """Where a planned queue is not what the local profile makes: its name, and what differs."""
    made = {each.values["name"]: each.values for each in resources if each.type == "aws_sqs_queue"}
    wanted = {queue.name: queue for queue in queues_of(LANES, prefix="fourpass-policies-")}
    found = {(name, "name") for name in made.keys() ^ wanted.keys()}
    for name in made.keys() & wanted.keys():
        found |= {(name, key) for key in _differing(made[name], wanted[name])}
    return found


def _differing(values: Mapping[str, Any], queue: Queue) -> Iterator[str]:
    for key, wanted in queue.attributes.items():
        told = values.get(WORDS[key])
        if ("true" if told is True else "false" if told is None else str(told)) != wanted:
            yield key
    # Of a queue that sends nothing aside a mocked provider answers with any word.
    if queue.max_receive_count:
        policy = msgspec.json.decode(values["redrive_policy"])
        if policy["maxReceiveCount"] != queue.max_receive_count:
            yield "maxReceiveCount"


def test_queues_are_planned_as_the_local_profile_makes_them(planned: tuple[Resource, ...]) -> None:
    assert differences(planned) == set()
