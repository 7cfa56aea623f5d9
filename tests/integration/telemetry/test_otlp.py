"""Spans on their way to a collector."""

from __future__ import annotations

import socket

import anyio
import pytest

from handlers.observing.traces import spans_of
from telemetry.otlp import SpanExport
from telemetry.semantics import SCHEMA_URL
from tests.servers.collector import running_collector
from tests.unit.handlers.observing.ways import SPAN_ID, TRACE_ID, way

pytestmark = pytest.mark.anyio


async def test_collector_reads_what_was_built() -> None:
    spans = spans_of(way())
    with running_collector() as collector:
        export = SpanExport(collector.address)
        await export.send(spans)
        export.close()

        assert sorted((service, span.name) for service, span in collector.spans) == sorted(
            (span.service, span.name) for span in spans
        )
        by_name = {span.name: span for _, span in collector.spans}
        alert, order = by_name["POST /webhook/tradingview/{token}"], by_name["order"]
        assert alert.trace_id.hex() == TRACE_ID
        assert (alert.span_id.hex(), alert.parent_span_id) == (SPAN_ID, b"")
        assert order.parent_span_id.hex() == SPAN_ID
        assert order.end_time_unix_nano - order.start_time_unix_nano == 38_000_000
        [link] = by_name["receive {user}.orders"].links
        assert link.span_id == by_name["send {user}.orders"].span_id
        assert collector.schemas == {SCHEMA_URL}
        assert (export.sent, export.dropped) == (len(spans), 0)


async def test_many_spans_go_in_several_requests_and_none_is_lost() -> None:
    spans = spans_of(way()) * 150
    with running_collector() as collector:
        export = SpanExport(collector.address)
        await export.send(spans)
        export.close()

        assert len(collector.spans) == len(spans)


@pytest.mark.parametrize("is_frozen", [False, True], ids=["refusing", "frozen"])
async def test_collector_that_is_away_costs_its_spans_and_is_counted(*, is_frozen: bool) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        if is_frozen:
            bound.listen()
        export = SpanExport(f"http://127.0.0.1:{bound.getsockname()[1]}", within_s=0.3)

        with anyio.fail_after(10):
            await export.send(spans_of(way()))

        assert (export.sent, export.dropped) == (0, 9)
        export.close()
