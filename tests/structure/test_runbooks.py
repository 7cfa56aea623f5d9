"""Runbooks name what is there: log events, metrics, commands, routes and pages."""

from __future__ import annotations

import re

import pytest

from bus.values import OrderState
from infra.local.cli import parser
from tests.structure.rooms import FOLDERS, ROOT
from tests.structure.sources import literals

PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
ALL = "\n".join(page.read_text() for page in PAGES)
CODE = re.compile(r"`([^`]+)`", re.DOTALL)
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
EVENT = re.compile(r"[a-z]+(?:_[a-z]+)+")
METRIC = re.compile(r"fourpass_[a-z_]+")
COMMAND = re.compile(r"fourpass [a-z].*")
ROUTE = re.compile(r"(?:GET|POST) (/[^\s`]+)")
SUFFIXES = ("_total", "_seconds", "_count", "_sum", "_bucket", "_bytes")
# Values of labels and states of orders are no log events.
NOT_EVENTS = {"trace_id", "worker_id", "user_id", "in_flight", *OrderState}


def bare(metric: str) -> str:
    while metric.endswith(SUFFIXES):
        metric = metric.rpartition("_")[0]
    return metric


def named(pattern: re.Pattern[str]) -> set[str]:
    words = {" ".join(code.split()) for code in CODE.findall(FENCED.sub("", ALL))}
    return {word for word in words if pattern.fullmatch(word)}


def test_every_log_event_is_one_that_is_logged() -> None:
    events = {word for word in named(EVENT) if not word.startswith("fourpass_")} - NOT_EVENTS

    assert len(events) >= 5
    assert events - literals(*FOLDERS) == set()


def test_every_metric_is_one_that_is_shown() -> None:
    shown = {each.replace(".", "_") for each in literals(*FOLDERS) if each.startswith("fourpass.")}
    told = {bare(metric) for metric in METRIC.findall(ALL)}

    assert len(told) >= 8
    assert told - {bare(each) for each in shown} == set()


@pytest.mark.parametrize("line", sorted(named(COMMAND)))
def test_every_command_can_be_typed(line: str) -> None:
    words = line.split()[1:]
    filled = ["01a228b1-c64a-70de-9bee-b0c65bcfa383" if word.isupper() else word for word in words]

    assert parser().parse_args(filled).module


def test_every_route_is_served() -> None:
    served = {re.sub(r":[a-z]+}", "}", each) for each in literals(*FOLDERS) if each.startswith("/")}
    routes = {re.sub(r"{[a-z_]+}", "{}", route) for route in ROUTE.findall(ALL)}

    assert len(routes) >= 3
    assert routes - {re.sub(r"{[a-z_]+}", "{}", each) for each in served} == set()


def test_every_page_is_listed_and_every_listed_page_is_there() -> None:
    index = (ROOT / "docs" / "runbooks" / "README.md").read_text()
    listed = set(re.findall(r"\]\(([a-z-]+\.md)\)", index))

    assert listed == {page.name for page in PAGES} - {"README.md"}


@pytest.mark.parametrize("part", ["Symptom", "Query", "Decision", "Command", "Over when"])
@pytest.mark.parametrize("page", [page.name for page in PAGES if page.name != "README.md"])
def test_every_page_has_all_that_is_asked_for_at_night(page: str, part: str) -> None:
    assert f"**{part}.**" in (ROOT / "docs" / "runbooks" / page).read_text()
