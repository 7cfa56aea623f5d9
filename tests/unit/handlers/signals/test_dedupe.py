from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest

from bus.values import Mode, OrderType, StrategyId, TimeInForce
from handlers.signals import Action, Position, QuantityType, StopLoss, TakeProfit
from handlers.signals.dedupe import dedupe_key
from tests.unit.handlers.signals.signal_builders import a_signal

OURS = StrategyId(UUID(int=1))
THEIRS = StrategyId(UUID(int=2))
NOW = datetime(2026, 11, 20, 9, 31, 17, tzinfo=UTC)
ONE = Decimal(1)

ANOTHER = {
    "ticker": "ETHUSDT",
    "exchange": "BINANCE",
    "action": Action.SELL,
    "quantity": ONE,
    "quantity_type": QuantityType.NOTIONAL,
    "position": Position.LONG,
    "position_size": ONE,
    "prev_position": Position.FLAT,
    "prev_position_size": ONE,
    "order_type": OrderType.LIMIT,
    "limit_price": ONE,
    "stop_price": ONE,
    "trail_amount": ONE,
    "trail_percent": ONE,
    "price": ONE,
    "take_profit": TakeProfit(percent=ONE),
    "stop_loss": StopLoss(percent=ONE),
    "time_in_force": TimeInForce.IOC,
    "time": NOW,
    "is_bar_time": True,
    "id": "a",
    "order_id": "a",
    "comment": "a",
    "interval": "15",
    "reduce_only": True,
    "accounts": ("a",),
    "mode": Mode.PAPER,
    "delay": ONE,
    "max_age": ONE,
    "extras": {"a": "b"},
    "unplaceable": ("leverage",),
}


def test_key_is_a_sha_256() -> None:
    assert len(dedupe_key(OURS, a_signal(), 0)) == 32


def test_every_field_has_a_case() -> None:
    assert set(ANOTHER) == set(a_signal().__struct_fields__)


@pytest.mark.parametrize("field", ANOTHER)
def test_every_field_makes_another_key(field: str) -> None:
    changed = msgspec.structs.replace(a_signal(), **{field: ANOTHER[field]})

    assert dedupe_key(OURS, changed, 0) != dedupe_key(OURS, a_signal(), 0)


def test_key_stays_what_it_was_when_it_was_first_written_down() -> None:
    signal = a_signal(price=Decimal("64250.10"), time=NOW, extras={"b": "2", "a": "1"})

    assert (
        dedupe_key(OURS, signal, 0).hex()
        == "289dcab16e78fb247eef0b3d523f98c0d7a3c748b95239a36862b8a99fa8fce0"
    )


def test_orders_of_a_ladder_differ_by_their_place() -> None:
    assert dedupe_key(OURS, a_signal(), 0) != dedupe_key(OURS, a_signal(), 1)


def test_strategies_never_share_a_key() -> None:
    assert dedupe_key(OURS, a_signal(), 0) != dedupe_key(THEIRS, a_signal(), 0)


@pytest.mark.parametrize("field", [name for name, value in ANOTHER.items() if value is ONE])
def test_trailing_zeros_of_any_number_make_no_other_alert(field: str) -> None:
    spelt = msgspec.structs.replace(a_signal(), **{field: Decimal("1.00")})
    same = msgspec.structs.replace(a_signal(), **{field: ONE})

    assert dedupe_key(OURS, spelt, 0) == dedupe_key(OURS, same, 0)


def test_trailing_zeros_make_no_other_alert() -> None:
    spelt = a_signal(quantity=Decimal("0.0500"), price=Decimal("1E+3"))
    same = a_signal(quantity=Decimal("0.05"), price=Decimal("1000.0"))

    assert dedupe_key(OURS, spelt, 0) == dedupe_key(OURS, same, 0)


def test_numbers_are_told_apart_to_the_last_digit() -> None:
    one = a_signal(quantity=Decimal("123456789012345.123456789012"))
    other = a_signal(quantity=Decimal("123456789012345.123456789011"))

    assert dedupe_key(OURS, one, 0) != dedupe_key(OURS, other, 0)


def test_order_of_extras_makes_no_other_alert() -> None:
    one, other = a_signal(extras={"a": "1", "b": "2"}), a_signal(extras={"b": "2", "a": "1"})

    assert dedupe_key(OURS, one, 0) == dedupe_key(OURS, other, 0)


def test_a_microsecond_makes_another_alert() -> None:
    one, other = a_signal(time=NOW), a_signal(time=NOW + timedelta(microseconds=1))

    assert dedupe_key(OURS, one, 0) != dedupe_key(OURS, other, 0)
