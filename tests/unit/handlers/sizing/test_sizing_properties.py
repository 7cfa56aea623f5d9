"""What must hold of sizing whatever is held, worked and asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given
from hypothesis import strategies as st

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
from handlers.sizing.rounding import round_quantity
from handlers.sizing.sized import Denied, Holding, Sized, size
from tests.unit.handlers.sizing.sizing_builders import D, an_instrument

if TYPE_CHECKING:
    from broker_adapters.base import Instrument

ZERO = Decimal(0)

amounts = st.decimals(min_value="0.0001", max_value="100000", places=4)
signed = st.decimals(min_value="-100000", max_value="100000", places=4)
sides = st.sampled_from(Side)
directions = st.sampled_from(Direction)
instruments = st.builds(
    an_instrument,
    step=st.sampled_from(["0.0001", "0.01", "0.25", "1", "3"]),
    min_quantity=st.just("0"),
    shorts=st.booleans(),
)


@st.composite
def any_holding(draw: st.DrawFn) -> Holding:
    return Holding(
        position=draw(signed),
        working=draw(st.just(ZERO) | signed),
        equity=draw(amounts),
        price=draw(st.none() | amounts),
    )


holdings = any_holding()
idle = st.builds(Holding, position=signed, price=st.just(D(100)))
exits: st.SearchStrategy[SizingRule] = st.builds(
    Close,
    direction=directions,
    quantity=st.none() | amounts,
    percent=st.none() | st.decimals(min_value="0.1", max_value="200", places=1),
) | st.builds(Target, size=st.just(ZERO))
rules: st.SearchStrategy[SizingRule] = (
    exits
    | st.builds(Fixed, side=st.none() | sides, quantity=amounts)
    | st.builds(Enter, side=sides, quantity=amounts, may_include_close=st.booleans())
    | st.builds(Notional, side=sides, amount=amounts, enters=st.booleans())
    | st.builds(EquityShare, side=sides, percent=amounts, enters=st.booleans())
    | st.builds(Target, size=signed)
    | st.builds(Reverse, quantity=st.none() | amounts, to=st.none() | directions)
)


def signed_by(side: Side, quantity: Decimal) -> Decimal:
    return quantity if side is Side.BUY else -quantity


def after_first_leg(position: Decimal, sized: Sized) -> Decimal:
    return position + signed_by(sized.side, sized.quantity)


def after(position: Decimal, sized: Sized) -> Decimal:
    """Execute all legs in full."""
    position = after_first_leg(position, sized)
    if sized.next_leg is not None:
        position += signed_by(sized.next_leg.side, sized.next_leg.quantity)
    return position


@given(target=signed, holding=idle, instrument=instruments, can_flip=st.booleans())
def test_after_all_legs_the_position_is_the_target(
    target: Decimal, holding: Holding, instrument: Instrument, *, can_flip: bool
) -> None:
    sized = size(Target(size=target), holding, instrument, can_flip=can_flip)

    position = holding.position or ZERO
    step = instrument.quantity_step
    goal = round_quantity(target, step)
    if not instrument.shorts:
        goal = max(goal, min(position, ZERO))
    if isinstance(sized, Sized):
        assert abs(after(position, sized) - goal) < step
    else:
        assert abs(position - goal) < step


@given(target=signed, start=st.integers(-50, 50), instrument=instruments, can_flip=st.booleans())
def test_the_same_target_again_sends_nothing(
    target: Decimal, start: int, instrument: Instrument, *, can_flip: bool
) -> None:
    rule = Target(size=target)
    position = start * instrument.quantity_step
    first = size(rule, Holding(position=position), instrument, can_flip=can_flip)
    if isinstance(first, Sized):
        position = after(position, first)

    second = size(rule, Holding(position=position), instrument, can_flip=can_flip)

    assert isinstance(second, Denied)


@given(target=signed, holding=holdings, instrument=instruments, can_flip=st.booleans())
def test_a_target_is_never_passed(
    target: Decimal, holding: Holding, instrument: Instrument, *, can_flip: bool
) -> None:
    sized = size(Target(size=target), holding, instrument, can_flip=can_flip)

    if isinstance(sized, Sized):
        position = holding.position or ZERO
        low, high = sorted((position, round_quantity(target, instrument.quantity_step)))
        assert low <= after(position, sized) <= high


@given(rule=exits, holding=holdings, instrument=instruments, can_flip=st.booleans())
def test_exits_never_open(
    rule: SizingRule, holding: Holding, instrument: Instrument, *, can_flip: bool
) -> None:
    sized = size(rule, holding, instrument, can_flip=can_flip)

    if isinstance(sized, Sized):
        assert_reduces(holding.position or ZERO, sized)


@given(rule=rules, holding=holdings, instrument=instruments, can_flip=st.booleans())
def test_whatever_was_asked_for_as_an_exit_never_opens(
    rule: SizingRule, holding: Holding, instrument: Instrument, *, can_flip: bool
) -> None:
    sized = size(rule, holding, instrument, can_flip=can_flip, reduce_only=True)

    if isinstance(sized, Sized):
        assert_reduces(holding.position or ZERO, sized)


def assert_reduces(position: Decimal, sized: Sized) -> None:
    left = after(position, sized)
    assert sized.reduce_only
    assert sized.next_leg is None
    assert abs(left) < abs(position)
    assert left * position >= 0


@given(rule=rules, position=signed, instrument=instruments)
def test_the_first_of_two_legs_only_closes(
    rule: SizingRule, position: Decimal, instrument: Instrument
) -> None:
    holding = Holding(position=position, price=D(100), equity=D(1000))
    sized = size(rule, holding, instrument, can_flip=False)

    if isinstance(sized, Sized) and sized.next_leg is not None:
        left = after_first_leg(position, sized)
        assert sized.reduce_only
        assert left * position >= 0
        assert abs(left) < instrument.quantity_step


@given(rule=rules, position=signed, instrument=instruments)
def test_one_order_and_two_legs_end_at_the_same_position(
    rule: SizingRule, position: Decimal, instrument: Instrument
) -> None:
    position = round_quantity(position, instrument.quantity_step)
    holding = Holding(position=position, price=D(100), equity=D(1000))
    at_once = size(rule, holding, instrument, can_flip=True)
    in_legs = size(rule, holding, instrument, can_flip=False)

    assert isinstance(at_once, Denied) == isinstance(in_legs, Denied)
    if isinstance(at_once, Sized) and isinstance(in_legs, Sized):
        assert after(position, at_once) == after(position, in_legs)


@given(rule=rules, holding=holdings, instrument=instruments, can_flip=st.booleans())
def test_every_leg_is_a_whole_number_of_steps(
    rule: SizingRule, holding: Holding, instrument: Instrument, *, can_flip: bool
) -> None:
    sized = size(rule, holding, instrument, can_flip=can_flip)

    if isinstance(sized, Sized):
        legs = [sized.quantity]
        legs += [] if sized.next_leg is None else [sized.next_leg.quantity]
        assert all(leg > 0 and leg % instrument.quantity_step == 0 for leg in legs)


@given(rule=rules, holding=holdings, can_flip=st.booleans())
def test_no_order_goes_short_where_nothing_can_be(
    rule: SizingRule, holding: Holding, *, can_flip: bool
) -> None:
    holding = msgspec.structs.replace(holding, position=abs(holding.position or ZERO))
    holding = msgspec.structs.replace(holding, working=ZERO)
    sized = size(rule, holding, an_instrument(shorts=False), can_flip=can_flip)

    if isinstance(sized, Sized):
        assert after(holding.position or ZERO, sized) >= 0


@given(rule=rules, holding=holdings, instrument=instruments, can_flip=st.booleans())
def test_the_same_question_has_the_same_answer(
    rule: SizingRule, holding: Holding, instrument: Instrument, *, can_flip: bool
) -> None:
    answers = [size(rule, holding, instrument, can_flip=can_flip) for _ in range(2)]

    assert answers[0] == answers[1]


@given(rule=rules)
def test_a_rule_survives_the_record(rule: SizingRule) -> None:
    kept = msgspec.json.decode(msgspec.json.encode(rule), type=SizingRule)

    assert kept == rule
