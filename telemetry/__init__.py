"""How 4pass tells what it does: stages, logs without secrets, trace context."""

from __future__ import annotations

from telemetry.propagation import TraceContext, child_of, new_trace, parse_traceparent
from telemetry.stages import Stage

__all__ = ("Stage", "TraceContext", "child_of", "new_trace", "parse_traceparent")
