"""What may be reached and by whom: read from the plan of the whole house."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import pytest

from infra.local.cloud.functions import FUNCTIONS
from infra.local.cloud.plan import Resource, counted
from infra.local.making.bootstrap import ROOT
from tests.infra.policies import allowed, statements

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = [pytest.mark.infra, pytest.mark.timeout(300)]

WORLD = {"0.0.0.0/0", "::/0"}
LAMBDA = {"secretsmanager:GetSecretValue", "logs:CreateLogStream", "logs:PutLogEvents"}
INTERFACE = {
    "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
}  # fmt: skip
RECEIVE = {
    "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl",
    "sqs:ChangeMessageVisibility",
}  # fmt: skip
SEND = {"sqs:GetQueueUrl", "sqs:SendMessage"}
VERBS = {
    "list": {"ecs:ListTasks", "ecs:DescribeTasks"},
    "launch": {"ecs:RunTask", "ecs:TagResource", "iam:PassRole"},
    "stop": {"ecs:StopTask"},
    "version": {"ecs:DescribeTaskDefinition"},
}
TABLE: dict[str, set[str]] = {
    "module.edge.aws_iam_role_policy.task": {"kms:GetPublicKey"} | SEND | RECEIVE,
    "module.edge.aws_iam_role_policy.execution": {"secretsmanager:GetSecretValue"},
    "module.workers.aws_iam_role_policy.task": {"kms:Decrypt"} | SEND,
    "module.workers.aws_iam_role_policy.execution": {"secretsmanager:GetSecretValue"},
    "module.store.aws_iam_role_policy.proxy": {"secretsmanager:GetSecretValue"},
    "module.store.aws_iam_role_policy.migrate": {"secretsmanager:GetSecretValue"},
    "module.network.aws_iam_role_policy.flows": {
        "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams",
    },
    **{
        f'module.lambdas.aws_iam_role_policy.this["{name}"]': LAMBDA
        | (RECEIVE if each.receives_from else set[str]())
        | (SEND if each.sends_to or each.sets_aside else set[str]())
        for name, each in FUNCTIONS.items()
    },
    **{
        f'module.lambdas.aws_iam_role_policy.workers["{name}"]': set[str]().union(
            *(VERBS[verb] for verb in each.launcher)
        )
        for name, each in FUNCTIONS.items()
        if each.launcher
    },
    **{f'module.lambdas.aws_iam_role_policy.interface["{name}"]': INTERFACE for name in FUNCTIONS},
}  # fmt: skip
# AWS itself calls these with the role, or asks for them beside another call.
BY_AWS = {
    "logs:CreateLogStream": "Lambda and flow logs write their log",
    "logs:PutLogEvents": "as above",
    "logs:DescribeLogStreams": "as above",
    "iam:PassRole": "asked for with RunTask",
    "ecs:TagResource": "asked for with RunTask that names tags",
    **dict.fromkeys(INTERFACE, "Lambda makes a function's interface"),
}
WITHOUT_RESOURCE = {"ecs:ListTasks", "ecs:DescribeTaskDefinition", *INTERFACE}


def test_each_role_may_do_exactly_this(planned: tuple[Resource, ...]) -> None:
    found = {role: {*rights} for role, rights in allowed(planned).items()}

    assert found == TABLE


def test_one_role_decrypts(planned: tuple[Resource, ...]) -> None:
    openers = [
        role for role, rights in allowed(planned).items()
        if any(right.startswith(("kms:Decrypt", "kms:*", "kms:ReEncrypt")) for right in rights)
    ]  # fmt: skip

    assert openers == ["module.workers.aws_iam_role_policy.task"]


def test_nothing_that_holds_data_is_named_by_a_star(planned: tuple[Resource, ...]) -> None:
    starred = {
        action
        for role in allowed(planned).values()
        for action, resources in role.items()
        if "*" in resources
    }

    assert starred == WITHOUT_RESOURCE & starred
    assert not any("*" in action for role in allowed(planned).values() for action in role)


def test_each_action_is_called_somewhere(planned: tuple[Resource, ...]) -> None:
    rights = {action for role in allowed(planned).values() for action in role}
    called = calls_of_the_house()

    assert {each for each in rights - BY_AWS.keys() if verb(each) not in called} == set()


def test_the_key_of_credentials_obeys_nobody_else(planned: tuple[Resource, ...]) -> None:
    [policy] = [each for each in planned if each.type == "aws_kms_key_policy"]
    by_effect = {(each.effect, action) for each in statements(policy) for action in each.actions}

    assert ("Deny", "kms:Decrypt") in by_effect
    assert not {action for effect, action in by_effect if effect == "Allow" and "*" in action}
    told = msgspec.json.decode(policy.values["policy"])["Statement"]
    administers = next(each for each in told if each["Sid"] == "Administer")
    assert not {"kms:Decrypt", "kms:CreateGrant"} & {*administers["Action"]}


def open_doors(resources: Iterable[Resource]) -> set[tuple[str, int]]:
    """Where the whole world may come in: the rule, and its first port."""
    return {
        (each.address, each.values.get("from_port") or 0)
        for each in resources
        if each.type == "aws_vpc_security_group_ingress_rule"
        and WORLD & {each.values.get("cidr_ipv4"), each.values.get("cidr_ipv6")}
    }


def test_the_world_comes_in_by_the_balancer_alone(planned: tuple[Resource, ...]) -> None:
    assert open_doors(planned) == {
        ('module.network.aws_vpc_security_group_ingress_rule.door["http"]', 80),
        ('module.network.aws_vpc_security_group_ingress_rule.door["https"]', 443),
    }
    # Rules within a group would be seen by nobody above.
    groups = [each for each in planned if each.type == "aws_security_group"]
    assert [each.address for each in groups if each.values.get("ingress")] == []


def test_what_holds_data_is_encrypted_and_protected(planned: tuple[Resource, ...]) -> None:
    of_type: dict[str, list[Resource]] = {}
    for each in planned:
        of_type.setdefault(each.type, []).append(each)

    assert all(each.values["sqs_managed_sse_enabled"] for each in of_type["aws_sqs_queue"])
    assert all(each.values["storage_encrypted"] for each in of_type["aws_rds_cluster"])
    assert all(each.values["deletion_protection"] for each in of_type["aws_rds_cluster"])
    assert all(each.values["enable_deletion_protection"] for each in of_type["aws_lb"])
    assert all(each.values["require_tls"] for each in of_type["aws_db_proxy"])
    [template] = of_type["aws_launch_template"]
    [metadata] = template.values["metadata_options"]
    assert (metadata["http_tokens"], metadata["http_put_response_hop_limit"]) == ("required", 1)
    [group] = of_type["aws_autoscaling_group"]
    assert group.values["protect_from_scale_in"] is True


def test_there_is_at_least_what_was_asked_for(planned: tuple[Resource, ...]) -> None:
    table = counted(planned)

    assert sum(sum(each.values()) for each in table.values()) >= 80
    assert table["lambdas"]["aws_lambda_function"] == len(FUNCTIONS)
    assert (
        len(next(each for each in planned if each.type == "aws_wafv2_web_acl").values["rule"]) == 7
    )


def verb(action: str) -> str:
    """How botocore spells an action."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", action.partition(":")[2]).lower()


@cache
def calls_of_the_house() -> frozenset[str]:
    """The names of all methods that the house calls, and the actions that it writes out."""
    names: set[str] = set()
    for folder in ("bus", "handlers", "lambda_entry"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    names.add(node.func.attr.removesuffix("_batch"))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    names.add(verb(f":{node.value.rpartition('.')[2]}"))
    return frozenset(names)
