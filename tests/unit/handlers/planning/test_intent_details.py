"""What else an intent carries: an account's share, sent digits, what the alert believes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bus.values import Side
from handlers.records.sizing_rules import (
    Close,
    Direction,
    DriftPolicy,
    EquityShare,
    Expected,
    Fixed,
    Notional,
    SizingRule,
    Target,
)
from handlers.signals import QuantityType
from tests.unit.handlers.planning.plan_builders import a_signal, intended, terms

D = Decimal
BUY, SELL = Side.BUY, Side.SELL
LONG, SHORT, ANY = Direction.LONG, Direction.SHORT, Direction.ANY


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"action": "buy", "quantity": "2"}, Fixed(side=BUY, quantity=D(1))),
        ({"action": "long_exit", "quantity": "2"}, Close(direction=LONG, quantity=D(1))),
        ({"action": "sell", "position_size": "-2"}, Target(size=D(-1))),
        ({"action": "buy"}, Fixed(side=BUY, quantity=D("3.5"))),
        (
            {"action": "buy", "quantity": "50", "quantity_type": QuantityType.NOTIONAL},
            Notional(side=BUY, amount=D(25)),
        ),
        (
            {"action": "buy", "quantity": "50", "quantity_type": QuantityType.PERCENT_OF_EQUITY},
            EquityShare(side=BUY, percent=D(50)),
        ),
    ],
)
def test_an_account_takes_its_share(fields: dict[str, Any], rule: SizingRule) -> None:
    given = terms(multiplier="0.5", default_quantity="7")

    assert intended(a_signal(**fields), given).rule == rule


def test_sent_digits_are_kept() -> None:
    rule = intended(a_signal("buy", quantity="0.050")).rule

    assert isinstance(rule, Fixed)
    assert str(rule.quantity) == "0.050"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"prev_position_size": "-2"},
            Expected(direction=SHORT, size=D(-1), policy=DriftPolicy.BLOCK),
        ),
        (
            {"prev_position_size": "0", "prev_position": "flat"},
            Expected(direction=None, size=D(0), policy=DriftPolicy.BLOCK),
        ),
        (
            {"prev_position": "long"},
            Expected(direction=LONG, size=None, policy=DriftPolicy.BLOCK),
        ),
        (
            {"prev_position": "flat", "position_size": "4"},
            Expected(direction=None, size=None, policy=DriftPolicy.BLOCK, resync_to=D(2)),
        ),
        ({}, None),
    ],
)
def test_the_rule_carries_what_the_alert_believes(
    fields: dict[str, str], expected: Expected | None
) -> None:
    signal = a_signal("buy", quantity="1", **fields)

    assert intended(signal, terms(multiplier="0.5")).rule.expected == expected
