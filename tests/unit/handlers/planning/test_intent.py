from __future__ import annotations

from decimal import Decimal

import pytest

from bus.values import Side
from handlers.planning.intent import Intent
from handlers.records.sizing_rules import (
    Close,
    Direction,
    DriftPolicy,
    Enter,
    EquityShare,
    Fixed,
    Notional,
    Reverse,
    SizingRule,
    Target,
)
from handlers.signals import QuantityType
from tests.unit.handlers.planning.plan_builders import a_signal, intended, refusal, terms

D = Decimal
BUY, SELL = Side.BUY, Side.SELL
LONG, SHORT, ANY = Direction.LONG, Direction.SHORT, Direction.ANY


@pytest.mark.parametrize(
    ("action", "rule", "is_exit"),
    [
        ("buy", Fixed(side=BUY, quantity=D(2)), False),
        ("sell", Fixed(side=SELL, quantity=D(2)), False),
        ("long_entry", Enter(side=BUY, quantity=D(2)), False),
        ("short_entry", Enter(side=SELL, quantity=D(2)), False),
        ("long_exit", Close(direction=LONG, quantity=D(2)), True),
        ("short_exit", Close(direction=SHORT, quantity=D(2)), True),
        ("exit", Close(direction=ANY, quantity=D(2)), True),
        ("reduce", Close(direction=ANY, quantity=D(2)), True),
        ("add", Fixed(side=None, quantity=D(2)), False),
        ("reverse", Reverse(quantity=D(2)), False),
        ("target", Target(size=D(2)), False),
    ],
)
def test_an_action_alone_says_what_to_do(action: str, rule: SizingRule, *, is_exit: bool) -> None:
    assert intended(a_signal(action, quantity="2")) == Intent(rule=rule, is_exit=is_exit)


@pytest.mark.parametrize(
    ("action", "position", "rule"),
    [
        # The position is the one to hold afterwards.
        ("buy", "long", Enter(side=BUY, quantity=D(2), may_include_close=True)),
        ("sell", "short", Enter(side=SELL, quantity=D(2), may_include_close=True)),
        ("buy", "flat", Close(direction=SHORT)),
        ("sell", "flat", Close(direction=LONG)),
        ("buy", "short", Close(direction=SHORT, quantity=D(2))),
        ("sell", "long", Close(direction=LONG, quantity=D(2))),
        ("add", "long", Fixed(side=BUY, quantity=D(2))),
        ("add", "short", Fixed(side=SELL, quantity=D(2))),
        ("reduce", "short", Close(direction=SHORT, quantity=D(2))),
        ("reverse", "long", Reverse(quantity=D(2), to=LONG)),
        ("target", "short", Target(size=D(-2))),
        ("target", "flat", Target(size=D(0))),
        ("long_entry", "long", Enter(side=BUY, quantity=D(2))),
        ("exit", "flat", Close(direction=ANY, quantity=D(2))),
    ],
)
def test_a_position_without_a_size_says_where_it_ends(
    action: str, position: str, rule: SizingRule
) -> None:
    assert intended(a_signal(action, quantity="2", position=position)).rule == rule


@pytest.mark.parametrize("action", ["buy", "sell", "long_entry", "add", "exit", "target"])
def test_position_sizes_decide(action: str) -> None:
    signal = a_signal(action, quantity="2", position="short", position_size="-1")

    assert intended(signal).rule == Target(size=D(-1))


@pytest.mark.parametrize(
    ("action", "position", "rule"),
    [
        ("buy", "long", Fixed(side=BUY, quantity=D(2))),
        ("sell", "short", Fixed(side=SELL, quantity=D(2))),
        ("sell", "long", Close(direction=LONG, quantity=D(2))),
        ("sell", "flat", Close(direction=LONG, quantity=D(2))),
        ("long_entry", "long", Enter(side=BUY, quantity=D(2))),
    ],
)
def test_a_strategy_that_follows_takes_quantities_as_sent(
    action: str, position: str, rule: SizingRule
) -> None:
    signal = a_signal(action, quantity="2", position=position, position_size="1")

    assert intended(signal, terms(follows=True)).rule == rule


def test_a_target_is_one_even_for_a_strategy_that_follows() -> None:
    signal = a_signal("target", position="long", position_size="3")

    assert intended(signal, terms(follows=True)).rule == Target(size=D(3))


@pytest.mark.parametrize(
    ("fields", "drift", "is_exit"),
    [
        ({"position_size": "0"}, DriftPolicy.BLOCK, True),
        ({"position_size": "0"}, DriftPolicy.RESYNC, True),
        ({"position_size": "1", "prev_position_size": "3"}, DriftPolicy.BLOCK, True),
        ({"position_size": "-1", "prev_position_size": "-3"}, DriftPolicy.FLATTEN, True),
        ({"position_size": "1", "prev_position_size": "3"}, DriftPolicy.EXECUTE, False),
        ({"position_size": "1", "prev_position_size": "3"}, DriftPolicy.RESYNC, False),
        ({"position_size": "3", "prev_position_size": "1"}, DriftPolicy.BLOCK, False),
        ({"position_size": "-1", "prev_position_size": "3"}, DriftPolicy.BLOCK, False),
        ({"position_size": "1"}, DriftPolicy.BLOCK, False),
    ],
)
def test_a_target_that_only_shrinks_is_an_exit(
    fields: dict[str, str], drift: DriftPolicy, *, is_exit: bool
) -> None:
    assert intended(a_signal("sell", **fields), terms(drift=drift)).is_exit is is_exit


def test_what_is_asked_for_as_reducing_is_an_exit() -> None:
    assert intended(a_signal("sell", quantity="1", reduce_only=True)).is_exit


@pytest.mark.parametrize(
    ("action", "measure", "rule"),
    [
        ("buy", "notional", Notional(side=BUY, amount=D(50))),
        ("long_entry", "notional", Notional(side=BUY, amount=D(50), enters=True)),
        ("sell", "percent_of_equity", EquityShare(side=SELL, percent=D(50))),
        ("short_entry", "percent_of_equity", EquityShare(side=SELL, percent=D(50), enters=True)),
        ("sell", "percent_of_position", Close(direction=LONG, percent=D(50))),
        ("buy", "percent_of_position", Close(direction=SHORT, percent=D(50))),
        ("exit", "percent_of_position", Close(direction=ANY, percent=D(50))),
        ("long_exit", "percent_of_position", Close(direction=LONG, percent=D(50))),
        ("reduce", "percent_of_position", Close(direction=ANY, percent=D(50))),
    ],
)
def test_a_quantity_is_taken_in_its_measure(action: str, measure: str, rule: SizingRule) -> None:
    signal = a_signal(action, quantity="50", quantity_type=QuantityType(measure))

    assert intended(signal).rule == rule


@pytest.mark.parametrize(
    ("action", "measure"),
    [
        ("exit", "notional"),
        ("exit", "percent_of_equity"),
        ("long_entry", "percent_of_position"),
        ("reverse", "notional"),
        ("target", "percent_of_equity"),
        ("buy", "risk_percent"),
    ],
)
def test_a_measure_that_makes_no_sense_is_refused(action: str, measure: str) -> None:
    signal = a_signal(action, quantity="50", quantity_type=QuantityType(measure))

    assert refusal(signal) == ("unsupported_field", "quantity_type")


def test_adding_for_money_needs_to_know_which_way() -> None:
    signal = a_signal("add", quantity="50", quantity_type=QuantityType.NOTIONAL)

    assert refusal(signal) == ("missing_field", "position")


def test_sizes_and_another_measure_contradict_each_other() -> None:
    signal = a_signal(
        "buy", quantity="5", quantity_type=QuantityType.PERCENT_OF_EQUITY, position_size="3"
    )

    assert refusal(signal) == ("conflicting_fields", "quantity_type")


@pytest.mark.parametrize("action", ["buy", "sell", "long_entry", "short_entry", "add", "reduce"])
def test_no_quantity_takes_the_strategys_default_or_is_refused(action: str) -> None:
    assert refusal(a_signal(action)) == ("missing_field", "quantity")

    rule = intended(a_signal(action), terms(default_quantity="7")).rule
    assert isinstance(rule, Fixed | Enter | Close)
    assert rule.quantity == 7


@pytest.mark.parametrize("action", ["exit", "long_exit", "short_exit"])
@pytest.mark.parametrize("quantity", [None, "0"])
def test_an_exit_without_a_quantity_takes_all(action: str, quantity: str | None) -> None:
    rule = intended(a_signal(action, quantity=quantity), terms(default_quantity="7")).rule

    assert isinstance(rule, Close)
    assert rule.quantity is None
    assert rule.percent is None


def test_a_partial_exit_needs_a_quantity() -> None:
    assert refusal(a_signal("buy", position="short")) == ("missing_field", "quantity")


def test_a_reversal_without_a_quantity_keeps_the_size() -> None:
    rule = intended(a_signal("reverse"), terms(default_quantity="7")).rule

    assert rule == Reverse()


def test_a_target_of_no_quantity_is_flat() -> None:
    assert intended(a_signal("target", quantity="0")).rule == Target(size=D(0))


def test_a_target_without_a_size_is_refused() -> None:
    assert refusal(a_signal("target", position="long")) == ("missing_field", "position_size")
