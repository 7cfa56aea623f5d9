"""The whole house as Terraform would make it, without asking anybody: what the checks look at.

The provider is mocked, its schema and its validators are the true ones.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from infra.local.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.local.cloud.terraform import Workspace

HOUSE = "modules/house"


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that would be made."""

    address: str
    type: str
    values: dict[str, Any]

    @property
    def module(self) -> str:
        """The module that makes it, such as `bus`."""
        return self.address.split(".")[1] if self.address.startswith("module.") else ""


def mocked_plan(space: Workspace) -> tuple[Resource, ...]:
    """Plan the house with a mocked provider; `space` has the overlay `mocked`.

    Raises:
        CloudError: It does not plan.
    """
    terraform = space.terraform(HOUSE)
    terraform.init()
    done = terraform.run(
        "test", "-json", "-verbose", "-filter=tests/policies.tftest.hcl", codes=(0, 1)
    )
    lines = [msgspec.json.decode(line) for line in done.stdout.splitlines()]
    for line in lines:
        if line["type"] == "diagnostic" and line["diagnostic"]["severity"] == "error":
            raise CloudError(line["@message"])
    plans = [line["test_plan"] for line in lines if line["type"] == "test_plan"]
    if len(plans) != 1:
        msg = f"{len(plans)} plans instead of one: {done.stderr}"
        raise CloudError(msg)
    return resources_of(plans[0]["resource_changes"])


def resources_of(changes: Sequence[Mapping[str, Any]]) -> tuple[Resource, ...]:
    """Read what a plan would make, without what it only looks up."""
    return tuple(
        Resource(
            address=str(change["address"]),
            type=str(change["type"]),
            values=change["change"]["after"] or {},
        )
        for change in changes
        if change.get("mode") == "managed"
    )


def counted(resources: Sequence[Resource]) -> Mapping[str, Counter[str]]:
    """Count by module and type."""
    table: dict[str, Counter[str]] = {}
    for each in resources:
        table.setdefault(each.module, Counter())[each.type] += 1
    return table
