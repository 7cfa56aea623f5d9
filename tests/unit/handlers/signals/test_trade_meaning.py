from __future__ import annotations

from decimal import Decimal

import pytest

from handlers.signals import Action, Position, QuantityType, Signal
from handlers.signals.trade_meaning import takes_default, trade_sentences, trail_of
from tests.unit.handlers.signals.signal_builders import a_signal

A, P, Q = Action, Position, QuantityType


def sentences(signal: Signal) -> list[str]:
    return [str(each) for each in trade_sentences(signal)]


@pytest.mark.parametrize(
    ("signal", "takes"),
    [
        (a_signal(quantity=None), True),
        (a_signal(), False),
        (a_signal(quantity=None, position_size=Decimal(1)), False),
        (a_signal(quantity=None, position=P.FLAT), False),
        (a_signal(quantity=None, action=A.ADD), True),
        (a_signal(quantity=None, action=A.EXIT), False),
        (a_signal(quantity=None, action=A.REVERSE), False),
        (a_signal(quantity=None, action=A.TARGET, position=P.LONG), True),
        (a_signal(quantity=Decimal(0), action=A.TARGET, position=P.LONG), False),
        (a_signal(quantity=None, action=A.PING), False),
    ],
)
def test_default_quantity_is_taken_where_one_is_needed_and_none_is_sent(
    signal: Signal, *, takes: bool
) -> None:
    assert takes_default(signal) is takes


def test_position_size_decides_over_the_action() -> None:
    said = sentences(a_signal(action=A.SELL, position_size=Decimal(3)))

    assert said[0].startswith("Bring the position in BTCUSDT to 3 (long 3)")


def test_flip_says_that_the_quantity_may_contain_the_closing_part() -> None:
    said = sentences(a_signal(position=P.LONG))

    assert said[1].startswith("A quantity larger than the opposite position")


def test_buying_while_it_stays_short_only_closes() -> None:
    (said,) = sentences(a_signal(position=P.SHORT))

    assert said.startswith("Close 0.05 of the short position in BTCUSDT, at most what is held,")


def test_percentage_of_the_position_only_closes() -> None:
    (said,) = sentences(a_signal(quantity=Decimal(50), quantity_type=Q.PERCENT_OF_POSITION))

    assert said.startswith("Close 50 % of the short position in BTCUSDT")


def test_reversal_to_a_direction_does_nothing_if_it_is_held() -> None:
    said = sentences(a_signal(action=A.REVERSE, position=P.SHORT))

    assert said[1] == "If it is short already, nothing is done."


@pytest.mark.parametrize("position", [P.LONG, P.SHORT])
def test_adding_to_a_named_side_is_a_plain_order(position: Position) -> None:
    (said,) = sentences(a_signal(action=A.ADD, position=position))

    assert said == f"{'Buy' if position is P.LONG else 'Sell'} 0.05 BTCUSDT at market."


@pytest.mark.parametrize(
    ("action", "measure"),
    [
        (A.EXIT, Q.NOTIONAL),
        (A.LONG_ENTRY, Q.PERCENT_OF_POSITION),
        (A.TARGET, Q.PERCENT_OF_EQUITY),
        (A.ADD, Q.NOTIONAL),
    ],
)
def test_measure_that_does_not_fit_the_action_is_said(
    action: Action, measure: QuantityType
) -> None:
    said = sentences(a_signal(action=action, quantity_type=measure))

    assert said[-1].startswith("This action cannot be sized that way")


@pytest.mark.parametrize(
    ("signal", "trail"),
    [
        (a_signal(trail_amount=Decimal("5.0")), "5.0"),
        (a_signal(trail_percent=Decimal(2)), "2 %"),
        (a_signal(), ""),
    ],
)
def test_trail_is_an_amount_or_a_percentage(signal: Signal, trail: str) -> None:
    assert trail_of(signal) == trail
