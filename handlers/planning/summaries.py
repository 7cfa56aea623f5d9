"""An order in a few plain words, as it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bus.values import OrderType, Side
from handlers.records.alerts import NewOrder
from handlers.records.sizing_rules import (
    Close,
    Direction,
    Enter,
    EquityShare,
    Fixed,
    Notional,
    Reverse,
    Target,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from handlers.records.orders import Order
    from handlers.records.sizing_rules import SizingRule

_AFTER_CLOSING = {Side.BUY: "closing a short position first", Side.SELL: "closing a long one first"}


def summary_of(order: NewOrder | Order) -> str:
    """Say what an order shall do, such as `buy 0.05 BTCUSDT at market`."""
    words = f"{_what(order.sizing, order.symbol)} {_how(order)}"
    denied = order.denied_code if isinstance(order, NewOrder) else None
    return words if denied is None else f"{words}: not sent, {denied}"


def _what(rule: SizingRule, symbol: str) -> str:
    match rule:
        case Fixed(side=side, quantity=quantity):
            return f"{side or 'add'} {quantity:f} {symbol}"
        case Enter() | Notional() | EquityShare():
            return _trade(rule, symbol)
        case Close():
            return _close(rule, symbol)
        case Target(size=size):
            return _hold(size, symbol)
        case Reverse():
            return _reverse(rule, symbol)
        case _:
            assert_never(rule)


def _trade(rule: Enter | Notional | EquityShare, symbol: str) -> str:
    if isinstance(rule, Enter):
        words = f"{rule.side} {rule.quantity:f} {symbol}"
    elif isinstance(rule, Notional):
        words = f"{rule.side} {symbol} for {rule.amount:f}"
    else:
        words = f"{rule.side} {symbol} for {rule.percent:f} % of the equity"
    closes_first = isinstance(rule, Enter) or rule.enters
    return f"{words}, {_AFTER_CLOSING[rule.side]}," if closes_first else words


def _close(rule: Close, symbol: str) -> str:
    held = symbol if rule.direction is Direction.ANY else f"{rule.direction} {symbol}"
    if rule.quantity is not None:
        return f"close {rule.quantity:f} {held}"
    return f"close {held}" if rule.percent is None else f"close {rule.percent:f} % of {held}"


def _hold(size: Decimal, symbol: str) -> str:
    if size.is_zero():
        return f"close {symbol}"
    return f"hold {'long' if size > 0 else 'short'} {abs(size):f} {symbol}"


def _reverse(rule: Reverse, symbol: str) -> str:
    way = "" if rule.to is None else f" to {rule.to}"
    size = "" if rule.quantity is None else f" {rule.quantity:f}"
    return f"reverse {symbol}{way}{size}"


def _how(order: NewOrder | Order) -> str:
    kind = order.order_type
    if kind is OrderType.MARKET:
        return "at market"
    prices = [f"{price:f}" for price in (order.stop_price, order.limit_price) if price is not None]
    return " ".join((kind.value.replace("_", " "), *prices))
