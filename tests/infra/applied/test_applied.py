"""The staging environment, applied to what plays AWS, which asks of everybody what IAM lets them.

What that proves: that Terraform makes all of it, and nothing twice; that names, numbers, roles,
secrets and variables fit what the code asks for. What it does not: that AWS takes it, its quotas,
how fast any of it is, or that an instance comes up.
"""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from bus.queues import queues_of
from bus.settings import LANES
from infra.local.cloud.functions import FUNCTIONS, SOURCES
from tests.e2e.profile import until
from tests.infra.applied.ecs import role_of
from tests.infra.applied.house import running_house
from tests.infra.policies import allowed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.applied.cloud import Cloud
    from tests.infra.applied.house import House

pytestmark = [pytest.mark.applied, pytest.mark.timeout(1800)]
# It takes them and does not tell them back, so that a plan would set them anew.
FORGOTTEN = "aws_cloudwatch_metric_alarm"


def test_a_second_plan_changes_nothing(cloud: Cloud) -> None:
    changed = [line for line in cloud.changes().splitlines() if line.startswith("  # ")]

    assert [line for line in changed if FORGOTTEN not in line] == []


def test_queues_are_exactly_what_the_code_takes_them_for(cloud: Cloud) -> None:
    sqs = cloud.client("sqs")
    wanted = {
        queue.name: dict(queue.attributes) for queue in queues_of(LANES, prefix=prefix(cloud))
    }

    found = {
        name: {
            key: value
            for key, value in sqs.get_queue_attributes(
                QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], AttributeNames=["All"]
            )["Attributes"].items()
            if key in attributes
        }
        for name, attributes in wanted.items()
    }

    # False is what a queue says by silence.
    assert found == {
        name: {key: value for key, value in attributes.items() if key in found[name]}
        for name, attributes in wanted.items()
    }
    assert all("VisibilityTimeout" in attributes for attributes in found.values())


def test_each_function_is_fed_as_the_code_says(cloud: Cloud) -> None:
    mapped = cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]

    found = {
        (each["EventSourceArn"].rpartition(":")[2], each["FunctionArn"].rpartition(":")[2]): (
            each["BatchSize"],
            each["FunctionResponseTypes"],
        )
        for each in mapped
    }

    assert found == {
        (
            f"{prefix(cloud)}{destination}{'.fifo' if LANES[destination].is_fifo else ''}",
            f"{prefix(cloud)}{function}",
        ): (batch, ["ReportBatchItemFailures"])
        for destination, (function, batch) in SOURCES.items()
    }


def test_no_role_reads_another_queue_than_its_own(cloud: Cloud) -> None:
    rights = allowed(cloud.resources())

    for name, function in FUNCTIONS.items():
        received = rights[f"{prefix(cloud)}{name}"].get("sqs:ReceiveMessage", frozenset())
        assert {arn.rpartition(":")[2].removesuffix(".fifo") for arn in received} == {
            f"{prefix(cloud)}{destination}" for destination in function.receives_from
        }


def test_only_a_worker_opens_credentials(cloud: Cloud) -> None:
    kms = cloud.outputs()["kms_keys"].partition("=")[2]
    families = cloud.outputs()["task_definitions"]
    sealed = b"x" * 512

    refused = {}
    for part, family in families.items():
        client = cloud.client_as(role_of(cloud, family), "kms")
        with pytest.raises(ClientError) as error:
            client.decrypt(
                KeyId=kms, CiphertextBlob=sealed, EncryptionAlgorithm="RSAES_OAEP_SHA_256"
            )
        refused[part] = error.value.response.get("Error", {}).get("Code")

    # The worker is let in, and what it asks to have opened is none.
    assert refused["edge"] == "AccessDeniedException"
    assert refused["worker"] != "AccessDeniedException"


def test_an_alert_becomes_a_fill(cloud: Cloud, tmp_path: Path) -> None:
    with running_house(cloud, tmp_path) as house:
        order = filled(house)

        # Nobody but the function in the zip asked ECS for this worker.
        assert len(house.agent.started) >= 1
        stages = [event["stage"] for event in house.order(order["id"])["events"]]
        assert stages.count("sent") == 1


def filled(house: House) -> Any:
    """Send an alert and return its filled order.

    Cold functions of a busy machine may take longer than an entry stays fresh: that one expires, as
    it should, and the next finds them warm.
    """
    order: Any = None
    for price in ("100", "101", "102"):
        reply = house.alert(price=price)
        assert reply.status_code == 202
        [told] = reply.json()["orders"]
        order = until(partial(house.ended, told["id"]), within=120)
        if order["state"] != "expired":
            break
    assert order["state"] == "filled"
    return order


def test_what_is_destroyed_is_gone(cloud: Cloud) -> None:
    began = monotonic()

    cloud.destroy()

    print(f"\ndestroyed in {monotonic() - began:.0f} s")  # noqa: T201 - for who waits
    assert cloud.resources() == ()
    assert cloud.client("sqs").list_queues().get("QueueUrls", []) == []
    assert cloud.client("lambda").list_functions()["Functions"] == []


def prefix(cloud: Cloud) -> str:
    return str(cloud.outputs()["queue_prefix"])
