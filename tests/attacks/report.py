"""The table of the rules of security: which tests try each, and how they went in this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.attacks.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest

    from tests.attacks.rules import Rule

_TRIED = {test for rule in RULES for test in rule.tests}
_outcomes: dict[str, list[str]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember how a test went that some rule names; processes of a spread run tell the first."""
    name = report.nodeid.partition("[")[0]
    if name in _TRIED and (report.when == "call" or report.outcome != "passed"):
        _outcomes.setdefault(name, []).append(report.outcome)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write the table beside the other generated ones."""
    if _outcomes and not hasattr(terminalreporter.config, "workerinput"):
        place = terminalreporter.config.rootpath / "build" / "security.md"
        place.parent.mkdir(exist_ok=True)
        place.write_text(table(RULES, _outcomes))


def table(rules: Iterable[Rule], outcomes: Mapping[str, list[str]]) -> str:
    """Return a row for each rule: its tests, how they went, and what is for later."""
    head = ["| area | rule | tests | result | later |", "|---|---|---|---|---|"]
    rows = [
        f"| {rule.area} | {rule.rule} | {'<br>'.join(map(_named, rule.tests)) or '-'} "
        f"| {result(rule, outcomes)} | {rule.later or '-'} |"
        for rule in rules
    ]
    return "\n".join([*head, *rows, ""])


def result(rule: Rule, outcomes: Mapping[str, list[str]]) -> str:
    """Say how a rule's tests went: one that failed fails the rule."""
    if not rule.tests:
        return "later"
    went = [each for test in rule.tests for each in outcomes.get(test, ["not run"])]
    if "failed" in went:
        return "FAILED"
    not_run = sum(each != "passed" for each in went)
    return f"{len(went) - not_run} passed" + (f", {not_run} not run" if not_run else "")


def _named(test: str) -> str:
    file, _, function = test.partition("::")
    return f"`{file.rpartition('/')[2]}` {function.removeprefix('test_').replace('_', ' ')}"
