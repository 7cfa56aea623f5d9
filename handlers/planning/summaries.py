"""An order in a few plain words, as it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bus.values import OrderType
from handlers.planning.summary_words import WORDS
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
    from collections.abc import Mapping
    from decimal import Decimal

    from handlers.records.orders import Order
    from handlers.records.sizing_rules import SizingRule

    Words = Mapping[str, str]


def summary_of(order: NewOrder | Order, language: str = "en") -> str:
    """Say what an order shall do, such as `buy 0.05 BTCUSDT at market`.

    Args:
        order: As it is asked for.
        language: `en` or `zh-TW`.
    """
    words = WORDS[language]
    what = _what(order.sizing, order.symbol, words)
    said = words["whole"].format(what=what, how=_how(order, words)).rstrip()
    denied = order.denied_code if isinstance(order, NewOrder) else None
    return said if denied is None else words["denied"].format(words=said, code=denied)


def _what(rule: SizingRule, symbol: str, words: Words) -> str:
    match rule:
        case Fixed(side=side, quantity=quantity):
            return words[side or "add"].format(quantity=f"{quantity:f}", symbol=symbol)
        case Enter() | Notional() | EquityShare():
            return _trade(rule, symbol, words)
        case Close():
            return _close(rule, symbol, words)
        case Target(size=size):
            return _hold(size, symbol, words)
        case Reverse():
            return _reverse(rule, symbol, words)
        case _:
            assert_never(rule)


def _trade(rule: Enter | Notional | EquityShare, symbol: str, words: Words) -> str:
    if isinstance(rule, Enter):
        what = words[rule.side].format(quantity=f"{rule.quantity:f}", symbol=symbol)
    elif isinstance(rule, Notional):
        what = words[f"{rule.side}_for"].format(symbol=symbol, amount=f"{rule.amount:f}")
    else:
        what = words[f"{rule.side}_share"].format(symbol=symbol, percent=f"{rule.percent:f}")
    closes_first = isinstance(rule, Enter) or rule.enters
    return words[f"{rule.side}_first"].format(what=what) if closes_first else what


def _close(rule: Close, symbol: str, words: Words) -> str:
    way = "any" if rule.direction is Direction.ANY else rule.direction
    held = words[f"held_{way}"].format(symbol=symbol)
    if rule.quantity is not None:
        return words["close_quantity"].format(quantity=f"{rule.quantity:f}", held=held)
    if rule.percent is not None:
        return words["close_percent"].format(percent=f"{rule.percent:f}", held=held)
    return words["close"].format(held=held)


def _hold(size: Decimal, symbol: str, words: Words) -> str:
    if size.is_zero():
        return words["close"].format(held=words["held_any"].format(symbol=symbol))
    way = "long" if size > 0 else "short"
    return words[f"hold_{way}"].format(size=f"{abs(size):f}", symbol=symbol)


def _reverse(rule: Reverse, symbol: str, words: Words) -> str:
    way = "" if rule.to in (None, Direction.ANY) else f"_{rule.to}"
    if rule.quantity is None:
        return words[f"reverse{way}"].format(symbol=symbol)
    return words[f"reverse{way}_size"].format(symbol=symbol, size=f"{rule.quantity:f}")


def _how(order: NewOrder | Order, words: Words) -> str:
    kind = order.order_type
    if kind is OrderType.MARKET:
        return words["market"]
    prices = [f"{price:f}" for price in (order.stop_price, order.limit_price) if price is not None]
    return words[kind.value].format(prices=" ".join(prices)).rstrip()
