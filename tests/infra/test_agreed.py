"""Code and infrastructure say the same numbers; one that differs turns this red."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.base import Destination
from bus.queues import queues_of
from bus.settings import LANES
from infra.local.cloud import agreed
from infra.local.cloud.functions import FUNCTIONS, SOURCES
from lambda_entry.functions import SCHEDULES, TRIGGERS

if TYPE_CHECKING:
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
}


def test_queues_are_planned_as_the_local_profile_makes_them(planned: tuple[Resource, ...]) -> None:
    made = {each.values["name"]: each.values for each in planned if each.type == "aws_sqs_queue"}

    for queue in queues_of(LANES, prefix="fourpass-policies-"):
        values = made.pop(queue.name)
        for key, wanted in queue.attributes.items():
            if key == "ContentBasedDeduplication":
                assert not values.get("content_based_deduplication")
                continue
            found = values[WORDS[key]]
            assert ("true" if found is True else str(found)) == wanted, (queue.name, key)
        if queue.max_receive_count:
            policy = msgspec.json.decode(values["redrive_policy"])
            assert policy["maxReceiveCount"] == queue.max_receive_count
    assert made == {}
