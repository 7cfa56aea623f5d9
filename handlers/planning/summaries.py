"""An order in a few plain words, as it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bus.values import OrderType
from handlers.phrases import Phrase, phrase
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


def summary_of(order: NewOrder | Order) -> Phrase:
    """Say what an order shall do as it is asked for, such as `buy 0.05 BTCUSDT at market`."""
    said = phrase("order_whole", what=_what(order.sizing, order.symbol), how=_how(order))
    denied = order.denied_code if isinstance(order, NewOrder) else None
    return said if denied is None else phrase("order_denied", words=said, code=denied)


def _what(rule: SizingRule, symbol: str) -> Phrase:
    match rule:
        case Fixed(side=side, quantity=quantity):
            return phrase(f"order_{side or 'add'}", quantity=f"{quantity:f}", symbol=symbol)
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


def _trade(rule: Enter | Notional | EquityShare, symbol: str) -> Phrase:
    if isinstance(rule, Enter):
        what = phrase(f"order_{rule.side}", quantity=f"{rule.quantity:f}", symbol=symbol)
    elif isinstance(rule, Notional):
        what = phrase(f"order_{rule.side}_for", symbol=symbol, amount=f"{rule.amount:f}")
    else:
        what = phrase(f"order_{rule.side}_share", symbol=symbol, percent=f"{rule.percent:f}")
    closes_first = isinstance(rule, Enter) or rule.enters
    return phrase(f"order_{rule.side}_first", what=what) if closes_first else what


def _close(rule: Close, symbol: str) -> Phrase:
    way = "any" if rule.direction is Direction.ANY else rule.direction
    held = phrase(f"order_held_{way}", symbol=symbol)
    if rule.quantity is not None:
        return phrase("order_close_quantity", quantity=f"{rule.quantity:f}", held=held)
    if rule.percent is not None:
        return phrase("order_close_percent", percent=f"{rule.percent:f}", held=held)
    return phrase("order_close", held=held)


def _hold(size: Decimal, symbol: str) -> Phrase:
    if size.is_zero():
        return phrase("order_close", held=phrase("order_held_any", symbol=symbol))
    way = "long" if size > 0 else "short"
    return phrase(f"order_hold_{way}", size=f"{abs(size):f}", symbol=symbol)


def _reverse(rule: Reverse, symbol: str) -> Phrase:
    way = "" if rule.to in (None, Direction.ANY) else f"_{rule.to}"
    if rule.quantity is None:
        return phrase(f"order_reverse{way}", symbol=symbol)
    return phrase(f"order_reverse{way}_size", symbol=symbol, size=f"{rule.quantity:f}")


def _how(order: NewOrder | Order) -> Phrase:
    kind = order.order_type
    if kind is OrderType.MARKET:
        return phrase("order_market")
    prices = [f"{price:f}" for price in (order.stop_price, order.limit_price) if price is not None]
    return phrase(f"order_{kind.value}", prices=" ".join(prices))
