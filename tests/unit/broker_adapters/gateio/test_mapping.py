"""Fields of unknown form, read as forgivingly as can be, and never guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_adapters.gateio.errors import UnreadableError
from broker_adapters.gateio.mapping import client_order_id_of, identity, instant, number, text_of

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("1.50", Decimal("1.50")),
        ("-3", Decimal(-3)),
        (7, Decimal(7)),
        (Decimal("0.1"), Decimal("0.1")),
        ("1e-8", Decimal("1e-8")),
        ("", None),
        (None, None),
        (True, None),
        ("NaN", None),
        ("Infinity", None),
        ("one", None),
        ([], None),
        ({}, None),
        (0.1, None),
    ],
)
def test_number_is_read_exactly_or_not_at_all(value: Any, read: Decimal | None) -> None:
    assert number(value) == read


@given(value=anything)
def test_nothing_of_any_form_breaks_the_reading(value: Any) -> None:
    number(value)
    instant(ms=value, seconds=value)
    client_order_id_of(value)


@pytest.mark.parametrize(
    ("ms", "seconds"),
    [(1_700_000_000_250, None), ("1700000000250", "1"), (None, Decimal("1700000000.25"))],
)
def test_instant_is_read_from_milliseconds_first(ms: Any, seconds: Any) -> None:
    assert instant(ms=ms, seconds=seconds) == datetime(2023, 11, 14, 22, 13, 20, 250_000, UTC)


@pytest.mark.parametrize("value", [0, -1, "", "soon", 10**30])
def test_what_is_no_instant_is_none(value: Any) -> None:
    assert instant(seconds=value) is None


def test_text_and_client_id_are_each_others_reverse() -> None:
    assert client_order_id_of(text_of("4p0abc")) == "4p0abc"


@pytest.mark.parametrize("text", ["web", "apiv4", "liquidation", ""])
def test_text_of_somebody_else_stays_as_it_is(text: str) -> None:
    assert client_order_id_of(text) == text


@pytest.mark.parametrize("value", [None, ""])
def test_missing_id_is_unreadable(value: Any) -> None:
    with pytest.raises(UnreadableError):
        identity(value)
