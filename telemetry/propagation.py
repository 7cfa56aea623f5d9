"""W3C trace context (the `traceparent` header, version 00), made and read by hand."""

from __future__ import annotations

import re

import msgspec

from telemetry.randomness import random_digits

_TRACEPARENT = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})"
    r"(?P<rest>-.*)?"
)
_SAMPLED = 0x01
_NO_SPAN = "0" * 16


class TraceContext(msgspec.Struct, frozen=True, kw_only=True):
    """Where in which trace something happens.

    Attributes:
        trace_id: 32 hex digits, not all zero.
        span_id: 16 hex digits, not all zero.
        is_sampled: Whoever began the trace records it.
    """

    trace_id: str
    span_id: str
    is_sampled: bool = True

    @property
    def traceparent(self) -> str:
        """The header's value."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.is_sampled else '00'}"


def new_trace(*, is_sampled: bool = True) -> TraceContext:
    """Begin a trace."""
    return TraceContext(
        trace_id=_not_zero() + random_digits(),
        span_id=_not_zero(),
        is_sampled=is_sampled,
    )


def child_of(parent: TraceContext) -> TraceContext:
    """Begin a span under another, in its trace."""
    return TraceContext(trace_id=parent.trace_id, span_id=_not_zero(), is_sampled=parent.is_sampled)


def parse_traceparent(header: str) -> TraceContext | None:
    """Read the header; `None` where the standard says to begin a new trace.

    A later version is read as far as version 00 goes; version ff is invalid.
    """
    found = _TRACEPARENT.fullmatch(header.strip())
    if found is None or found["version"] == "ff":
        return None
    if found["version"] == "00" and found["rest"] is not None:
        return None
    if not found["trace"].strip("0") or not found["span"].strip("0"):
        return None
    is_sampled = bool(int(found["flags"], 16) & _SAMPLED)
    return TraceContext(trace_id=found["trace"], span_id=found["span"], is_sampled=is_sampled)


def trace_id_in(traceparent: str) -> str:
    """Return the trace of a header that we made; empty where there is no header."""
    return traceparent[3:35]


def span_id_in(traceparent: str) -> str:
    """Return the span of a header that we made; empty where there is no header."""
    return traceparent[36:52]


def _not_zero() -> str:
    """Return random digits that are not all zero: the standard has no such id."""
    while (digits := random_digits()) == _NO_SPAN:
        continue
    return digits
