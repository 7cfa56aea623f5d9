"""The rules by which Prometheus wakes people."""

from __future__ import annotations

import msgspec

from infra.local.making.bootstrap import ROOT

RULES = ROOT / "infra" / "local" / "observing" / "rules.yml"


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody reads who is woken."""

    summary: str
    runbook: str


class Rule(msgspec.Struct, frozen=True):
    """One alarm."""

    alert: str
    expr: str
    labels: dict[str, str]
    annotations: Told


class _Group(msgspec.Struct, frozen=True):
    rules: tuple[Rule, ...]


class _File(msgspec.Struct, frozen=True):
    groups: tuple[_Group, ...]


def rules() -> tuple[Rule, ...]:
    """Return all of them."""
    told = msgspec.yaml.decode(RULES.read_bytes(), type=_File)
    return tuple(rule for group in told.groups for rule in group.rules)
