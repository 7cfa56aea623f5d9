from __future__ import annotations

from decimal import Decimal

import pytest

from bus.values import OrderType
from handlers.signals import QuantityType, Signal, StopLoss, StopType, TakeProfit
from handlers.signals.bracket_meaning import bracket_sentences
from tests.unit.handlers.signals.signal_builders import a_signal

ONE = Decimal(1)
ALL_OR_NOTHING = "If any part of this cannot be placed, the whole alert is refused."


def sentences(signal: Signal) -> list[str]:
    return [str(each) for each in bracket_sentences(signal)]


def test_plain_alert_says_nothing_of_brackets() -> None:
    assert sentences(a_signal()) == []


def test_every_part_that_was_sent_is_said() -> None:
    loss = StopLoss(type=StopType.STOP_LIMIT, stop_price=Decimal(9), limit_price=Decimal("8.0"))

    assert sentences(a_signal(stop_loss=loss))[0] == (
        "Stop-loss, as a stop-limit order: triggered at 9, with a limit at 8.0."
    )


def test_amount_is_of_price_unless_it_is_in_pips() -> None:
    gain = TakeProfit(amount=Decimal(20))

    assert sentences(a_signal(take_profit=gain))[0] == "Take profit: 20 of price from the entry."


def test_distance_in_pips_is_said_to_be_one() -> None:
    gain = TakeProfit(amount=Decimal(20))
    signal = a_signal(take_profit=gain, extras={"distance_unit": "pip"})

    assert sentences(signal)[0].startswith("Take profit: 20 pips from the entry")


@pytest.mark.parametrize(
    "signal",
    [
        a_signal(take_profit=TakeProfit(percent=ONE)),
        a_signal(stop_loss=StopLoss(percent=ONE)),
        a_signal(order_type=OrderType.TRAILING_STOP, trail_amount=ONE),
        a_signal(trail_percent=ONE),
        a_signal(delay=ONE),
        a_signal(quantity_type=QuantityType.RISK_PERCENT),
    ],
)
def test_what_may_be_refused_is_said_to_be_all_or_nothing(signal: Signal) -> None:
    assert sentences(signal)[-1] == ALL_OR_NOTHING
