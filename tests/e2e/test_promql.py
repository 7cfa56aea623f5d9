"""What runbooks tell people to ask Prometheus has an answer in a house that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from promql_parser import MatchOp

from infra.local.embedded.addresses import free_port
from tests.docs.promql import grouped_by, queries, selectors
from tests.e2e.profile import running_profile, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from promql_parser import VectorSelector

    from tests.e2e.profile import Profile

    Shown = Mapping[str, Sequence[Mapping[str, str]]]

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

_VARIABLES = (
    "FOURPASS_METRICS_ADDRESS",
    "FOURPASS_EDGE_METRICS_ADDRESS",
    "FOURPASS_CONTROL_METRICS_ADDRESS",
    "FOURPASS_HOST_METRICS_ADDRESS",
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Run a house with all its ports for Prometheus; return the labels of every series, by name."""
    addresses = {name: f"127.0.0.1:{free_port()}" for name in _VARIABLES}
    told = dict(addresses)
    with running_profile(tmp_path_factory.mktemp("asked"), told=told) as profile:
        # Only a house that stood already has a webhook for its canary.
        told["FOURPASS_CANARY_WEBHOOK_URL"] = profile.demo["webhook_url"]
        profile.stop()
        profile.start()
        yield until(lambda: _all_shown(profile, addresses), within=40)


def _all_shown(profile: Profile, addresses: Mapping[str, str]) -> Shown | None:
    """Read every port once an order was counted."""
    profile.order(profile.alert(), until_state="filled")
    series: dict[str, list[Mapping[str, str]]] = {}
    for address in addresses.values():
        try:
            text = httpx.get(f"http://{address}/metrics", timeout=5).text
        except httpx.TransportError:
            return None
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                series.setdefault(sample.name, []).append(sample.labels)
    is_counted = "fourpass_broker_call_duration_seconds_bucket" in series
    return series if is_counted and "fourpass_orders_live" in series else None


def _is_read(selector: VectorSelector, labels: Mapping[str, str]) -> bool:
    for matcher in selector.matchers.matchers:
        assert matcher.op in (MatchOp.Equal, MatchOp.NotEqual), "teach this test the others"
        if (labels.get(matcher.name) == matcher.value) is not (matcher.op is MatchOp.Equal):
            return False
    return True


@pytest.mark.parametrize("query", queries())
def test_query_reads_what_is_there(shown: Shown, query: str) -> None:
    for selector in selectors(query):
        assert selector.name is not None
        there = [each for each in shown.get(selector.name, ()) if _is_read(selector, each)]
        assert there, f"nothing shows {selector.prettify()}"
        assert grouped_by(query) <= set().union(*there)
