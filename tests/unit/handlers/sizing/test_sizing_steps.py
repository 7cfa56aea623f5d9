"""Sizes in whole steps, and what is known of the position."""

from __future__ import annotations

from decimal import localcontext

import pytest

from bus.values import Side
from handlers.records.sizing_rules import (
    Close,
    Direction,
    Enter,
    Fixed,
    Notional,
    SizingRule,
    Target,
)
from handlers.sizing.sized import Denied, Holding, Sized, size
from tests.unit.handlers.sizing.sizing_builders import D, a_holding, an_instrument, in_words, sized

BUY, SELL = Side.BUY, Side.SELL
LONG, SHORT, ANY = Direction.LONG, Direction.SHORT, Direction.ANY


@pytest.mark.parametrize(
    ("rule", "position", "expected"),
    [
        (Fixed(side=BUY, quantity=D("1.99")), "0", "buy 1"),
        (Fixed(side=BUY, quantity=D("0.99")), "0", "precision_or_size"),
        (Target(size=D("-1.9")), "1", "sell 2"),
        (Target(size=D("0.9")), "0", "precision_or_size"),
        (Target(size=D("0.9")), "1", "sell 1 reduce"),
        (Close(direction=ANY), "0.9", "precision_or_size"),
        (Enter(side=BUY, quantity=D(1)), "-0.9", "buy 1"),
    ],
)
def test_quantities_are_rounded_down_to_the_step(
    rule: SizingRule, position: str, expected: str
) -> None:
    assert sized(rule, a_holding(position), step="1") == expected


def test_what_rounding_took_is_told() -> None:
    decision = size(
        Fixed(side=BUY, quantity=D("1.99")), a_holding(), an_instrument(step="1"), can_flip=True
    )

    assert isinstance(decision, Sized)
    assert tuple(map(str, decision.notes)) == ("1.99 rounded down to 1, the venue's step.",)


def test_the_second_leg_is_left_out_where_it_rounds_to_nothing() -> None:
    rule = Enter(side=BUY, quantity=D("0.4"))

    assert sized(rule, a_holding("-2"), can_flip=False, step="1") == "buy 2 reduce"


def test_a_dust_that_no_order_can_close_does_not_stop_an_entry() -> None:
    rule = Enter(side=BUY, quantity=D(1))

    assert sized(rule, a_holding("-0.0004"), can_flip=False) == "buy 1.000"


def test_a_plain_order_needs_no_position() -> None:
    decision = size(
        Fixed(side=SELL, quantity=D(1)), Holding(), an_instrument(shorts=False), can_flip=False
    )

    assert in_words(decision) == "sell 1"


def test_another_rule_without_the_position_is_no_guess() -> None:
    with pytest.raises(ValueError, match="position"):
        size(Target(size=D(1)), Holding(), an_instrument(), can_flip=True)


def test_the_surrounding_context_changes_nothing() -> None:
    rule = Target(size=D("123456.789"))

    with localcontext() as careless:
        careless.prec = 2
        words = sized(rule, a_holding("-0.001"))

    assert words == "buy 123456.790"


def test_a_refusal_tells_what_to_do() -> None:
    decision = size(
        Notional(side=BUY, amount=D(5)), a_holding(price=None), an_instrument(), can_flip=True
    )

    assert isinstance(decision, Denied)
    assert "send `price`" in str(decision.message)
