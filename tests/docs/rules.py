"""The rules by which Prometheus wakes people."""

from __future__ import annotations

import msgspec

from infra.local.making.bootstrap import ROOT

RULES = ROOT / "infra" / "local" / "observing" / "rules.yml"
SEEN = ROOT / "tests" / "docs" / "rules.test.yml"


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


class _Asked(msgspec.Struct, frozen=True):
    alertname: str
    exp_alerts: tuple[dict[str, dict[str, str]], ...] = ()


class _Case(msgspec.Struct, frozen=True):
    alert_rule_test: tuple[_Asked, ...]


class _Cases(msgspec.Struct, frozen=True):
    tests: tuple[_Case, ...]


def seen() -> frozenset[str]:
    """Return the alarms of which `rules.test.yml` shows when they wake somebody."""
    told = msgspec.yaml.decode(SEEN.read_bytes(), type=_Cases)
    return frozenset(
        asked.alertname for case in told.tests for asked in case.alert_rule_test if asked.exp_alerts
    )
