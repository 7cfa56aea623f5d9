"""A reversal read as a whole: one state and one sentence for its two orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.values import OrderState, Side
from handlers.records.lifecycle import FINAL, UNRESOLVED
from handlers.records.orders import NextLeg, Order
from handlers.records.reversal import Reversal, ReversalStanding, reversal_of
from tests.unit.handlers.records.test_lifecycle import an_order

S = OrderState
states = st.sampled_from(sorted(OrderState))
reasons = st.sampled_from([None, "kill_switch_active", "cancel_requested", "first_leg_not_filled"])


def a_first_leg(state: OrderState, **fields: Any) -> Order:
    told: dict[str, Any] = {
        "side": Side.SELL,
        "next_leg": NextLeg(side=Side.SELL, quantity=Decimal(3)),
        "filled_quantity": Decimal(2) if state is S.FILLED else Decimal(0),
    }
    return an_order(state, **(told | fields))


def a_second_leg(state: OrderState, **fields: Any) -> Order:
    return an_order(state, **({"leg": 2, "side": Side.SELL} | fields))


def whole_of(
    first: OrderState, second: OrderState | None = None, why_not: str | None = None
) -> Reversal:
    opening = None if second is None else a_second_leg(second)
    whole = reversal_of(a_first_leg(first), opening, why_not)
    assert whole is not None
    return whole


def test_an_order_without_a_second_leg_is_no_reversal() -> None:
    assert reversal_of(an_order(S.FILLED), None, None) is None


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        (S.SENDING, None, S.SENDING),
        (S.CANCELLED, None, S.CANCELLED),
        (S.UNKNOWN, None, S.UNKNOWN),
        (S.FILLED, None, S.CANCELLED),
        (S.FILLED, S.QUEUED, S.PARTIALLY_FILLED),
        (S.FILLED, S.ACCEPTED, S.PARTIALLY_FILLED),
        (S.FILLED, S.FILLED, S.FILLED),
        (S.FILLED, S.DENIED, S.DENIED),
        (S.FILLED, S.NEEDS_REVIEW, S.NEEDS_REVIEW),
    ],
)
def test_its_state_is_the_fold_of_its_legs(
    first: OrderState, second: OrderState | None, state: OrderState
) -> None:
    assert whole_of(first, second).state is state


@given(first=states, second=states, why_not=reasons)
def test_it_is_filled_only_when_both_legs_are(
    first: OrderState, second: OrderState, why_not: str | None
) -> None:
    is_filled = whole_of(first, second, why_not).state is S.FILLED

    assert is_filled is (first is S.FILLED and second is S.FILLED)


@given(first=states, second=st.none() | states, why_not=reasons)
def test_it_is_over_only_when_nothing_of_it_can_trade_any_more(
    first: OrderState, second: OrderState | None, why_not: str | None
) -> None:
    is_over = whole_of(first, second, why_not).state in FINAL

    opens = second if first is S.FILLED else None
    assert is_over is (first in FINAL and (opens is None or opens in FINAL))


@given(first=states, second=st.none() | states)
def test_what_is_in_doubt_is_said_to_be(first: OrderState, second: OrderState | None) -> None:
    whole = whole_of(first, second)

    assert (whole.standing is ReversalStanding.IN_DOUBT) is (whole.state in UNRESOLVED)


@pytest.mark.parametrize(
    ("side", "standing", "text"),
    [
        (
            Side.SELL,
            ReversalStanding.STILL_LONG,
            "Still long: the closing order was not placed, and nothing was opened.",
        ),
        (
            Side.BUY,
            ReversalStanding.STILL_SHORT,
            "Still short: the closing order was not placed, and nothing was opened.",
        ),
    ],
)
def test_a_close_that_failed_leaves_what_was_held(
    side: Side, standing: ReversalStanding, text: str
) -> None:
    whole = reversal_of(a_first_leg(S.NOT_PLACED, side=side), None, "first_leg_not_filled")

    assert whole is not None
    assert (whole.standing, whole.text) == (standing, text)


def test_a_close_in_part_says_how_much() -> None:
    first = a_first_leg(S.CANCELLED, filled_quantity=Decimal(1))
    whole = reversal_of(first, None, "first_leg_not_filled")

    assert whole is not None
    assert whole.text == "Still long: only 1 of 2 was closed, and nothing was opened."


def test_an_opening_in_part_says_how_much() -> None:
    second = a_second_leg(S.EXPIRED, filled_quantity=Decimal(1), frozen_quantity=Decimal(3))
    whole = reversal_of(a_first_leg(S.FILLED), second, None)

    assert whole is not None
    assert (whole.standing, whole.text) == (
        ReversalStanding.PARTLY_FLIPPED,
        "Flipped in part: 1 of 3 was opened.",
    )


@pytest.mark.parametrize(
    ("why_not", "words"),
    [
        ("kill_switch_active", "because the kill switch is engaged"),
        ("cancel_requested", "because a cancel was asked for"),
        ("first_leg_not_filled", "because the close was complete only after its order had ended"),
    ],
)
def test_a_leg_that_was_not_opened_says_why(why_not: str, words: str) -> None:
    assert (
        whole_of(S.FILLED, None, why_not).text == f"Flat, not flipped: nothing was opened {words}."
    )


def test_the_kill_switch_between_the_legs_is_named_as_the_error() -> None:
    assert whole_of(S.FILLED, None, "kill_switch_active").error_code == "kill_switch_active"
