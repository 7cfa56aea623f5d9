"""Prometheus itself takes our rules, asks a house that runs, and tells people when it should."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.docs.promql import queries
from tests.e2e.profile import running_profile, until
from tests.servers.postgres import free_port
from tests.servers.prometheus import RULES, program, running_prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.profile import Profile
    from tests.servers.prometheus import Prometheus

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

VARIABLES = (
    "FOURPASS_METRICS_ADDRESS",
    "FOURPASS_EDGE_METRICS_ADDRESS",
    "FOURPASS_CONTROL_METRICS_ADDRESS",
    "FOURPASS_HOST_METRICS_ADDRESS",
)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Profile, Prometheus]]:
    program("prometheus")
    told = {name: f"127.0.0.1:{free_port()}" for name in VARIABLES}
    folder = tmp_path_factory.mktemp("watched")
    with running_profile(folder, told=told) as profile:
        profile.order(profile.alert(), until_state="filled")
        with running_prometheus(folder, [*told.values()]) as prometheus:
            until(lambda: prometheus.is_ready() or None, within=15)
            until(lambda: prometheus.ask("fourpass_orders_live") or None, within=15)
            until(lambda: None if prometheus.ailing() else True, within=15)
            yield profile, prometheus


@pytest.mark.parametrize("what", ["check", "test"])
def test_rules_are_taken(what: str) -> None:
    tried = RULES if what == "check" else RULES.parents[3] / "tests" / "docs" / "rules.test.yml"

    done = subprocess.run(
        [program("promtool"), what, "rules", tried], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_query_and_rule_is_understood_and_a_quiet_house_wakes_nobody(
    watched: tuple[Profile, Prometheus],
) -> None:
    _, prometheus = watched

    for query in queries():
        prometheus.ask(query)

    assert prometheus.ailing() == []
    assert prometheus.firing() == set()


def test_somebody_is_woken_when_the_record_is_lost_and_told_when_it_is_back(
    watched: tuple[Profile, Prometheus],
) -> None:
    profile, prometheus = watched
    profile.postgres.kill()

    assert profile.alert().status_code == 503
    woken = {"RecordAway", "AlertsNotRecorded"}
    until(lambda: woken <= prometheus.firing() or None, within=40)

    profile.postgres.start()
    until(lambda: None if "RecordAway" in prometheus.firing() else True, within=20)
    profile.order(profile.alert(), until_state="filled", within=25)
