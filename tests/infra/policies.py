"""What roles may do, read from policies as Terraform would write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from infra.local.cloud.plan import Resource

Rights = dict[str, frozenset[str]]


class Statement(msgspec.Struct, frozen=True, rename="pascal"):
    effect: str
    action: str | tuple[str, ...]
    resource: str | tuple[str, ...]

    @property
    def actions(self) -> Sequence[str]:
        return (self.action,) if isinstance(self.action, str) else self.action

    @property
    def resources(self) -> Sequence[str]:
        return (self.resource,) if isinstance(self.resource, str) else self.resource


class _Policy(msgspec.Struct, frozen=True, rename="pascal"):
    statement: tuple[Statement, ...]


def statements(resource: Resource) -> Sequence[Statement]:
    return msgspec.json.decode(resource.values["policy"], type=_Policy).statement


def role_of(resource: Resource) -> str:
    """The role of an inline policy: by name once it is applied, by address before."""
    named = resource.values.get("role") or ""
    return named if named.startswith("fourpass-") else resource.address


def allowed(resources: Iterable[Resource]) -> Mapping[str, Rights]:
    """By role, each action and what it is allowed on."""
    table: dict[str, Rights] = {}
    for each in resources:
        if each.type == "aws_iam_role_policy":
            rights = table.setdefault(role_of(each), {})
            for statement in statements(each):
                assert statement.effect == "Allow"
                for action in statement.actions:
                    rights[action] = rights.get(action, frozenset()) | {*statement.resources}
    return table
