"""Who is whom at the record: each process logs in as its own role and is told no other login."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from handlers.store.postgres import roles
from infra.local.cloud.agreed import agreed
from infra.local.cloud.functions import FUNCTIONS
from infra.local.logins import APP, CONTROL, VARIABLES, WORKER, short_name
from tests.infra.policies import allowed

if TYPE_CHECKING:
    from infra.local.cloud.plan import Resource

pytestmark = [pytest.mark.infra, pytest.mark.timeout(300)]

READ = "secretsmanager:GetSecretValue"
LOGIN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:logins/"
OWNER = "owner"
ALL = {OWNER, *map(short_name, VARIABLES)}
# Who may read the secrets of which logins.
READERS: dict[str, set[str]] = {
    "module.edge.aws_iam_role_policy.execution": {short_name(APP)},
    "module.workers.aws_iam_role_policy.execution": {short_name(WORKER)},
    "module.store.aws_iam_role_policy.migrate": ALL,
    "module.store.aws_iam_role_policy.proxy": ALL,
    **{
        f'module.lambdas.aws_iam_role_policy.this["{name}"]': {short_name(CONTROL)}
        for name in FUNCTIONS
    },
}


def of_type(resources: tuple[Resource, ...], kind: str) -> dict[str, Resource]:
    return {each.address: each for each in resources if each.type == kind}


def test_logins_are_the_roles_that_rights_are_written_for() -> None:
    assert {each["user"] for each in agreed()["logins"].values()} == {*roles.ROLES} - {roles.OWNER}


def test_each_login_is_read_by_whose_it_is(planned: tuple[Resource, ...]) -> None:
    found = {
        role: {arn.removeprefix(LOGIN) for arn in rights[READ] if arn.startswith(LOGIN)}
        for role, rights in allowed(planned).items()
        if READ in rights
    }

    assert found == READERS


def test_there_is_a_login_a_role_and_the_proxy_knows_each(planned: tuple[Resource, ...]) -> None:
    named = of_type(planned, "aws_secretsmanager_secret").values()
    [proxy] = of_type(planned, "aws_db_proxy").values()

    users = {
        each.values["name"].rpartition("/")[2]: each.values["description"].partition(" ")[0]
        for each in named
        if "/logins/" in each.values["name"]
    }
    assert users == {OWNER: "fourpass", **{short_name(role): role for role in VARIABLES}}
    assert {each["secret_arn"].removeprefix(LOGIN) for each in proxy.values["auth"]} == ALL
    assert {each["client_password_auth_type"] for each in proxy.values["auth"]} == {
        "POSTGRES_SCRAM_SHA_256"
    }


def told(resources: tuple[Resource, ...], part: str) -> dict[str, str]:
    """By variable the login whose address of the record a task is told."""
    task = of_type(resources, "aws_ecs_task_definition")[part]
    [container] = msgspec.json.decode(task.values["container_definitions"])
    return {
        each["name"]: each["valueFrom"].removeprefix(LOGIN).removesuffix(":FOURPASS_DATABASE_URL::")
        for each in container["secrets"]
        if each["valueFrom"].endswith(":FOURPASS_DATABASE_URL::")
    }


@pytest.mark.parametrize(
    ("task", "logins"),
    [
        ("module.edge.aws_ecs_task_definition.this", {"FOURPASS_DATABASE_URL": short_name(APP)}),
        (
            "module.workers.aws_ecs_task_definition.this",
            {"FOURPASS_DATABASE_URL": short_name(WORKER)},
        ),
        (
            "module.store.aws_ecs_task_definition.migrate",
            {
                "FOURPASS_DATABASE_URL": OWNER,
                **{variable: short_name(role) for role, variable in VARIABLES.items()},
            },
        ),
    ],
)
def test_a_task_is_told_its_own_login(
    planned: tuple[Resource, ...], task: str, logins: dict[str, str]
) -> None:
    assert told(planned, task) == logins


def test_functions_are_told_the_login_of_the_control_plane(planned: tuple[Resource, ...]) -> None:
    for function in of_type(planned, "aws_lambda_function").values():
        [environment] = function.values["environment"]
        assert environment["variables"]["FOURPASS_ADDRESSES_SECRET"] == LOGIN + short_name(CONTROL)


def test_who_migrates_has_no_role_of_its_own(planned: tuple[Resource, ...]) -> None:
    task = of_type(planned, "aws_ecs_task_definition")[
        "module.store.aws_ecs_task_definition.migrate"
    ]

    assert task.values.get("task_role_arn") is None
