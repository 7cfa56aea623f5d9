from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.signals import Action, Position, Signal, StopLoss, StopType, TakeProfit
from handlers.signals.printing import encode_printed, plain_number, printable
from handlers.signals.strict_json import Number
from tests.unit.handlers.signals.signal_builders import a_signal

PUBLIC = [
    "ticker", "exchange", "action", "quantity", "quantity_type", "position", "position_size",
    "prev_position", "prev_position_size", "order_type", "limit_price", "stop_price",
    "trail_amount", "trail_percent", "price", "take_profit", "stop_loss", "time_in_force", "time",
    "id", "order_id", "comment", "interval", "reduce_only", "accounts", "mode", "delay",
    "max_age", "extras",
]  # fmt: skip


def test_every_public_field_is_printed_and_no_other() -> None:
    assert list(printable(a_signal(is_bar_time=True))) == PUBLIC


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("0.010", "0.010"),
        ("1E+3", "1000"),
        ("1E-12", "0.000000000001"),
        ("-1.50", "-1.50"),
        ("-0", "0"),
        ("0E+3", "0"),
        ("123456789012345.123456789012", "123456789012345.123456789012"),
    ],
)
def test_decimals_keep_their_digits_and_show_no_exponent(number: str, digits: str) -> None:
    assert printable(a_signal(position_size=Decimal(number)))["position_size"] == digits


NUMBERS = [
    field.name for field in msgspec.structs.fields(Signal) if Decimal in get_args(field.type)
]


@pytest.mark.parametrize("field", NUMBERS)
def test_every_number_is_printed_without_an_exponent(field: str) -> None:
    signal = msgspec.structs.replace(a_signal(), **{field: Decimal("1E-7")})

    assert printable(signal)[field] == "0.0000001"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12))
def test_a_printed_number_is_the_number(number: Decimal) -> None:
    assert Decimal(plain_number(number)) == number


@pytest.mark.parametrize(
    ("microseconds", "printed"),
    [
        (0, "2026-11-20T01:45:00Z"),
        (250_000, "2026-11-20T01:45:00.250Z"),
        (250_999, "2026-11-20T01:45:00.250Z"),
        (999, "2026-11-20T01:45:00Z"),
    ],
)
def test_times_have_milliseconds_only_where_there_are_any(microseconds: int, printed: str) -> None:
    instant = datetime(2026, 11, 20, 1, 45, 0, microseconds, tzinfo=UTC)

    assert printable(a_signal(time=instant))["time"] == printed


def test_times_are_printed_in_utc() -> None:
    taipei = timezone(timedelta(hours=8))
    instant = datetime(2026, 11, 20, 1, 45, tzinfo=taipei)

    assert printable(a_signal(time=instant))["time"] == "2026-11-19T17:45:00Z"


def test_brackets_print_only_what_was_sent() -> None:
    signal = a_signal(
        take_profit=TakeProfit(percent=Decimal(4)),
        stop_loss=StopLoss(type=StopType.STOP, percent=Decimal("2.0")),
    )

    printed = printable(signal)

    assert (printed["take_profit"], printed["stop_loss"]) == (
        {"percent": "4"},
        {"type": "stop", "percent": "2.0"},
    )


def test_absent_is_null() -> None:
    printed = json.loads(encode_printed(printable(a_signal(action=Action.EXIT, quantity=None))))

    assert [printed[name] for name in ("quantity", "time", "take_profit", "accounts")] == [None] * 4


def test_extras_are_printed_as_they_were_sent() -> None:
    extras = {"n": Number("1.50"), "deep": {"list": [Number("1"), None, True, "x"]}}

    printed = json.loads(encode_printed(printable(a_signal(extras=extras))))["extras"]

    assert printed == {"n": "1.50", "deep": {"list": ["1", None, True, "x"]}}


def test_what_is_encoded_is_what_is_printed() -> None:
    signal = a_signal(position=Position.SHORT, accounts=("main", "備用"))

    assert json.loads(encode_printed(printable(signal))) == printable(signal)
