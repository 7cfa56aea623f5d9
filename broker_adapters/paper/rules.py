"""What the venue does when it is asked: place, cancel, tick. Each is a pure function of the market.

A refusal changes nothing. A change is finished rows, to be committed by whoever keeps the market.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from broker_adapters.base import Reason
from broker_adapters.paper import book
from broker_adapters.paper.answers import Refused
from broker_adapters.paper.margin import available, opening
from broker_adapters.paper.market import Draft
from broker_adapters.paper.money import as_price, is_on_step
from broker_adapters.paper.rows import Change, PaperOrder
from bus.values import OrderState, OrderType, TimeInForce

if TYPE_CHECKING:
    from uuid import UUID

    from broker_adapters.base import OrderRequest
    from broker_adapters.paper.market import Market

# Wider than any market; what is wider still would not be exact everywhere.
MAX_AMOUNT = Decimal(10) ** 15
CLIENT_ID_MAX = 64
LATE = "The order came after its `send_by`; nothing was placed."
SYMBOL = re.compile(r"[A-Za-z0-9_.:/!-]{1,64}")
ORDER_TYPES = frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP, OrderType.STOP_LIMIT})
_NEEDS_LIMIT = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
_NEEDS_STOP = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


def place(
    market: Market, request: OrderRequest, *, order_id: UUID, send_by: datetime
) -> Change | Refused:
    """Take an order in and match it, with the price it brings along as a price event before it."""
    refusal = malformed(market, request)
    if refusal is not None:
        return refusal
    draft = Draft(market)
    budget = book.depth(draft.account(request.account_id).options)
    if request.reference_price is not None:
        left = book.tick(draft, request.symbol, as_price(request.reference_price))
        budget = left.get(request.account_id, budget)
    order = _clipped(draft, _new_order(request, order_id, send_by))
    refusal = _unplaceable(draft, order)
    if refusal is not None:
        return refusal
    opens = opening(draft, order) > 0
    draft.put(order)
    book.match(draft, order, budget, was_resting=False)
    book.drop_orphans(draft, order.account_id, order.symbol)
    return _unkept(draft, order, opens=opens) or draft.finished()


def cancel(market: Market, order_id: UUID) -> Change | None:
    """Stop working an order; `None` if it does not work."""
    order = market.orders.get(order_id)
    if order is None:
        return None
    return Change(orders=(msgspec.structs.replace(order, state=OrderState.CANCELLED),))


def tick(market: Market, symbol: str, price: Decimal) -> Change | Refused:
    """Set a symbol's price for all of the owner's accounts, and match what works there."""
    if SYMBOL.fullmatch(symbol) is None:
        return Refused(reason=Reason.INVALID_INSTRUMENT, message=f"{symbol!r} is no symbol.")
    if not _is_price(price):
        return _unusable("price", price)
    draft = Draft(market)
    book.tick(draft, symbol, as_price(price))
    return draft.finished()


def malformed(market: Market, request: OrderRequest) -> Refused | None:
    """Return why a request makes no sense whatever the market is, or `None`."""
    if request.account_id not in market.accounts:
        return not_open()
    if SYMBOL.fullmatch(request.symbol) is None:
        message = f"{request.symbol!r} is no symbol."
        return Refused(reason=Reason.INVALID_INSTRUMENT, message=message)
    if not 0 < len(request.client_order_id) <= CLIENT_ID_MAX:
        return _invalid(f"A client order id has 1 to {CLIENT_ID_MAX} characters.")
    if request.order_type not in ORDER_TYPES:
        return _invalid(f"The paper venue takes no {request.order_type.value} orders.")
    return _malformed_price(request) or _malformed_amount(request)


def not_open() -> Refused:
    """Refuse what concerns an account that was never opened here."""
    return _invalid("This account is not open at the paper venue.")


def _malformed_price(request: OrderRequest) -> Refused | None:
    kind = request.order_type.value
    if (request.order_type in _NEEDS_LIMIT) != (request.limit_price is not None):
        return _invalid(f"A {kind} order and this `limit_price` do not go together.")
    if (request.order_type in _NEEDS_STOP) != (request.stop_price is not None):
        return _invalid(f"A {kind} order and this `stop_price` do not go together.")
    return None


def _malformed_amount(request: OrderRequest) -> Refused | None:
    for name in ("quantity", "limit_price", "stop_price"):
        amount: Decimal | None = getattr(request, name)
        if amount is not None and not (_is_price(amount) and is_on_step(amount)):
            return _unusable(name, amount)
    price = request.reference_price
    return None if price is None or _is_price(price) else _unusable("reference_price", price)


def _clipped(draft: Draft, order: PaperOrder) -> PaperOrder:
    """Return a reduce-only order with no more than there is to reduce, if there is anything."""
    able = book.closable(draft, order)
    if not order.reduce_only or not 0 < able < order.quantity:
        return order
    return msgspec.structs.replace(order, quantity=able)


def _unplaceable(draft: Draft, order: PaperOrder) -> Refused | None:
    """Return why the order cannot be taken as the market is, or `None`."""
    if order.order_type is OrderType.MARKET and draft.price(order.symbol) is None:
        message = (
            f"{order.symbol} has no price yet. Send `price` in the alert, or set one with "
            "POST /api/paper/ticks."
        )
        return Refused(reason=Reason.NO_PRICE, message=message)
    if order.reduce_only and not book.closable(draft, order):
        message = f"Reduce-only, but there is no position of {order.symbol} to reduce."
        return Refused(reason=Reason.POSITION_RULE, message=message)
    return None


def _unkept(draft: Draft, order: PaperOrder, *, opens: bool) -> Refused | None:
    """Return why what became of the order must not stand, or `None`.

    Funds are looked at when all is done, so that what closes makes room for what opens.
    """
    is_whole_or_nothing = order.time_in_force is TimeInForce.FOK
    if is_whole_or_nothing and draft.order(order).state is OrderState.EXPIRED:
        message = "Fill or kill: the whole quantity could not be filled at once."
        return Refused(reason=Reason.NOT_FILLABLE, message=message)
    left = available(draft, order.account_id)
    if opens and left < 0:
        message = f"The order needs {left.copy_negate():f} more than the account has available."
        return Refused(reason=Reason.INSUFFICIENT_FUNDS, message=message)
    return None


def _new_order(request: OrderRequest, order_id: UUID, send_by: datetime) -> PaperOrder:
    return PaperOrder(
        order_id=order_id,
        account_id=request.account_id,
        client_order_id=request.client_order_id,
        symbol=request.symbol,
        side=request.side,
        quantity=request.quantity,
        order_type=request.order_type,
        limit_price=request.limit_price,
        stop_price=request.stop_price,
        time_in_force=request.time_in_force,
        reduce_only=request.reduce_only,
        expires_at=_end_of_day(send_by) if request.time_in_force is TimeInForce.DAY else None,
    )


def _end_of_day(instant: datetime) -> datetime:
    """Return the next midnight in UTC: paper has no exchange whose day could count."""
    today = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)


def _is_price(amount: Decimal) -> bool:
    return amount.is_finite() and 0 < amount <= MAX_AMOUNT and as_price(amount) > 0


def _unusable(name: str, amount: Decimal) -> Refused:
    message = f"`{name}` {amount} is not above zero, too large, or finer than 0.00000001."
    return Refused(reason=Reason.PRECISION_OR_SIZE, message=message)


def _invalid(message: str) -> Refused:
    return Refused(reason=Reason.INVALID_REQUEST, message=message)
