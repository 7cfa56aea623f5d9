"""Each alarm of Prometheus leads to a page that knows what it reads, and each page has an alarm."""

from __future__ import annotations

import pytest

from infra.local.making.bootstrap import ROOT
from tests.docs.promql import selectors
from tests.docs.rules import Rule, rules, seen

PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
# Of these a person tells, and no figure.
TOLD_BY_PEOPLE = {"README.md", "kill-switch.md", "secret-leak.md"}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.alert)
def test_page_of_an_alarm_knows_what_the_alarm_reads(rule: Rule) -> None:
    page = (ROOT / rule.annotations.runbook).read_text()

    unknown = {each.name for each in selectors(rule.expr) if f"{each.name}" not in page}

    assert unknown == set()
    assert f"`{rule.alert}`" in page


def test_every_page_but_those_of_which_people_tell_has_an_alarm() -> None:
    told = {rule.annotations.runbook.rpartition("/")[2] for rule in rules()}

    assert told == {page.name for page in PAGES} - TOLD_BY_PEOPLE


def test_every_alarm_is_seen_to_wake_somebody() -> None:
    assert seen() == {rule.alert for rule in rules()}


def test_alarms_have_names_of_their_own_and_say_whether_they_wake_somebody() -> None:
    names = [rule.alert for rule in rules()]

    assert len(names) == len(set(names))
    assert {rule.labels["severity"] for rule in rules()} == {"page", "ticket"}
