"""The queries for Prometheus that runbooks tell people to ask, and those of the alarms."""

from __future__ import annotations

import re

import promql_parser
from promql_parser import AggregateExpr, Expr, VectorSelector

from infra.local.making.bootstrap import ROOT
from tests.docs.rules import rules

_CODE = re.compile(r"`([^`]+)`", re.DOTALL)
_FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_METRIC = re.compile(r"\bfourpass_[a-z_]+")
_PAGES = (*sorted((ROOT / "docs" / "runbooks").glob("*.md")), ROOT / "docs" / "operations.md")
# Logins of the database, which begin alike.
_LOGINS = frozenset({"fourpass_app", "fourpass_control", "fourpass_worker"})


def queries() -> tuple[str, ...]:
    """Return every query of the pages and of the alarms, once."""
    text = "\n".join(_FENCED.sub("", page.read_text()) for page in _PAGES)
    spans = {" ".join(each.split()) for each in _CODE.findall(text)}
    spans |= {" ".join(rule.expr.split()) for rule in rules()}
    return tuple(sorted(each for each in spans if set(_METRIC.findall(each)) - _LOGINS))


def selectors(query: str) -> list[VectorSelector]:
    """Return what a query reads."""
    found: list[VectorSelector] = []

    def visit(node: Expr) -> None:
        if isinstance(node, VectorSelector):
            found.append(node)

    promql_parser.walk(promql_parser.parse(query), visit)
    return found


def grouped_by(query: str) -> set[str]:
    """Return the labels that a query keeps series apart by."""
    labels: set[str] = set()

    def visit(node: Expr) -> None:
        if isinstance(node, AggregateExpr) and node.modifier is not None:
            labels.update(node.modifier.labels)

    promql_parser.walk(promql_parser.parse(query), visit)
    return labels
