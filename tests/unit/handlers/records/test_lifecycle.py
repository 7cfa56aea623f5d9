"""The order's life: which state may follow which, and what a settlement makes of an order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.ids import uuid7
from bus.values import (
    AccountId,
    Mode,
    OrderId,
    OrderState,
    OrderType,
    Side,
    TimeInForce,
    UserId,
)
from handlers.records.lifecycle import (
    FINAL,
    LIVE,
    SETTLE_MOVES,
    UNRESOLVED,
    WORKING,
    Traded,
    becomes_final,
    can_settle,
    fold,
    plain,
    stage_of,
    why_no_second_leg,
)
from handlers.records.orders import Order, Settlement
from handlers.records.sizing_rules import Fixed

S = OrderState
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

states = st.sampled_from(sorted(OrderState))
quantities = st.decimals(min_value=0, max_value=100, places=3)


def an_order(state: OrderState = S.SENDING, **fields: Any) -> Order:
    rule = Fixed(side=Side.BUY, quantity=Decimal(2))
    told: dict[str, Any] = dict.fromkeys(Order.__struct_fields__) | {
        "id": OrderId(uuid7()),
        "user_id": UserId(uuid7()),
        "account_id": AccountId(uuid7()),
        "leg": 1,
        "seq": 1,
        "mode": Mode.PAPER,
        "symbol": "BTCUSDT",
        "sizing": rule,
        "side": Side.BUY,
        "frozen_quantity": Decimal(2),
        "order_type": OrderType.MARKET,
        "time_in_force": TimeInForce.GTC,
        "reduce_only": False,
        "state": state,
        "filled_quantity": Decimal(0),
        "client_order_id": "c",
        "epoch": 3,
        "attempts": 1,
        "expires_at": NOW + timedelta(seconds=60),
        "trace_id": "",
        "traceparent": "",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Order(**(told | fields))


def said(state: OrderState, **fields: Any) -> Settlement:
    told: dict[str, Any] = {"order_id": OrderId(uuid7()), "epoch": 3, "actor": "worker:x"}
    return Settlement(state=state, **(told | fields))


def test_every_state_has_its_moves() -> None:
    assert SETTLE_MOVES.keys() == set(OrderState)


def test_no_state_moves_to_itself() -> None:
    assert not [state for state, moves in SETTLE_MOVES.items() if state in moves]


def test_the_groups_of_states_cover_them_all_once() -> None:
    groups = [FINAL, UNRESOLVED, WORKING, {S.QUEUED, S.SENDING}]

    assert sorted(state for group in groups for state in group) == sorted(OrderState)


def test_what_is_live_is_neither_queued_nor_final() -> None:
    assert set(OrderState) - FINAL - {S.QUEUED} == LIVE


def test_nothing_but_a_send_under_way_becomes_unknown_or_queued() -> None:
    sources = {state for state, moves in SETTLE_MOVES.items() if moves & {S.UNKNOWN, S.QUEUED}}

    assert sources == {S.SENDING}


def test_nothing_becomes_sending_or_denied_by_a_settlement() -> None:
    assert not [state for state, moves in SETTLE_MOVES.items() if moves & {S.SENDING, S.DENIED}]


@pytest.mark.parametrize("state", [S.UNKNOWN, S.QUEUED])
@pytest.mark.parametrize("same", [True, False])
def test_only_the_epoch_that_claimed_may_say_so(state: OrderState, *, same: bool) -> None:
    assert can_settle(S.SENDING, state, same_epoch=same) is same


@pytest.mark.parametrize("state", sorted(SETTLE_MOVES[S.SENDING] - {S.UNKNOWN, S.QUEUED}))
def test_what_the_venue_says_counts_from_any_epoch(state: OrderState) -> None:
    assert can_settle(S.SENDING, state, same_epoch=False)


@given(state=states, to=states, before=quantities, told=quantities, traded=quantities)
def test_what_is_filled_never_falls(
    state: OrderState, to: OrderState, before: Decimal, told: Decimal, traded: Decimal
) -> None:
    order = an_order(state, filled_quantity=before)

    after = fold(order, said(to, filled_quantity=told), Traded(quantity=traded))

    assert after.filled_quantity >= before


@given(state=states, to=states, told=quantities, traded=quantities)
def test_folding_the_same_twice_is_folding_it_once(
    state: OrderState, to: OrderState, told: Decimal, traded: Decimal
) -> None:
    order = an_order(state)
    settlement = said(to, filled_quantity=told, average_price=Decimal(7))
    first = fold(order, settlement, Traded(quantity=traded, value=traded * 7, added=1))
    kept = {name: getattr(first, name) for name in ("state", "filled_quantity", "average_price")}
    order = msgspec.structs.replace(
        order, **kept, error_code=first.error_code, error_message=first.error_message
    )

    again = fold(order, settlement, Traded(quantity=traded, value=traded * 7))

    assert (again.state, again.has_changed) == (first.state, False)


@given(state=states, to=states)
def test_a_final_state_is_left_for_the_venues_own_evidence_alone(
    state: OrderState, to: OrderState
) -> None:
    after = fold(an_order(state), said(to), Traded())

    if state in FINAL and after.state is not state:
        assert to in {S.ACCEPTED, S.PARTIALLY_FILLED, S.FILLED, S.CANCELLED, S.EXPIRED}


@given(state=states, to=states)
def test_what_was_never_sent_is_changed_by_no_settlement(state: OrderState, to: OrderState) -> None:
    order = an_order(state, attempts=0)

    after = fold(order, said(to, filled_quantity=Decimal(2)), Traded(quantity=Decimal(2)))

    assert (after.state, after.filled_quantity) == (state, order.filled_quantity)
    assert after.is_refused is (to is not state)


def test_the_fourth_send_that_never_happened_ends_the_order() -> None:
    after = fold(an_order(attempts=4), said(S.QUEUED, error_code="x"), Traded())

    assert (after.state, after.error_code) == (S.REJECTED, "broker_unavailable")


def test_a_report_that_knows_of_everything_gives_the_average() -> None:
    report = said(S.FILLED, filled_quantity=Decimal(2), average_price=Decimal("10.5"))

    after = fold(an_order(), report, Traded(quantity=Decimal(1), value=Decimal(9)))

    assert after.average_price == Decimal("10.5")


def test_a_report_behind_the_fills_does_not_give_the_average() -> None:
    report = said(S.ACCEPTED, filled_quantity=Decimal(0), average_price=Decimal(99))

    after = fold(an_order(), report, Traded(quantity=Decimal(1), value=Decimal(9), added=1))

    assert after.average_price == Decimal(9)


def test_a_refused_word_changes_nothing() -> None:
    after = fold(an_order(S.FILLED), said(S.REJECTED), Traded())

    assert (after.is_refused, after.has_changed) == (True, False)


def test_a_state_that_clears_up_drops_the_old_reason() -> None:
    order = an_order(S.UNKNOWN, error_code="unknown_outcome", error_message="?")

    after = fold(order, said(S.ACCEPTED), Traded())

    assert (after.error_code, after.error_message) == (None, None)


def test_the_venues_id_is_kept_as_it_was_first_told() -> None:
    order = an_order(S.ACCEPTED, broker_order_id="first")

    after = fold(order, said(S.FILLED, broker_order_id="second"), Traded())

    assert after.broker_order_id == "first"


@pytest.mark.parametrize(
    ("state", "filled", "wanted", "engaged", "why"),
    [
        (S.FILLED, 2, False, False, None),
        (S.CANCELLED, 1, False, False, "first_leg_not_filled"),
        (S.FILLED, 1, False, False, "first_leg_not_filled"),
        (S.FILLED, 2, True, False, "cancel_requested"),
        (S.FILLED, 2, False, True, "kill_switch_active"),
    ],
)
def test_a_reversal_opens_only_after_a_whole_close(
    state: OrderState, filled: int, why: str | None, *, wanted: bool, engaged: bool
) -> None:
    order = an_order(cancel_requested_at=NOW if wanted else None)
    after = msgspec.structs.replace(
        fold(order, said(S.ACCEPTED), Traded()), state=state, filled_quantity=Decimal(filled)
    )

    assert why_no_second_leg(order, after, is_switch_engaged=engaged) == why


def test_an_order_ends_once() -> None:
    assert becomes_final(S.SENDING, S.FILLED)
    assert not becomes_final(S.CANCELLED, S.FILLED)


@pytest.mark.parametrize("state", sorted(OrderState))
def test_only_an_unresolved_order_is_resolved(state: OrderState) -> None:
    assert (stage_of(state) == "resolved") is (state in UNRESOLVED)


@pytest.mark.parametrize(("number", "text"), [("100.500", "100.5"), ("100", "100"), ("0", "0")])
def test_a_price_is_written_without_an_exponent(number: str, text: str) -> None:
    assert str(plain(Decimal(number))) == text
