"""The matching rules: when an order meets the market, at which price, and how much of it.

A price event is a tick or an alert's price. At each, an account may trade its market's depth of the
symbol, oldest orders first. Takers (market orders, triggered stops, a limit order that crosses as
it comes in) pay slippage; an order that was resting fills at its own limit.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from broker_adapters.base import Reason
from broker_adapters.paper.money import fee_on, product, signed, slipped, total
from broker_adapters.paper.rows import PaperFill, PaperOrder
from bus.values import OrderState, OrderType, Side, TimeInForce

if TYPE_CHECKING:
    from broker_adapters.paper.market import Draft
    from broker_adapters.paper.options import PaperOptions
    from bus.values import AccountId

_ZERO = Decimal(0)
_NO_LIMIT = Decimal("Infinity")
_AT_ONCE = frozenset({TimeInForce.IOC, TimeInForce.FOK})
_replace = msgspec.structs.replace


def depth(options: PaperOptions) -> Decimal:
    """Return how much of a symbol an account can trade at one price event."""
    return _NO_LIMIT if options.liquidity_per_tick is None else options.liquidity_per_tick


def tick(draft: Draft, symbol: str, price: Decimal) -> dict[AccountId, Decimal]:
    """Set a symbol's price and match everybody's working orders against it.

    Returns:
        The depth that is left, for each account that had orders there.
    """
    draft.set_price(symbol, price)
    left: dict[AccountId, Decimal] = {}
    for order in draft.working(symbol=symbol):
        account = order.account_id
        budget = left.get(account, depth(draft.account(account).options))
        left[account] = match(draft, order, budget, was_resting=True)
    for account in left:
        drop_orphans(draft, account, symbol)
    return left


def match(draft: Draft, order: PaperOrder, budget: Decimal, *, was_resting: bool) -> Decimal:
    """Fill what can be filled of an order at the symbol's last price; returns the depth left."""
    last = draft.price(order.symbol)
    if last is None or not order.is_working:
        return budget
    was_waiting = order.is_waiting
    if was_waiting and _is_reached(order, last):
        order = _replace(order, is_triggered=True)
        draft.put(order)
    if order.is_waiting:
        return budget
    options = draft.account(order.account_id).options
    price = price_for(order, last, options.slippage, is_maker=was_resting and not was_waiting)
    quantity = _ZERO if price is None else min(_wanted(draft, order), budget)
    if order.time_in_force is TimeInForce.FOK and quantity < order.remaining:
        quantity = _ZERO
    if price is not None and quantity > 0:
        order = _fill(draft, order, quantity, price)
    if order.is_working and order.time_in_force in _AT_ONCE:
        draft.put(_replace(order, state=OrderState.EXPIRED, reason=Reason.NOT_FILLABLE.value))
    return budget - quantity


def price_for(
    order: PaperOrder, last: Decimal, slippage: Decimal, *, is_maker: bool
) -> Decimal | None:
    """Return the price an order would fill at now; `None` where its limit does not allow it."""
    limit = order.limit_price
    if order.order_type not in {OrderType.LIMIT, OrderType.STOP_LIMIT} or limit is None:
        return slipped(last, order.side, slippage)
    is_buy = order.side is Side.BUY
    if (last > limit) if is_buy else (last < limit):
        return None
    if is_maker:
        return limit
    taken = slipped(last, order.side, slippage)
    return min(taken, limit) if is_buy else max(taken, limit)


def closable(draft: Draft, order: PaperOrder) -> Decimal:
    """Return how much of the account's holding the order's side would close."""
    held = draft.holding(order.account_id, order.symbol).quantity
    return max(_ZERO, held.copy_negate() if order.side is Side.BUY else held)


def drop_orphans(draft: Draft, account: AccountId, symbol: str) -> None:
    """Cancel the reduce-only orders of a symbol that have nothing left to reduce."""
    for order in draft.working(account, symbol):
        if order.reduce_only and not closable(draft, order):
            reason = Reason.POSITION_RULE.value
            draft.put(_replace(order, state=OrderState.CANCELLED, reason=reason))


def _is_reached(order: PaperOrder, last: Decimal) -> bool:
    if order.stop_price is None:
        return False
    return last >= order.stop_price if order.side is Side.BUY else last <= order.stop_price


def _wanted(draft: Draft, order: PaperOrder) -> Decimal:
    if order.reduce_only:
        return min(order.remaining, closable(draft, order))
    return order.remaining


def _fill(draft: Draft, order: PaperOrder, quantity: Decimal, price: Decimal) -> PaperOrder:
    account = draft.account(order.account_id)
    fee = fee_on(quantity, price, account.options.fee_rate)
    spent = product(signed(order.side, quantity), price)
    filled = order.filled_quantity + quantity
    is_whole = filled == order.quantity
    order = _replace(
        order,
        state=OrderState.FILLED if is_whole else OrderState.PARTIALLY_FILLED,
        filled_quantity=filled,
        filled_notional=total(order.filled_notional, product(quantity, price)),
        fill_count=order.fill_count + 1,
    )
    fill = PaperFill(
        order_id=order.order_id,
        n=order.fill_count,
        account_id=order.account_id,
        symbol=order.symbol,
        side=order.side,
        quantity=quantity,
        price=price,
        fee=fee,
        fee_currency=account.options.currency,
    )
    draft.put(order)
    draft.add_fill(
        fill,
        holding=draft.holding(order.account_id, order.symbol).traded(order.side, quantity, price),
        account=_replace(account, cash=total(account.cash, spent.copy_negate(), fee.copy_negate())),
    )
    return order
