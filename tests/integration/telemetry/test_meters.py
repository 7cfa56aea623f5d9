"""Metrics as Prometheus and a collector read them."""

from __future__ import annotations

import re
import socket

import httpx
import pytest

from bus.values import OrderState
from handlers.observing.follower import News
from handlers.observing.measures import Measures
from handlers.records.trails import AlertCount
from infra.local.embedded.addresses import free_port
from telemetry.errors import TelemetrySettingsError
from telemetry.export_settings import ExportSettings
from telemetry.meters import open_meters
from telemetry.stages import Stage
from tests.servers.collector import running_collector
from tests.unit.handlers.observing.ways import FILLED, way


def lines(text: str, name: str) -> dict[str, float]:
    found = re.findall(rf"^{name}(\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in found}


def test_prometheus_reads_hops_orders_and_alerts() -> None:
    port = free_port()
    settings = ExportSettings(metrics_address=("127.0.0.1", port))
    with open_meters(settings, "observer") as meters:
        measures = Measures(meters)
        measures.take(News(trail=way(), told=0))
        measures.take_alerts([AlertCount(outcome="duplicate", code=None, count=3)])
        meters.gauge("fourpass.leases", "Leases", lambda: [({}, 7)])

        text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text

    assert lines(text, "fourpass_leases") == {"": 7}
    alerts = lines(text, "fourpass_alerts_total")
    assert alerts['{code="",outcome="duplicate"}'] == 3
    assert alerts['{code="",outcome="refused"}'] == 0
    assert lines(text, "fourpass_orders_finished_total") == {
        '{broker="paper",code="",mode="paper",state="filled"}': 1
    }
    calls = lines(text, "fourpass_broker_call_duration_seconds_sum")
    assert calls == {'{broker="paper",outcome="filled"}': pytest.approx(0.020)}
    hops = lines(text, "fourpass_hop_duration_seconds_count")
    assert len(hops) == 8
    assert lines(text, "fourpass_order_time_to_send_seconds_sum") == {
        '{broker="paper"}': pytest.approx(0.014)
    }


SWEPT = [
    *FILLED[:6],
    (Stage.SETTLED, 3_600, OrderState.UNKNOWN),
    (Stage.SENT, 14, None),
    (Stage.ANSWERED, 5_414, None),
]
LATE = [*SWEPT, (Stage.SETTLED, 5_420, OrderState.FILLED)]


@pytest.mark.parametrize(
    ("stages", "outcome"), [(SWEPT, "unknown"), (LATE, "filled")], ids=["never", "late"]
)
def test_call_whose_order_was_swept_meanwhile_is_counted_by_what_came_of_it(
    stages: list[tuple[Stage, float, OrderState | None]], outcome: str
) -> None:
    port = free_port()
    settings = ExportSettings(metrics_address=("127.0.0.1", port))
    with open_meters(settings, "observer") as meters:
        Measures(meters).take(News(trail=way(stages), told=0))

        text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text

    calls = lines(text, "fourpass_broker_call_duration_seconds_sum")
    assert calls == {f'{{broker="paper",outcome="{outcome}"}}': pytest.approx(5.4)}


def test_what_is_watched_for_growth_begins_at_nothing_for_every_broker() -> None:
    port = free_port()
    settings = ExportSettings(metrics_address=("127.0.0.1", port))
    with open_meters(settings, "observer") as meters:
        measures = Measures(meters, brokers=("gateio", "paper"))
        began = lines(
            httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text,
            "fourpass_orders_unusual_total",
        )
        measures.take(News(trail=way(SWEPT), told=0))
        grown = lines(
            httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text,
            "fourpass_orders_unusual_total",
        )

    assert set(began.values()) == {0}
    assert {series: grown[series] - began[series] for series in grown if grown[series]} == {
        '{broker="paper",kind="unknown"}': 1
    }


def test_hops_that_were_counted_before_are_not_counted_again() -> None:
    port = free_port()
    settings = ExportSettings(metrics_address=("127.0.0.1", port))
    with open_meters(settings, "observer") as meters:
        measures = Measures(meters)
        measures.take(News(trail=way(), told=0))
        measures.take(News(trail=way(), told=8))

        text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text

    hops = lines(text, "fourpass_hop_duration_seconds_count")
    assert sum(hops.values()) == 9
    assert lines(text, "fourpass_order_time_to_send_seconds_count") == {'{broker="paper"}': 1}


def test_collector_gets_metrics_at_the_latest_when_the_process_ends() -> None:
    with running_collector() as collector:
        settings = ExportSettings(otlp_endpoint=collector.address)
        with open_meters(settings, "observer") as meters:
            Measures(meters).take(News(trail=way(), told=0))

        assert "fourpass.hop.duration" in collector.metrics


def test_port_in_use_is_said_with_its_variable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = ExportSettings(metrics_address=("127.0.0.1", taken.getsockname()[1]))

        with (
            pytest.raises(TelemetrySettingsError, match="FOURPASS_METRICS_ADDRESS"),
            open_meters(settings, "observer"),
        ):
            pass
