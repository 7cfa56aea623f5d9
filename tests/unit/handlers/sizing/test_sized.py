from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from bus.values import Side
from handlers.records.sizing_rules import (
    Close,
    Direction,
    Enter,
    EquityShare,
    Fixed,
    Notional,
    Reverse,
    SizingRule,
    Target,
)
from handlers.sizing.sized import Holding, Sized, size
from tests.unit.handlers.sizing.sizing_builders import D, a_holding, an_instrument, in_words, sized

BUY, SELL = Side.BUY, Side.SELL
LONG, SHORT, ANY = Direction.LONG, Direction.SHORT, Direction.ANY


@pytest.mark.parametrize(
    ("rule", "position", "in_one_order", "in_two_orders"),
    [
        # TradingView's contracts on a flip contain the closing part; the size says where it ends.
        (Target(size=D(-1)), "1", "sell 2", "sell 1 reduce then sell 1"),
        (Target(size=D(1)), "-1", "buy 2", "buy 1 reduce then buy 1"),
        (Target(size=D(-2)), "5", "sell 7", "sell 5 reduce then sell 2"),
        (Target(size=D(0)), "3", "sell 3 reduce", "sell 3 reduce"),
        (Target(size=D(1)), "3", "sell 2 reduce", "sell 2 reduce"),
        (Target(size=D(-1)), "-3", "buy 2 reduce", "buy 2 reduce"),
        (Target(size=D(3)), "1", "buy 2", "buy 2"),
        (Target(size=D(-1)), "0", "sell 1", "sell 1"),
        # An entry names what it opens, so the closing part comes on top.
        (Enter(side=SELL, quantity=D(1)), "1", "sell 2", "sell 1 reduce then sell 1"),
        (Enter(side=BUY, quantity=D(2)), "-1", "buy 3", "buy 1 reduce then buy 2"),
        (Enter(side=BUY, quantity=D(2)), "1", "buy 2", "buy 2"),
        (Enter(side=SELL, quantity=D(1)), "0", "sell 1", "sell 1"),
        # A plain order is traded as sent.
        (Fixed(side=SELL, quantity=D(2)), "1", "sell 2", "sell 1 reduce then sell 1"),
        (Fixed(side=SELL, quantity=D(1)), "3", "sell 1", "sell 1"),
        (Fixed(side=BUY, quantity=D(1)), "0", "buy 1", "buy 1"),
        # A reversal turns what is held around.
        (Reverse(), "1.5", "sell 3.0", "sell 1.5 reduce then sell 1.5"),
        (Reverse(), "-1", "buy 2", "buy 1 reduce then buy 1"),
        (Reverse(quantity=D(3)), "1", "sell 4", "sell 1 reduce then sell 3"),
    ],
)
def test_flips_end_where_the_alert_says(
    rule: SizingRule, position: str, in_one_order: str, in_two_orders: str
) -> None:
    assert sized(rule, a_holding(position), can_flip=True) == in_one_order
    assert sized(rule, a_holding(position), can_flip=False) == in_two_orders


@pytest.mark.parametrize(
    ("rule", "position", "expected"),
    [
        (Close(direction=LONG), "1.5", "sell 1.5 reduce"),
        (Close(direction=SHORT), "-2", "buy 2 reduce"),
        (Close(direction=ANY), "-2", "buy 2 reduce"),
        (Close(direction=ANY), "2", "sell 2 reduce"),
        (Close(direction=LONG, quantity=D(1)), "3", "sell 1 reduce"),
        (Close(direction=LONG, quantity=D(9)), "3", "sell 3 reduce"),
        (Close(direction=ANY, percent=D(25)), "-2", "buy 0.50 reduce"),
        (Close(direction=LONG, percent=D("33.3")), "1", "sell 0.333 reduce"),
        (Close(direction=LONG, percent=D(150)), "1", "sell 1 reduce"),
        (Close(direction=LONG), "-1", "nothing_to_do"),
        (Close(direction=SHORT), "1", "nothing_to_do"),
        (Close(direction=ANY), "0", "nothing_to_do"),
    ],
)
def test_exits_close_what_is_held_and_no_more(
    rule: SizingRule, position: str, expected: str
) -> None:
    assert sized(rule, a_holding(position)) == expected


@pytest.mark.parametrize(
    ("rule", "position", "expected"),
    [
        (Fixed(side=SELL, quantity=D(2)), "1", "sell 1 reduce"),
        (Fixed(side=SELL, quantity=D(2)), "0", "nothing_to_do"),
        (Fixed(side=SELL, quantity=D(2)), "-1", "nothing_to_do"),
        (Fixed(side=SELL, quantity=D(1)), "3", "sell 1 reduce"),
        (Enter(side=BUY, quantity=D(1)), "-1", "buy 1 reduce"),
        (Target(size=D(2)), "0", "nothing_to_do"),
        (Target(size=D(-2)), "1", "sell 1 reduce"),
        (Reverse(), "1", "sell 1 reduce"),
    ],
)
def test_what_was_asked_for_as_an_exit_opens_nothing(
    rule: SizingRule, position: str, expected: str
) -> None:
    assert sized(rule, a_holding(position), reduce_only=True) == expected


@pytest.mark.parametrize("size_", ["1", "-1", "0", "1.0005"])
def test_the_same_target_again_changes_nothing(size_: str) -> None:
    reached = Decimal(size_).quantize(D("0.001"), rounding="ROUND_DOWN")

    assert sized(Target(size=D(size_)), a_holding(reached)) == "nothing_to_do"


@pytest.mark.parametrize(
    ("size_", "position", "working", "expected"),
    [
        ("1", "0", "1", "nothing_to_do"),
        ("3", "1", "1", "buy 1"),
        ("1", "3", "-1", "sell 1 reduce"),
        ("0", "1", "1", "sell 1 reduce"),
        ("1", "0", "3", "nothing_to_do"),
        ("0", "0", "1", "nothing_to_do"),
    ],
)
def test_a_target_counts_what_already_works(
    size_: str, position: str, working: str, expected: str
) -> None:
    assert sized(Target(size=D(size_)), a_holding(position, working=working)) == expected


def test_an_exit_does_not_wait_for_a_resting_order() -> None:
    assert sized(Close(direction=ANY), a_holding("1", working="-1")) == "sell 1 reduce"


@pytest.mark.parametrize(
    ("quantity", "position", "expected"),
    [
        ("2", "-1", "buy 2"),  # TradingView's contracts: 1 to close, 1 to open
        ("1", "-1", "buy 2"),  # too few to end long: the closing part comes on top
        ("1", "-3", "buy 4"),
        ("1", "0", "buy 1"),
        ("1", "2", "buy 1"),
    ],
)
def test_contracts_that_contain_the_close_are_not_doubled(
    quantity: str, position: str, expected: str
) -> None:
    rule = Enter(side=BUY, quantity=D(quantity), may_include_close=True)

    assert sized(rule, a_holding(position)) == expected


@pytest.mark.parametrize(
    ("position", "expected"), [("2", "buy 1"), ("-2", "sell 1"), ("0", "nothing_to_do")]
)
def test_adding_goes_the_way_that_is_held(position: str, expected: str) -> None:
    assert sized(Fixed(side=None, quantity=D(1)), a_holding(position)) == expected


@pytest.mark.parametrize(
    ("to", "position", "expected"),
    [(LONG, "1", "nothing_to_do"), (LONG, "-1", "buy 2"), (SHORT, "0", "nothing_to_do")],
)
def test_a_reversal_that_is_done_already_changes_nothing(
    to: Direction, position: str, expected: str
) -> None:
    assert sized(Reverse(to=to), a_holding(position)) == expected


@pytest.mark.parametrize(
    ("rule", "holding", "expected"),
    [
        (Notional(side=BUY, amount=D(250)), a_holding(), "buy 2.500"),
        (Notional(side=BUY, amount=D(100)), a_holding(price="30"), "buy 3.333"),
        (Notional(side=BUY, amount=D(1)), a_holding(price="30000"), "precision_or_size"),
        (Notional(side=BUY, amount=D(100)), a_holding(price=None), "no_price"),
        (Notional(side=SELL, amount=D(100), enters=True), a_holding("2"), "sell 3.000"),
        (Notional(side=SELL, amount=D(100)), a_holding("2"), "sell 1.000"),
        (EquityShare(side=BUY, percent=D(5)), a_holding(equity="10000"), "buy 5.000"),
        (EquityShare(side=BUY, percent=D(5)), a_holding(equity="0"), "insufficient_funds"),
        (EquityShare(side=BUY, percent=D(5)), a_holding(), "insufficient_funds"),
        (
            EquityShare(side=BUY, percent=D(5), enters=True),
            a_holding("-1", equity="10000"),
            "buy 6.000",
        ),
    ],
)
def test_money_becomes_a_quantity(rule: SizingRule, holding: Holding, expected: str) -> None:
    assert sized(rule, holding) == expected


def test_money_buys_fewer_units_where_a_unit_is_worth_a_multiple() -> None:
    instrument = an_instrument(step="1", min_quantity="1", multiplier="200")

    decision = size(
        Notional(side=BUY, amount=D(10_000_000)),
        a_holding(price="23000"),
        instrument,
        can_flip=True,
    )

    assert in_words(decision) == "buy 2"


@pytest.mark.parametrize(
    ("rule", "position", "expected"),
    [
        (Target(size=D(-1)), "1", "sell 1 reduce"),
        (Target(size=D(-1)), "0", "position_rule"),
        (Enter(side=SELL, quantity=D(1)), "2", "sell 2 reduce"),
        (Fixed(side=SELL, quantity=D(2)), "1", "sell 1 reduce"),
        (Fixed(side=SELL, quantity=D(1)), "0", "position_rule"),
        (Fixed(side=BUY, quantity=D(1)), "0", "buy 1"),
        (Reverse(), "1", "sell 1 reduce"),
    ],
)
def test_a_flip_is_flat_where_nothing_can_be_held_short(
    rule: SizingRule, position: str, expected: str
) -> None:
    assert sized(rule, a_holding(position), shorts=False) == expected


def test_an_exit_of_more_than_is_held_says_what_it_leaves_out() -> None:
    decision = size(
        Fixed(side=SELL, quantity=D(2)),
        a_holding("1"),
        an_instrument(),
        can_flip=True,
        reduce_only=True,
    )

    assert isinstance(decision, Sized)
    assert tuple(map(str, decision.notes)) == (
        "More was asked than is held; an exit opens nothing.",
    )


@pytest.mark.parametrize(
    ("rule", "locked", "expected"),
    [
        (Close(direction=ANY), "0", "sell 1 reduce"),
        (Close(direction=ANY), "0.4", "sell 0.6 reduce"),
        (Close(direction=LONG, quantity=D("0.5")), "0.4", "sell 0.5 reduce"),
        (Close(direction=LONG, percent=D(50)), "0.7", "sell 0.3 reduce"),
        (Close(direction=ANY), "1", "position_rule"),
        (Close(direction=ANY), "0.9995", "position_rule"),
        (Fixed(side=SELL, quantity=D(1)), "0.4", "sell 0.6"),
        (Fixed(side=SELL, quantity=D(2)), "0.4", "sell 0.6 reduce"),
        (Reverse(), "0.4", "sell 0.6 reduce"),
        (Fixed(side=BUY, quantity=D(1)), "0.4", "buy 1"),
    ],
)
def test_what_orders_that_rest_have_set_aside_is_left_to_them(
    rule: SizingRule, locked: str, expected: str
) -> None:
    holding = msgspec.structs.replace(a_holding("1"), locked=D(locked))

    assert sized(rule, holding, can_flip=False, shorts=False) == expected


def test_trader_is_told_what_is_set_aside() -> None:
    holding = msgspec.structs.replace(a_holding("1"), locked=D("0.4"))

    decision = size(Close(direction=ANY), holding, an_instrument(shorts=False), can_flip=False)

    assert isinstance(decision, Sized)
    assert [str(note) for note in decision.notes] == [
        "Orders that rest have set aside 0.4 of the 1 held. The rest is sold."
    ]


def test_target_does_not_sell_twice_what_a_resting_sale_already_sells() -> None:
    holding = msgspec.structs.replace(a_holding("1", working="-0.4"), locked=D("0.4"))

    assert sized(Target(size=D(0)), holding, can_flip=False, shorts=False) == "sell 0.6 reduce"
