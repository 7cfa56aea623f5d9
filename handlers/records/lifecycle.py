"""The order's life as rules: which state may follow which, and how a settlement folds in.

Pure. The record's SQL says the same (`store/migrations`: 0003, 0008, 0150, 0231, 0253,
0280); a test compares the two over all states. Filled quantity never falls, and what a venue
proves wins over what was believed.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING

import msgspec

from bus.values import WORKING, OrderState
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bus.values import OrderId
    from handlers.records.orders import Order, Settlement

S = OrderState

FINAL = frozenset({S.FILLED, S.CANCELLED, S.EXPIRED, S.REJECTED, S.DENIED, S.NOT_PLACED})
UNRESOLVED = frozenset({S.UNKNOWN, S.NEEDS_REVIEW})
# What a cancel may still reach at a venue.
LIVE = WORKING | UNRESOLVED | {S.SENDING}

# States that a venue's own evidence can show of an order that exists there.
PLACED = frozenset({S.ACCEPTED, S.PARTIALLY_FILLED, S.FILLED, S.CANCELLED, S.EXPIRED})
_EVIDENCE = PLACED | {S.REJECTED}

# What a settlement may do to an order that was sent at least once. From `sending`, `queued` and
# `unknown` count only for the epoch that claimed. An order back in the queue (or denied there) that
# the venue turns out to know must not be sent again, so evidence wins there too. A venue that no
# longer shows an order which worked there proves nothing of how it ended.
SETTLE_MOVES: Mapping[OrderState, frozenset[OrderState]] = {
    S.QUEUED: PLACED,
    S.SENDING: _EVIDENCE | {S.UNKNOWN, S.QUEUED},
    S.ACCEPTED: (PLACED - {S.ACCEPTED}) | {S.NEEDS_REVIEW},
    S.PARTIALLY_FILLED: (PLACED - {S.PARTIALLY_FILLED}) | {S.NEEDS_REVIEW},
    S.UNKNOWN: _EVIDENCE | {S.NOT_PLACED, S.NEEDS_REVIEW},
    S.NEEDS_REVIEW: _EVIDENCE | {S.NOT_PLACED},
    S.NOT_PLACED: PLACED,
    S.CANCELLED: frozenset({S.FILLED}),
    S.EXPIRED: frozenset({S.FILLED}),
    S.REJECTED: frozenset({S.FILLED}),
    S.DENIED: PLACED,
    S.FILLED: frozenset(),
}

# Why an order that expired was never sent, as its code and in words.
UNSENT_IN_TIME = ("expired", "It was not sent in time; an order never executes late.")
# Sends that provably never happened before the house gives up on an order.
MAX_UNSENT = 3
_PRICE_STEP = Decimal("1e-12")
# What a position comes to has more digits than a quantity and a price have, each of 27.
_EXACT = Context(prec=200)
# A state that enough fills turn into `filled`, whatever it is called until then.
_FILLS_UP = WORKING | {S.CANCELLED, S.EXPIRED, S.REJECTED}


class Traded(msgspec.Struct, frozen=True, kw_only=True):
    """The sum of an order's recorded fills, and how many of them are new with this settlement."""

    quantity: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    added: int = 0


class Folded(msgspec.Struct, frozen=True, kw_only=True):
    """An order after a settlement.

    Attributes:
        is_refused: The lifecycle does not allow what was said; it goes into the event as evidence.
        has_changed: Anything of the order or its fills is new.
    """

    state: OrderState
    filled_quantity: Decimal
    average_price: Decimal | None
    broker_order_id: str | None
    error_code: str | None
    error_message: str | None
    is_refused: bool
    has_changed: bool


def disputed(order: Order, said: Settlement, taken: Sequence[str]) -> Settlement:
    """Return what is left of a settlement that has executions of other orders: they are `taken`.

    It is about something else, so nobody knows how the order stands; what executions are its own
    count nevertheless.
    """
    state = S.UNKNOWN if order.state is S.SENDING else order.state
    if order.state is not S.SENDING and S.NEEDS_REVIEW in SETTLE_MOVES[order.state]:
        state = S.NEEDS_REVIEW
    return msgspec.structs.replace(
        said,
        state=state,
        filled_quantity=None,
        average_price=None,
        broker_order_id=None,
        error_code="fill_of_another_order",
        error_message=(
            "The venue shows an execution of another order under this one. "
            "Look at your account there."
        ),
        evidence={**said.evidence, "fills_of_others": list(taken)},
    )


def mistaken(order: Order, said: Settlement, other: OrderId) -> Settlement:
    """Return what is left of a settlement whose order at the venue is another one's: `other`.

    Nothing of it is this order's, its executions neither: nobody knows how the order stands.
    """
    left = disputed(order, said, ())
    message = "What the venue shows is another order of yours. Look at your account there."
    return msgspec.structs.replace(
        left,
        fills=(),
        error_code="order_of_another",
        error_message=message,
        evidence={**said.evidence, "order_of_another": str(other)},
    )


def can_settle(current: OrderState, said: OrderState, *, same_epoch: bool) -> bool:
    """Say whether a settlement may move an order that was sent from one state to another."""
    if said not in SETTLE_MOVES[current]:
        return False
    return same_epoch or said not in {S.QUEUED, S.UNKNOWN}


def fold(order: Order, said: Settlement, traded: Traded) -> Folded:
    """Fold what is now known into an order.

    Args:
        order: As recorded.
        said: The settlement.
        traded: All fills of the order, those of the settlement included.
    """
    if order.attempts == 0:
        return _unmoved(order, is_refused=said.state is not order.state)
    filled = max(order.filled_quantity, said.filled_quantity or Decimal(0), traded.quantity)
    same_epoch = said.epoch == order.epoch
    is_allowed = can_settle(order.state, said.state, same_epoch=same_epoch)
    state = _by_fills(_moved_to(order, said) if is_allowed else order.state, order, filled)
    gives_up = is_allowed and said.state is S.QUEUED and state is S.REJECTED
    code = "broker_unavailable" if gives_up else said.error_code
    has_moved = state is not order.state
    broker_order_id = order.broker_order_id or said.broker_order_id
    average = _average(order, said, traded, filled)
    return Folded(
        state=state,
        filled_quantity=filled,
        average_price=average,
        broker_order_id=broker_order_id,
        error_code=code if has_moved else order.error_code,
        error_message=said.error_message if has_moved else order.error_message,
        is_refused=said.state is not order.state and not is_allowed,
        has_changed=has_moved
        or traded.added > 0
        or filled != order.filled_quantity
        or average != order.average_price
        or broker_order_id != order.broker_order_id,
    )


def stage_of(before: OrderState) -> Stage:
    """Name the hop of a settlement: an unresolved order is resolved, any other settled."""
    return Stage.RESOLVED if before in UNRESOLVED else Stage.SETTLED


def why_no_second_leg(order: Order, after: Folded, *, is_switch_engaged: bool) -> str | None:
    """Say why a reversal's first leg, now final, opens nothing; `None` if it does."""
    frozen = order.frozen_quantity or Decimal(0)
    if after.state is not S.FILLED or after.filled_quantity < frozen:
        return "first_leg_not_filled"
    if order.cancel_requested_at is not None:
        return "cancel_requested"
    return "kill_switch_active" if is_switch_engaged else None


def becomes_final(before: OrderState, after: OrderState) -> bool:
    """Say whether an order ended just now."""
    return before not in FINAL and after in FINAL


def _unmoved(order: Order, *, is_refused: bool) -> Folded:
    return Folded(
        state=order.state,
        filled_quantity=order.filled_quantity,
        average_price=order.average_price,
        broker_order_id=order.broker_order_id,
        error_code=order.error_code,
        error_message=order.error_message,
        is_refused=is_refused,
        has_changed=False,
    )


def _moved_to(order: Order, said: Settlement) -> OrderState:
    """Return the state an allowed settlement asks for; an unsent order has three tries."""
    if said.state is not S.QUEUED:
        return said.state
    if order.cancel_requested_at is not None:
        return S.CANCELLED
    return S.QUEUED if order.attempts <= MAX_UNSENT else S.REJECTED


def _by_fills(state: OrderState, order: Order, filled: Decimal) -> OrderState:
    size = order.frozen_quantity or Decimal(0)
    if state in _FILLS_UP and filled >= size > 0:
        return S.FILLED
    if state is S.ACCEPTED and filled > 0:
        return S.PARTIALLY_FILLED
    return state


def _average(order: Order, said: Settlement, traded: Traded, filled: Decimal) -> Decimal | None:
    """Trust a report that knows of everything filled, else the fills where they are complete."""
    if said.average_price is not None and said.filled_quantity == filled:
        return said.average_price
    if traded.quantity == filled and filled > 0:
        return plain((traded.value / filled).quantize(_PRICE_STEP, ROUND_HALF_UP))
    return order.average_price


def plain(number: Decimal) -> Decimal:
    """Drop trailing zeros without an exponent: 100.500 is 100.5, and 100 stays 100."""
    trimmed = number.normalize(_EXACT)
    exponent = trimmed.as_tuple().exponent
    is_scaled = isinstance(exponent, int) and exponent > 0
    return trimmed.quantize(Decimal(1), context=_EXACT) if is_scaled else trimmed
