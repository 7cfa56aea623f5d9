"""What an order of ours is at the venue: one order, or lots and an odd rest as two. Pure.

1,234 shares are one lot and 234 odd shares, which trade in a market of their own: limit orders for
the day alone. A futures order is one order; at the market it has to be immediate.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from broker_adapters.base import OrderRef, OrderRequest, Reason, Rejected
from broker_adapters.shioaji.mapping import Lot
from broker_adapters.shioaji.steps import LOT, is_fund, rounded, stock_tick
from bus.values import OrderType, Side, TimeInForce

if TYPE_CHECKING:
    from broker_adapters.shioaji.listing import Listing

LIMIT, MARKET = "LMT", "MKT"
REST_OF_DAY = "ROD"
_TIMES = {
    TimeInForce.DAY: REST_OF_DAY,
    TimeInForce.GTC: REST_OF_DAY,
    TimeInForce.IOC: "IOC",
    TimeInForce.FOK: "FOK",
}
_NETS, _COVERS = "Auto", "Cover"


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One order at the venue; quantity in the units of `lot`.

    Attributes:
        price_type: Empty where nobody remembers whether it was a limit order.
        effect: What a futures order is told to do to the position.
    """

    code: str
    lot: Lot
    side: Side
    quantity: int
    price: Decimal
    price_type: str
    time_in_force: str
    effect: str | None = None

    @property
    def amount(self) -> Decimal:
        """How many shares or contracts it is."""
        return Decimal(self.quantity * self.lot.size)


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What both a request and a reference say of an order."""

    side: Side
    quantity: int
    order_type: OrderType | None
    limit_price: Decimal | None
    time_in_force: TimeInForce = TimeInForce.DAY
    reduce_only: bool = False


def legs_of(request: OrderRequest, listing: Listing) -> tuple[Leg, ...] | Rejected:
    """Return what to send, or why it cannot be sent; quantities are rounded down."""
    legs = _legs(
        _Wanted(
            side=request.side,
            quantity=int(request.quantity),
            order_type=request.order_type,
            limit_price=request.limit_price,
            time_in_force=request.time_in_force,
            reduce_only=request.reduce_only,
        ),
        listing,
    )
    return _refusal(request, legs, listing) or legs


def legs_of_ref(ref: OrderRef, listing: Listing) -> tuple[Leg, ...]:
    """Return what was sent, as far as it is remembered."""
    return _legs(
        _Wanted(
            side=ref.side,
            quantity=int(ref.quantity),
            order_type=ref.order_type,
            limit_price=ref.limit_price,
        ),
        listing,
    )


def _legs(wanted: _Wanted, listing: Listing) -> tuple[Leg, ...]:
    if not listing.is_stock:
        return (_leg(wanted, listing, Lot.CONTRACT, wanted.quantity),)
    lots, odd = divmod(wanted.quantity, LOT)
    parts = ((Lot.COMMON, lots), (Lot.ODD, odd))
    return tuple(_leg(wanted, listing, lot, quantity) for lot, quantity in parts if quantity)


def _leg(wanted: _Wanted, listing: Listing, lot: Lot, quantity: int) -> Leg:
    is_market = wanted.order_type is OrderType.MARKET
    price, price_type = _price(wanted, listing), MARKET if is_market else LIMIT
    time_in_force = _TIMES[wanted.time_in_force]
    if is_market and time_in_force == REST_OF_DAY:
        time_in_force = "IOC"
    if is_market and lot is Lot.ODD:
        # Odd lots know no market orders: the day's limit fills at what the market asks.
        price_type, time_in_force = LIMIT, REST_OF_DAY
        limit = listing.ceiling if wanted.side is Side.BUY else listing.floor
        price = limit or Decimal(0)
    return Leg(
        code=listing.code,
        lot=lot,
        side=wanted.side,
        quantity=quantity,
        price=price,
        price_type=price_type if wanted.order_type is not None else "",
        time_in_force=time_in_force,
        effect=_effect(wanted) if lot is Lot.CONTRACT else None,
    )


def _effect(wanted: _Wanted) -> str:
    return _COVERS if wanted.reduce_only else _NETS


def _price(wanted: _Wanted, listing: Listing) -> Decimal:
    if wanted.limit_price is None:
        return Decimal(0)
    tick = listing.instrument.price_tick
    if listing.is_stock:
        tick = stock_tick(wanted.limit_price, is_fund=is_fund(listing.code))
    return rounded(wanted.limit_price, side=wanted.side, tick=tick)


def _refusal(request: OrderRequest, legs: tuple[Leg, ...], listing: Listing) -> Rejected | None:
    """Say what SinoPac would refuse, or worse: would take without looking."""
    most = listing.instrument.max_quantity
    if not legs or legs[0].quantity < 1 or (most is not None and request.quantity > most):
        return _no(Reason.PRECISION_OR_SIZE, "The quantity is less than 1 or more than allowed.")
    if listing.is_stock and request.reduce_only and request.side is Side.BUY:
        return _no(Reason.POSITION_RULE, "Shares are never short: no purchase reduces anything.")
    if listing.is_suspended:
        return _no(Reason.MARKET_CLOSED, f"{listing.symbol} is suspended today.")
    odd = next((leg for leg in legs if leg.lot is Lot.ODD), None)
    return _price_refusal(request, legs[0].price, listing) or (odd and _odd_refusal(request, odd))


def _price_refusal(request: OrderRequest, price: Decimal, listing: Listing) -> Rejected | None:
    if request.order_type is not OrderType.LIMIT:
        return None
    if request.limit_price is None or price <= 0:
        return _no(Reason.PRECISION_OR_SIZE, "The price is less than one tick.")
    if (listing.floor or price) <= price <= (listing.ceiling or price):
        return None
    message = f"{price} is outside of today's {listing.floor} to {listing.ceiling}."
    return _no(Reason.PRICE_BAND, message)


def _odd_refusal(request: OrderRequest, odd: Leg) -> Rejected | None:
    if odd.price <= 0:
        return _no(Reason.NO_PRICE, "Today's price limits are not known: give a limit price.")
    if request.time_in_force in {TimeInForce.IOC, TimeInForce.FOK}:
        message = "Odd lots trade for the day alone: ask for whole lots of 1,000 shares, or `day`."
        return _no(Reason.INVALID_REQUEST, message)
    return None


def _no(reason: Reason, message: str) -> Rejected:
    return Rejected(reason=reason, message=message)
