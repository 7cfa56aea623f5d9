"""What an alert trades, in words: the same rules as planning has for a strategy without wishes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bus.values import OrderType
from handlers.signals.printing import plain_number
from handlers.signals.signal import EXITS, Action, Position, QuantityType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.signals.signal import Signal
    from handlers.signals.words import Say

_FIXED = QuantityType.FIXED_QUANTITY
_NEVER_OPENS = frozenset({_FIXED, QuantityType.PERCENT_OF_POSITION})
_OPENS = frozenset(QuantityType) - {QuantityType.PERCENT_OF_POSITION}
_UNITS = frozenset({_FIXED})
_PLAIN = {Action.BUY: Position.LONG, Action.SELL: Position.SHORT}
_ENTRIES = {Action.LONG_ENTRY: Position.LONG, Action.SHORT_ENTRY: Position.SHORT}
_OTHER = {Position.LONG: Position.SHORT, Position.SHORT: Position.LONG}
_VERBS = {Position.LONG: "buy", Position.SHORT: "sell"}
_CLOSES = {Action.LONG_EXIT: "long", Action.SHORT_EXIT: "short"}


def trade_sentences(signal: Signal, say: Say) -> Iterator[str]:
    """Say what is bought, sold or held; position sizes decide where there are any."""
    if signal.position_size is not None:
        yield from _sized(signal, signal.position_size, say)
    elif signal.action in _PLAIN:
        yield from _plain(signal, _PLAIN[signal.action], say)
    elif signal.action in _ENTRIES:
        yield from _enter(signal, _ENTRIES[signal.action], say)
    elif signal.action in EXITS:
        yield from _exit(signal, say)
    elif signal.action is Action.ADD:
        yield from _add(signal, say)
    elif signal.action is Action.REVERSE:
        yield from _reverse(signal, say)
    else:
        yield from _target(signal, say)


def takes_default(signal: Signal) -> bool:
    """Say whether the strategy's default quantity is what would be traded."""
    if signal.quantity or signal.position_size is not None:
        return False
    if signal.action is Action.TARGET:
        return signal.quantity is None and signal.position is not Position.FLAT
    if signal.action in _PLAIN:
        return signal.position is not Position.FLAT
    return signal.action in _ENTRIES or signal.action in {Action.ADD, Action.REDUCE}


def _how(signal: Signal, say: Say) -> str:
    kind, limit, stop = signal.order_type, signal.limit_price, signal.stop_price
    if kind is OrderType.TRAILING_STOP:
        return say("at_trailing_stop", trail=trail_of(signal))
    return say(f"at_{kind}", limit=_number(limit), stop=_number(stop))


def trail_of(signal: Signal) -> str:
    """Return the distance that an order trails at: an amount of price, or a percentage."""
    if signal.trail_amount is not None:
        return plain_number(signal.trail_amount)
    return "" if signal.trail_percent is None else f"{plain_number(signal.trail_percent)} %"


def _number(number: Decimal | None) -> str:
    return "" if number is None else plain_number(number)


def _amount(signal: Signal, say: Say) -> str:
    if not signal.quantity:
        return say("of_default", ticker=signal.ticker)
    kind = f"of_{signal.quantity_type}"
    return say(kind, ticker=signal.ticker, quantity=plain_number(signal.quantity))


def _sized(signal: Signal, size: Decimal, say: Say) -> Iterator[str]:
    yield _hold(signal, size, say)
    if signal.action is not Action.TARGET or signal.quantity is not None:
        action = say(f"action_{signal.action}")
        quantity = "" if signal.quantity is None else f" {plain_number(signal.quantity)}"
        yield say("beside_size", action=action, quantity=quantity)
    if signal.quantity is not None and signal.quantity_type is not _FIXED and size:
        yield say("beside_size_refused")


def _hold(signal: Signal, size: Decimal, say: Say) -> str:
    if size.is_zero():
        return _close(signal, "any", say, part="whole")
    return say(
        "target_long" if size > 0 else "target_short",
        ticker=signal.ticker,
        size=plain_number(size),
        quantity=plain_number(abs(size)),
        how=_how(signal, say),
    )


def _close(signal: Signal, direction: str, say: Say, *, part: str) -> str:
    position = say(f"position_{direction}", ticker=signal.ticker)
    words = say(f"part_{part}", position=position, quantity=_number(signal.quantity))
    return say("close", part=words, how=_how(signal, say))


def _part(signal: Signal, *, otherwise: str) -> str:
    if not signal.quantity:
        return otherwise
    is_percent = signal.quantity_type is QuantityType.PERCENT_OF_POSITION
    return "percent" if is_percent else "quantity"


def _check_measure(signal: Signal, able: frozenset[QuantityType], say: Say) -> Iterator[str]:
    if signal.quantity and signal.quantity_type not in able:
        yield say("wrong_measure")


def _plain(signal: Signal, opens: Position, say: Say) -> Iterator[str]:
    """`buy` and `sell`: a position beside them is the one to hold afterwards."""
    is_percent = bool(signal.quantity) and (
        signal.quantity_type is QuantityType.PERCENT_OF_POSITION
    )
    closes = _OTHER[opens].value
    if signal.position is opens:
        yield from _enter(signal, opens, say)
        if signal.quantity and signal.quantity_type is _FIXED:
            yield say("may_include_close")
    elif signal.position is Position.FLAT:
        yield _close(signal, closes, say, part="whole")
    elif signal.position is not None or is_percent:
        yield _close(signal, closes, say, part=_part(signal, otherwise="default"))
        yield from _check_measure(signal, _NEVER_OPENS, say)
    else:
        yield say(_VERBS[opens], amount=_amount(signal, say), how=_how(signal, say))


def _enter(signal: Signal, opens: Position, say: Say) -> Iterator[str]:
    yield say(f"enter_{opens}", amount=_amount(signal, say), how=_how(signal, say))
    yield from _check_measure(signal, _OPENS, say)


def _exit(signal: Signal, say: Say) -> Iterator[str]:
    direction, otherwise = _CLOSES.get(signal.action, "any"), "whole"
    if signal.action is Action.REDUCE:
        otherwise = "default"
        is_held = signal.position in _OTHER
        direction = str(signal.position) if is_held else "any"
    yield _close(signal, direction, say, part=_part(signal, otherwise=otherwise))
    yield from _check_measure(signal, _NEVER_OPENS, say)


def _add(signal: Signal, say: Say) -> Iterator[str]:
    verb = None if signal.position is None else _VERBS.get(signal.position)
    yield say(verb or "add", amount=_amount(signal, say), how=_how(signal, say))
    yield from _check_measure(signal, _OPENS if verb else _UNITS, say)


def _reverse(signal: Signal, say: Say) -> Iterator[str]:
    phrase = "reverse_to_quantity" if signal.quantity else "reverse"
    quantity = _number(signal.quantity)
    yield say(phrase, ticker=signal.ticker, quantity=quantity, how=_how(signal, say))
    if signal.position in _OTHER:
        yield say(f"reverse_unless_{signal.position}")
    yield from _check_measure(signal, _UNITS, say)


def _target(signal: Signal, say: Say) -> Iterator[str]:
    """A target that is said as a quantity, with the direction beside it."""
    side = -1 if signal.position is Position.SHORT else 1
    if signal.position is Position.FLAT or signal.quantity == 0:
        yield _hold(signal, Decimal(0), say)
    elif signal.quantity is None:
        phrase = "target_default_short" if side < 0 else "target_default_long"
        yield say(phrase, ticker=signal.ticker, how=_how(signal, say))
    else:
        yield _hold(signal, signal.quantity.copy_sign(Decimal(side)), say)
    yield from _check_measure(signal, _UNITS, say)
