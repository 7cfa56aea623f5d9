from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.propagation import (
    TraceContext,
    child_of,
    new_trace,
    parse_traceparent,
    span_id_in,
    trace_id_in,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


@pytest.mark.parametrize("is_sampled", [True, False])
def test_what_is_made_is_read_back(*, is_sampled: bool) -> None:
    context = new_trace(is_sampled=is_sampled)

    assert parse_traceparent(context.traceparent) == context


def test_header_has_version_trace_span_and_flags() -> None:
    context = TraceContext(trace_id=TRACE, span_id=SPAN, is_sampled=True)

    assert context.traceparent == f"00-{TRACE}-{SPAN}-01"


def test_trace_and_span_of_what_we_made_are_read_without_parsing() -> None:
    header = TraceContext(trace_id=TRACE, span_id=SPAN).traceparent

    assert (trace_id_in(header), span_id_in(header)) == (TRACE, SPAN)
    assert (trace_id_in(""), span_id_in("")) == ("", "")


def test_child_stays_in_its_parents_trace_under_a_span_of_its_own() -> None:
    parent = new_trace(is_sampled=False)

    child = child_of(parent)

    assert (child.trace_id, child.is_sampled) == (parent.trace_id, False)
    assert child.span_id != parent.span_id


def test_later_version_is_read_as_far_as_it_is_known() -> None:
    context = parse_traceparent(f"cc-{TRACE}-{SPAN}-01-what-the-future-brings")

    assert context == TraceContext(trace_id=TRACE, span_id=SPAN, is_sampled=True)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
    ],
)
def test_invalid_header_begins_a_new_trace(header: str) -> None:
    assert parse_traceparent(header) is None


@given(st.text(max_size=80))
def test_no_header_is_an_error(header: str) -> None:
    parse_traceparent(header)
