"""The trace a request belongs to."""

from __future__ import annotations

from typing import Any

from edge.trace import trace_of

INCOMING = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_callers_trace_goes_on_under_a_span_of_ours() -> None:
    trace = trace_of({"headers": [(b"traceparent", INCOMING)], "state": {}})

    assert trace.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert trace.span_id != "00f067aa0ba902b7"
    assert trace.is_sampled


def test_unreadable_header_begins_a_new_trace() -> None:
    trace = trace_of({"headers": [(b"traceparent", b"\xff\xfe")], "state": {}})

    assert len(trace.trace_id) == 32


def test_one_request_has_one_trace() -> None:
    scope: dict[str, Any] = {"headers": [], "state": {}}

    assert trace_of(scope) is trace_of(scope)
