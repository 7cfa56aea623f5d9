"""An order as it will be sent, from what is held: side, quantity and prices in the venue's steps.

Pure: whoever calls has read the position.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from bus.values import Mode, OrderType, Side, TimeInForce
from handlers.records.orders import NextLeg, Order
from handlers.sizing.limits import check_prices
from handlers.sizing.rounding import round_limit_price, round_stop_price
from handlers.sizing.sized import Denied, Holding, size

if TYPE_CHECKING:
    from broker_adapters.base import Instrument
    from handlers.orders.desk import Desk


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What an order was frozen against."""

    holding: Holding
    step: Decimal


class Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """What will be sent: quantities and prices in the venue's own steps.

    Attributes:
        traded_as: The contract, where the order's symbol is a name that leads to it now.
    """

    side: Side
    quantity: Decimal
    reduce_only: bool
    limit_price: Decimal | None
    stop_price: Decimal | None
    next_leg: NextLeg | None
    notes: tuple[str, ...]
    seen: Seen
    traded_as: str | None = None


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The order makes no sense at this venue or against this position, where one was read."""

    code: str
    message: str
    seen: Seen | None = None


def refusal_of(order: Order, desk: Desk) -> Refused | None:
    """Check again what the edge promised: nothing crosses from paper to live."""
    account, able = desk.account, desk.broker.capabilities
    if order.account_id != account.id or order.user_id != desk.lease.user_id:
        return Refused(code="account_mismatch", message="The order belongs to another account.")
    if order.mode is not account.mode:
        where = "a paper" if order.mode is Mode.PAPER else "a live"
        return Refused(code="mode_mismatch", message=f"This is {where} order, the account is not.")
    if order.order_type not in able.order_types:
        return Refused(
            code="unsupported_field", message=f"The venue takes no {order.order_type} orders."
        )
    if order.time_in_force not in able.times_in_force:
        return Refused(
            code="unsupported_field", message=f"The venue takes no {order.time_in_force} orders."
        )
    return None


def price_of(order: Order) -> Decimal | None:
    """Return what a unit costs as far as the order says."""
    return order.limit_price or order.reference_price


def frozen_against(
    order: Order, instrument: Instrument, holding: Holding, desk: Desk
) -> Frozen | Refused:
    """Size an order against what is held, and put its prices on the venue's ticks."""
    sized = size(
        order.sizing,
        holding,
        instrument,
        can_flip=desk.broker.capabilities.flips_atomically,
        reduce_only=order.reduce_only,
    )
    if isinstance(sized, Denied):
        return Refused(code=sized.code, message=str(sized.message))
    tick = instrument.price_tick
    limit_price = round_limit_price(order.limit_price, side=sized.side, tick=tick)
    stop_price = round_stop_price(order.stop_price, side=sized.side, tick=tick)
    # A limit of less than one tick rounds to 0, which some venues take for a market order.
    denied = check_prices(limit_price, stop_price, instrument)
    if denied is not None:
        return Refused(code=denied.code, message=str(denied.message))
    return Frozen(
        side=sized.side,
        quantity=sized.quantity,
        reduce_only=sized.reduce_only,
        limit_price=limit_price,
        stop_price=stop_price,
        next_leg=sized.next_leg,
        notes=(*map(str, sized.notes), *_ends_with_its_day(order, desk)),
        seen=seen_of(holding, instrument),
        traded_as=None if instrument.symbol == order.symbol else instrument.symbol,
    )


def _ends_with_its_day(order: Order, desk: Desk) -> tuple[str, ...]:
    """Say that an order ends sooner than its time in force would let it."""
    is_kept = desk.broker.capabilities.keeps_overnight or order.order_type is OrderType.MARKET
    if is_kept or order.time_in_force is not TimeInForce.GTC:
        return ()
    return ("The venue keeps no order overnight: it works until the end of the trading day.",)


def seen_of(holding: Holding, instrument: Instrument) -> Seen:
    """Return what an order is frozen against."""
    return Seen(holding=holding, step=instrument.quantity_step)
