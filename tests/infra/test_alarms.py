"""Alarms and runbooks name one another: each alarm has one page, and no page an alarm too many."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from infra.local.cloud.agreed import agreed
from infra.local.making.bootstrap import ROOT
from tests.structure.rooms import FOLDERS
from tests.structure.sources import literals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.cloud.plan import Resource

pytestmark = [pytest.mark.infra, pytest.mark.timeout(300)]

PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
NAMED = re.compile(r"\*\*Alarms on AWS\.\*\*(.*?)\n\n", re.DOTALL)
PREFIX = "fourpass-policies-"


def stands_for() -> Mapping[str, list[str]]:
    """What the words in capitals mean."""
    told = agreed()
    return {
        "QUEUE": [*told["queues"]],
        "FIFO": [name for name, queue in told["queues"].items() if queue["fifo"]],
        "FUNCTION": [*told["functions"]],
    }


def of_pages() -> dict[str, str]:
    """By alarm the page that names it."""
    found: dict[str, str] = {}
    for page in PAGES:
        for paragraph in NAMED.findall(page.read_text()):
            for name in re.findall(r"`([^`]+)`", paragraph):
                kind, dash, rest = name.partition("-")
                for each in stands_for().get(kind, [kind]):
                    alarm = f"{each}{dash}{rest}"
                    assert alarm not in found, f"{alarm} is on two pages"
                    found[alarm] = page.name
    return found


def of_infrastructure(resources: tuple[Resource, ...]) -> dict[str, str]:
    """By alarm the page that it names."""
    return {
        each.values["alarm_name"].removeprefix(PREFIX): each.values["alarm_description"].rpartition(
            "docs/runbooks/"
        )[2]
        for each in resources
        if each.type == "aws_cloudwatch_metric_alarm"
    }


def test_each_alarm_and_its_page_name_one_another(planned: tuple[Resource, ...]) -> None:
    assert of_infrastructure(planned) == of_pages()


def test_events_that_are_alarms_are_logged_somewhere() -> None:
    assert {*agreed()["log_alarms"]} - literals(*FOLDERS) == set()


def test_somebody_hears_of_every_alarm(planned: tuple[Resource, ...]) -> None:
    alarms = [each for each in planned if each.type == "aws_cloudwatch_metric_alarm"]

    assert [each.address for each in alarms if not each.values["alarm_actions"]] == []
