"""Every rule of security has a test that is there, or says that it is for later."""

from __future__ import annotations

import ast

import pytest

from tests.attacks.report import result, table
from tests.attacks.rules import AREAS, RULES, Rule
from tests.structure.rooms import ROOT

TESTS = sorted({test for rule in RULES for test in rule.tests})


def test_every_area_has_its_rules() -> None:
    assert {rule.area for rule in RULES} == set(AREAS)


@pytest.mark.parametrize("rule", RULES, ids=[f"{rule.area}: {rule.rule}" for rule in RULES])
def test_rule_has_a_test_or_is_named_as_for_later(rule: Rule) -> None:
    assert rule.tests or rule.later


@pytest.mark.parametrize("test", TESTS)
def test_test_of_a_rule_is_there(test: str) -> None:
    file, _, function = test.partition("::")
    tree = ast.parse((ROOT / file).read_text())

    assert function in {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_one_failure_fails_its_rule() -> None:
    rule = Rule(area="A", rule="b", tests=("x::test_a", "x::test_b"))

    assert result(rule, {"x::test_a": ["passed"], "x::test_b": ["passed", "failed"]}) == "FAILED"
    assert result(rule, {"x::test_a": ["passed"]}) == "1 passed, 1 not run"
    assert result(Rule(area="A", rule="b", later="c"), {}) == "later"


def test_table_has_a_row_for_each_rule() -> None:
    assert len(table(RULES, {}).splitlines()) == len(RULES) + 2
