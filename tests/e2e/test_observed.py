"""A profile that is watched: traces reach a collector, metrics Prometheus, a canary its account."""

from __future__ import annotations

import json
import re
from argparse import Namespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import aiohttp
import httpx
import pytest

from bus.values import SystemClock
from handlers.store.open import StoreSettings, open_store
from infra.local.commands import trace
from infra.local.embedded.addresses import free_port
from infra.local.observing.canary import Canary
from infra.local.observing.canary_settings import CanarySettings
from telemetry.export_settings import ExportSettings
from telemetry.meters import open_meters
from tests.e2e.profile import running_profile, until
from tests.servers.collector import Collector, running_collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.profile import Profile

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

_CLAIM = {"receive pool-claim", "process pool-claim"}
_ASKED_AGAIN = {"receive worker-control", "process worker-control"}


class Watched:
    """A running profile and who watches it."""

    def __init__(self, profile: Profile, collector: Collector, metrics: str) -> None:
        self.profile = profile
        self.collector = collector
        self.metrics = metrics

    def spans(self, trace_id: str) -> list[tuple[str, Any]]:
        spans = list(self.collector.spans)
        return [(service, span) for service, span in spans if span.trace_id.hex() == trace_id]


@pytest.fixture(scope="module", params=["valkey", pytest.param("sqs", marks=pytest.mark.aws)])
def watched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    address = f"127.0.0.1:{free_port()}"
    with running_collector() as collector:
        told = {
            "FOURPASS_OTLP_ENDPOINT": collector.address,
            "FOURPASS_TRACE_RATIO": "1",
            "FOURPASS_METRICS_ADDRESS": address,
            "FOURPASS_CLAIM_BY_QUEUE": "yes",
        }
        folder = tmp_path_factory.mktemp("watched")
        with running_profile(folder, queues=request.param, told=told) as profile:
            yield Watched(profile, collector, f"http://{address}/metrics")


# The first alert of a user without a worker, so this comes first.
def test_trace_of_a_first_order_has_the_claim_of_its_worker(watched: Watched) -> None:
    order = watched.profile.order(watched.profile.alert(), until_state="filled")

    def claimed() -> list[tuple[str, Any]] | None:
        spans = [each for each in watched.spans(order["trace_id"]) if each[0] == "control-plane"]
        return spans if {span.name for _, span in spans} >= _CLAIM else None

    spans = until(claimed, within=20)
    # Whoever still waits for a worker after a while asks for one by the other queue.
    assert {span.name for _, span in spans} <= _CLAIM | _ASKED_AGAIN
    [alert] = [
        span for _, span in watched.spans(order["trace_id"]) if span.name.startswith("POST ")
    ]
    claims = [span for _, span in spans if span.name in _CLAIM]
    assert {span.parent_span_id for span in claims} == {alert.span_id}
    shown = watched.profile.get(f"/api/orders/{order['id']}")["control_hops"]
    hops = {hop["message"]: hop["outcome"] for hop in shown}
    assert hops["claim_worker"] == "done"
    assert set(hops) <= {"claim_worker", "start_worker"}


def test_order_s_trace_is_whole_at_the_collector(watched: Watched) -> None:
    order = watched.profile.order(watched.profile.alert(), until_state="filled")

    spans = until(lambda: watched.spans(order["trace_id"]) or None, within=20)

    assert sorted((service, span.name) for service, span in spans) == [
        ("edge", "POST /webhook/tradingview/{token}"),
        ("edge", "send {user}.orders"),
        ("worker", "answered"),
        ("worker", "claimed"),
        ("worker", "frozen"),
        ("worker", "order"),
        ("worker", "receive {user}.orders"),
        ("worker", "sent"),
        ("worker", "settled"),
    ]


def test_trace_is_printed_as_it_was_sent(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    order = watched.profile.order(watched.profile.alert(), until_state="filled")
    spans = until(lambda: watched.spans(order["trace_id"]) or None, within=20)

    arguments = Namespace(order=UUID(order["id"]), data_dir=None)
    trace.run(arguments, {"FOURPASS_DATABASE_URL": watched.profile.postgres.dsn()})

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["span_id"] for line in lines} == {span.span_id.hex() for _, span in spans}
    assert {line["name"] for line in lines} == {span.name for _, span in spans}


@pytest.mark.timeout(120)
def test_look_after_an_order_at_its_venue_is_in_its_trace_and_printed(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    resting = {"order_type": "limit", "limit_price": "1"}
    order = watched.profile.order(watched.profile.alert(**resting), until_state="accepted")

    def looked_after() -> Any:
        found = {span.name: span for _, span in watched.spans(order["trace_id"])}
        return found if "process order-tasks" in found and "order" in found else None

    found = until(looked_after, within=70)
    assert [link.span_id for link in found["process order-tasks"].links] == [found["order"].span_id]
    arguments = Namespace(order=UUID(order["id"]), data_dir=None)
    trace.run(arguments, {"FOURPASS_DATABASE_URL": watched.profile.postgres.dsn()})
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found["process order-tasks"].span_id.hex() in {line["span_id"] for line in printed}


def test_prometheus_is_told_of_orders_and_of_what_there_is(watched: Watched) -> None:
    watched.profile.order(watched.profile.alert(), until_state="filled")

    def look() -> str | None:
        text = httpx.get(watched.metrics, timeout=5).text
        return (
            text if re.search(r"fourpass_orders_finished_total{.*filled.*} [1-9]", text) else None
        )

    text = until(look, within=20)
    assert "fourpass_record_up 1.0" in text
    assert 'fourpass_dead_letters{destination="worker-control"} 0.0' in text
    assert "fourpass_leases 1.0" in text


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_canary_flies_through_the_front_door(watched: Watched, anyio_backend: str) -> None:
    del anyio_backend
    settings = CanarySettings(url=watched.profile.demo["webhook_url"], every=60)
    stored = StoreSettings(database_url=watched.profile.postgres.dsn(), pool_size=1)
    wrong = CanarySettings(url=settings.url[:-4] + "0000", every=60)
    with open_meters(ExportSettings(), "observer") as meters:
        async with open_store(stored, SystemClock()) as store, aiohttp.ClientSession() as session:
            canary = Canary(settings, store.watch, SystemClock(), meters)
            lost = Canary(wrong, store.watch, SystemClock(), meters)

            flights = [await canary.fly(session), await canary.fly(session)]
            failed = await lost.fly(session)

    assert [flight.ended for flight in flights] == ["filled", "filled"]
    assert all(flight.order_id and flight.trace_id for flight in flights)
    assert (failed.ended, failed.status) == ("refused", 401)
    assert failed.trace_id
