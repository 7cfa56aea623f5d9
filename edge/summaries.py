"""An order in a few plain words, as it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bus.values import OrderType
from handlers.sizing_rules import (
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

    from handlers.records import NewOrder, Order
    from handlers.sizing_rules import SizingRule


def summary_of(order: NewOrder | Order) -> str:
    """Say what an order shall do, such as `buy 0.05 BTCUSDT at market`."""
    return f"{_what(order.sizing, order.symbol)} {_how(order)}"


def _what(rule: SizingRule, symbol: str) -> str:  # noqa: PLR0911 - one line a rule
    match rule:
        case Fixed(side=side, quantity=quantity):
            return f"{side.value if side else 'trade'} {_plain(quantity)} {symbol}"
        case Enter(side=side, quantity=quantity):
            return f"{side.value} {_plain(quantity)} {symbol}"
        case Notional(side=side, amount=amount):
            return f"{side.value} {symbol} for {_plain(amount)}"
        case EquityShare(side=side, percent=percent):
            return f"{side.value} {symbol} for {_plain(percent)} % of equity"
        case Close():
            return _close(rule, symbol)
        case Target(size=size):
            return f"hold {_plain(size)} {symbol}"
        case Reverse():
            return f"reverse {symbol}"
        case _:
            assert_never(rule)


def _close(rule: Close, symbol: str) -> str:
    held = "" if rule.direction is Direction.ANY else f"{rule.direction.value} "
    if rule.quantity is not None:
        return f"close {_plain(rule.quantity)} {held}{symbol}"
    if rule.percent is not None:
        return f"close {_plain(rule.percent)} % of {held}{symbol}"
    return f"close {held}{symbol}"


def _how(order: NewOrder | Order) -> str:
    kind = order.order_type
    if kind is OrderType.MARKET:
        return "at market"
    words = kind.value.replace("_", " ")
    prices = [price for price in (order.stop_price, order.limit_price) if price is not None]
    return f"{words} {' '.join(_plain(price) for price in prices)}".rstrip()


def _plain(number: Decimal) -> str:
    return format(number, "f")
