"""A collector for tests: it takes OTLP over HTTP, reads it with the protocol's own messages."""

from __future__ import annotations

import gzip
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Generator

    from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collector:
    """What was sent to it.

    Attributes:
        address: Where it listens, as a base URL.
        spans: With the name of the service that each is of.
        metrics: The names of all metrics that came.
        schemas: Which versions of the conventions were named.
    """

    def __init__(self) -> None:
        self.address = ""
        self.spans: list[tuple[str, Span]] = []
        self.metrics: set[str] = set()
        self.schemas: set[str] = set()

    def take(self, path: str, body: bytes) -> int:
        """Take one request; returns the status."""
        if path == "/v1/metrics":
            self._take_metrics(ExportMetricsServiceRequest.FromString(body))
            return 200
        if path != "/v1/traces":
            return 404
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = {each.key: each.value.string_value for each in resource.resource.attributes}
            self.schemas.add(resource.schema_url)
            for scope in resource.scope_spans:
                self.spans += [(named["service.name"], span) for span in scope.spans]
        return 200

    def _take_metrics(self, request: ExportMetricsServiceRequest) -> None:
        for resource in request.resource_metrics:
            for scope in resource.scope_metrics:
                self.metrics |= {metric.name for metric in scope.metrics}


@contextmanager
def running_collector() -> Generator[Collector]:
    """Run a collector on a port of its own."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            self.send_response(collector.take(self.path, body))
            self.end_headers()

        @override
        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
