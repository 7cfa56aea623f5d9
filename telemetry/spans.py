"""Spans as plain records: built off every hot path, from what was written down, and sent later.

The fields are those of an OpenTelemetry span. Ids are derived from what a span is about, so that
building the same span twice gives the same span, and sending it twice shows it once.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from hashlib import blake2b

import msgspec

Attribute = str | int | float | bool


class Kind(StrEnum):
    """On which side of what a span is (OpenTelemetry's span kinds)."""

    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Another span that this one follows from without being its child."""

    trace_id: str
    span_id: str


class SpanRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One span.

    Attributes:
        trace_id: 32 hex digits.
        span_id: 16 hex digits; `parent_id` likewise, `None` at the root.
        service: The kind of process it happened in.
        start_ns: Since the epoch, UTC; `end_ns` likewise.
        error: Why it failed, as a stable code; `None` where it did not.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: Kind
    service: str
    start_ns: int
    end_ns: int
    attributes: Mapping[str, Attribute] = msgspec.field(default_factory=dict[str, Attribute])
    error: str | None = None
    links: tuple[Link, ...] = ()

    @property
    def link(self) -> Link:
        """What points at this span."""
        return Link(trace_id=self.trace_id, span_id=self.span_id)


def span_id_of(*about: object) -> str:
    """Return the id of the span about these things: the same ones, the same id; never zero."""
    return _digits(8, about)


def trace_id_of(*about: object) -> str:
    """Return the id of the trace about these things, where nobody gave it one."""
    return _digits(16, about)


def _digits(size_bytes: int, about: tuple[object, ...]) -> str:
    text = "\x1f".join(str(each) for each in about)
    digits = blake2b(text.encode(), digest_size=size_bytes).hexdigest()
    return digits if digits.strip("0") else "1".zfill(len(digits))
