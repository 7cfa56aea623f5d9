"""Mistakes that plan without a complaint, planted in a copy: the tables of this folder see each.

Those that Terraform itself refuses are in `test_code`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.local.cloud.plan import mocked_plan
from infra.local.cloud.terraform import TerraformMissingError, workspace
from tests.infra.conftest import missing
from tests.infra.policies import allowed
from tests.infra.test_agreed import differences
from tests.infra.test_logins import LOGIN, READ
from tests.infra.test_security import open_doors

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.cloud.plan import Resource

pytestmark = [pytest.mark.infra, pytest.mark.timeout(300)]

OPEN = """
resource "aws_vpc_security_group_ingress_rule" "planted" {
  security_group_id = aws_security_group.this["database"].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}
"""


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def mistaken() -> tuple[Resource, ...]:
    """The plan of a house with an open group, a wrong number and a login too many."""
    try:
        with workspace("mocked") as space:
            modules = space.root / "modules"
            with (modules / "network" / "security.tf").open("a") as file:
                file.write(OPEN)
            replace(modules / "bus" / "main.tf", "each.value.delay_seconds", "31")
            replace(
                modules / "house" / "processes.tf",
                '[module.store.login_secret_arns["worker"], module.vault.origin_secret_arn]',
                "concat(values(module.store.login_secret_arns), [module.vault.origin_secret_arn])",
            )
            return mocked_plan(space)
    except TerraformMissingError as error:
        missing(error)
        raise


def test_an_open_group_is_seen(mistaken: tuple[Resource, ...]) -> None:
    planted = "module.network.aws_vpc_security_group_ingress_rule.planted"

    assert (planted, 5432) in open_doors(mistaken)


def test_a_queues_number_that_is_not_the_codes_is_seen(mistaken: tuple[Resource, ...]) -> None:
    assert ("fourpass-policies-worker-control.fifo", "DelaySeconds") in differences(mistaken)


def test_a_login_that_is_somebody_elses_is_seen(mistaken: tuple[Resource, ...]) -> None:
    read = allowed(mistaken)["module.workers.aws_iam_role_policy.execution"][READ]

    assert f"{LOGIN}app" in read
