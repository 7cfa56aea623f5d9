"""Sends spans to an OpenTelemetry collector: OTLP over HTTP, protobuf, path `/v1/traces`.

A collector that is away costs the spans of that moment and nothing else: a call never waits longer
than its deadline, nothing is kept for later, and what was dropped is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link as SdkLink
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status, StatusCode

from telemetry.semantics import SCHEMA_URL, SCOPE
from telemetry.spans import Kind, SpanRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

_PER_REQUEST = 512
_WITHIN_S = 5.0
_KINDS = {
    Kind.INTERNAL: SpanKind.INTERNAL,
    Kind.SERVER: SpanKind.SERVER,
    Kind.CLIENT: SpanKind.CLIENT,
    Kind.PRODUCER: SpanKind.PRODUCER,
    Kind.CONSUMER: SpanKind.CONSUMER,
}


class SpanExport:
    """One collector.

    Attributes:
        sent: How many spans it took.
        dropped: How many it did not.
    """

    def __init__(self, endpoint: str, *, within_s: float = _WITHIN_S) -> None:
        self._exporter = OTLPSpanExporter(
            endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=within_s
        )
        self._resources: dict[str, Resource] = {}
        self._scope = InstrumentationScope(SCOPE, schema_url=SCHEMA_URL)
        self.sent = 0
        self.dropped = 0

    async def send(self, spans: Sequence[SpanRecord]) -> None:
        """Send them now, or count them as dropped."""
        for begin in range(0, len(spans), _PER_REQUEST):
            part = [self._readable(span) for span in spans[begin : begin + _PER_REQUEST]]
            outcome = await anyio.to_thread.run_sync(self._exporter.export, part)
            if outcome is SpanExportResult.SUCCESS:
                self.sent += len(part)
            else:
                self.dropped += len(part)

    def close(self) -> None:
        """Let go of the connection; nothing waits to be sent."""
        self._exporter.shutdown()

    def _readable(self, span: SpanRecord) -> ReadableSpan:
        parent = None if span.parent_id is None else _context(span.trace_id, span.parent_id)
        return ReadableSpan(
            name=span.name,
            context=_context(span.trace_id, span.span_id),
            parent=parent,
            resource=self._resource(span.service),
            attributes=span.attributes,
            links=tuple(SdkLink(_context(each.trace_id, each.span_id)) for each in span.links),
            kind=_KINDS[span.kind],
            status=Status(StatusCode.UNSET) if span.error is None else _failed(span.error),
            start_time=span.start_ns,
            end_time=span.end_ns,
            instrumentation_scope=self._scope,
        )

    def _resource(self, service: str) -> Resource:
        resource = self._resources.get(service)
        if resource is None:
            named = {"service.name": service, "service.namespace": SCOPE}
            resource = self._resources[service] = Resource(named, SCHEMA_URL)
        return resource


def _failed(code: str) -> Status:
    return Status(StatusCode.ERROR, code)


def _context(trace_id: str, span_id: str) -> SpanContext:
    flags = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=flags)
