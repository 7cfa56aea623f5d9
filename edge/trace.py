"""The trace a request belongs to: the caller's own where it sent one, else a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemetry.propagation import TraceContext, child_of, new_trace, parse_traceparent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SCOPE_KEY = "fourpass.trace"


def trace_from(headers: Iterable[tuple[bytes, bytes]]) -> TraceContext:
    """Go on with the caller's trace under a span of ours; an unreadable header begins a new one."""
    for name, value in headers:
        if name == b"traceparent":
            parent = parse_traceparent(value.decode("latin-1"))
            return new_trace() if parent is None else child_of(parent)
    return new_trace()


def trace_of(scope: Mapping[str, Any]) -> TraceContext:
    """Return the trace of this request, the same one however often it is asked for."""
    state: dict[str, Any] = scope["state"]
    trace: TraceContext | None = state.get(_SCOPE_KEY)
    if trace is None:
        trace = state[_SCOPE_KEY] = trace_from(scope["headers"])
    return trace
