"""What is remembered of a shape is what would be planned without it."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bus.values import Mode
from handlers.planning.planned import plan
from handlers.records.accounts import AccountState
from handlers.signals import FREE, Shape, dedupe_key, normalise, printable
from tests.unit.handlers.planning.plan_builders import NOW, an_account, recognised

if TYPE_CHECKING:
    from handlers.planning.planned import Planned
    from handlers.records.refusals import Refusal
    from handlers.signals import Signal

WHOSE = [
    recognised(),
    recognised(default_quantity="2"),
    recognised(mode=Mode.LIVE),
    recognised(an_account(), an_account("B", state=AccountState.DISABLED)),
]
_SHAPING = st.fixed_dictionaries(
    {
        "ticker": st.sampled_from(["BTCUSDT", "NASDAQ:AAPL"]),
        "action": st.sampled_from(["buy", "sell", "exit", "add", "cancel", "ping", "reverse"]),
    },
    optional={
        "quantity": st.sampled_from(["1", "0.50"]),
        "sentiment": st.sampled_from(["long", "short", "flat"]),
        "quantityType": st.sampled_from(["notional", "risk_percent", "percent_of_position"]),
        "mode": st.sampled_from(["paper", "live"]),
        "delay": st.just("5"),
    },
)
_FREE = st.fixed_dictionaries(
    {},
    optional={
        "price": st.sampled_from(["64250.1", "1e-3"]),
        "time": st.sampled_from([f"{NOW:%Y-%m-%dT%H:%M:%S}Z", "2020-01-01T00:00:07Z"]),
        "id": st.text("ab", min_size=1, max_size=3),
        "order_id": st.just("L"),
        "comment": st.just("why"),
    },
)


def _read(body: dict[str, Any]) -> tuple[Signal, Shape | None]:
    read = normalise(json.dumps(body).encode())
    return read.signals[0], read.shape


def _planned(signal: Signal, shape: Shape | None, whose: int) -> Planned | Refusal:
    numbers = count(1)
    return plan(
        signal,
        WHOSE[whose],
        now=NOW,
        received_at=NOW,
        shape=shape,
        new_id=lambda: UUID(int=next(numbers)),
    )


@given(_SHAPING, _FREE, st.integers(0, len(WHOSE) - 1))
def test_plan_by_shape_is_the_plan(
    shaping: dict[str, Any], free: dict[str, Any], whose: int
) -> None:
    signal, shape = _read(shaping | free)

    assert _planned(signal, shape, whose) == _planned(signal, None, whose)


@given(_SHAPING, _FREE)
def test_repetition_and_print_by_shape_are_the_same(
    shaping: dict[str, Any], free: dict[str, Any]
) -> None:
    signal, shape = _read(shaping | free)
    strategy = WHOSE[0].strategy

    assert printable(signal, shape) == printable(signal)
    assert list(printable(signal, shape)) == list(printable(signal))
    assert dedupe_key(strategy.id, signal, 0, shape) == dedupe_key(strategy.id, signal, 0)


@given(_SHAPING, _FREE)
def test_shape_says_nothing_that_its_alerts_differ_in(
    shaping: dict[str, Any], free: dict[str, Any]
) -> None:
    _, shape = _read(shaping | free)

    assert shape is None or not any(getattr(shape.signal, name) for name in FREE)


def test_alerts_that_trade_alike_have_one_shape() -> None:
    one, other = ({"ticker": "A", "action": "buy", "id": each, "price": each} for each in "12")

    assert _read(one)[1] is _read(other)[1] is not None
