"""What an alert trades, in words: the same rules as planning has for a strategy without wishes."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bus.values import OrderType
from handlers.phrases import phrase
from handlers.signals.printing import plain_number
from handlers.signals.signal import EXITS, Action, Position, QuantityType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.phrases import Phrase
    from handlers.signals.signal import Signal

_FIXED = QuantityType.FIXED_QUANTITY
_NEVER_OPENS = frozenset({_FIXED, QuantityType.PERCENT_OF_POSITION})
_OPENS = frozenset(QuantityType) - {QuantityType.PERCENT_OF_POSITION}
_UNITS = frozenset({_FIXED})
_PLAIN = {Action.BUY: Position.LONG, Action.SELL: Position.SHORT}
_ENTRIES = {Action.LONG_ENTRY: Position.LONG, Action.SHORT_ENTRY: Position.SHORT}
_OTHER = {Position.LONG: Position.SHORT, Position.SHORT: Position.LONG}
_VERBS = {Position.LONG: "means_buy", Position.SHORT: "means_sell"}
_CLOSES = {Action.LONG_EXIT: "long", Action.SHORT_EXIT: "short"}


def trade_sentences(signal: Signal) -> Iterator[Phrase]:
    """Say what is bought, sold or held; position sizes decide where there are any."""
    if signal.position_size is not None:
        yield from _sized(signal, signal.position_size)
    elif signal.action in _PLAIN:
        yield from _plain(signal, _PLAIN[signal.action])
    elif signal.action in _ENTRIES:
        yield from _enter(signal, _ENTRIES[signal.action])
    elif signal.action in EXITS:
        yield from _exit(signal)
    elif signal.action is Action.ADD:
        yield from _add(signal)
    elif signal.action is Action.REVERSE:
        yield from _reverse(signal)
    else:
        yield from _target(signal)


def takes_default(signal: Signal) -> bool:
    """Say whether the strategy's default quantity is what would be traded."""
    if signal.quantity or signal.position_size is not None:
        return False
    if signal.action is Action.TARGET:
        return signal.quantity is None and signal.position is not Position.FLAT
    if signal.action in _PLAIN:
        return signal.position is not Position.FLAT
    return signal.action in _ENTRIES or signal.action in {Action.ADD, Action.REDUCE}


def _how(signal: Signal) -> Phrase:
    kind, limit, stop = signal.order_type, signal.limit_price, signal.stop_price
    if kind is OrderType.TRAILING_STOP:
        return phrase("means_at_trailing_stop", trail=trail_of(signal))
    return phrase(f"means_at_{kind}", limit=_number(limit), stop=_number(stop))


def trail_of(signal: Signal) -> str:
    """Return the distance that an order trails at: an amount of price, or a percentage."""
    if signal.trail_amount is not None:
        return plain_number(signal.trail_amount)
    return "" if signal.trail_percent is None else f"{plain_number(signal.trail_percent)} %"


def _number(number: Decimal | None) -> str:
    return "" if number is None else plain_number(number)


def _amount(signal: Signal) -> Phrase:
    if not signal.quantity:
        return phrase("means_of_default", ticker=signal.ticker)
    kind = f"means_of_{signal.quantity_type}"
    return phrase(kind, ticker=signal.ticker, quantity=plain_number(signal.quantity))


def _sized(signal: Signal, size: Decimal) -> Iterator[Phrase]:
    yield _hold(signal, size)
    if signal.action is not Action.TARGET or signal.quantity is not None:
        action = phrase(f"means_action_{signal.action}")
        quantity = "" if signal.quantity is None else f" {plain_number(signal.quantity)}"
        yield phrase("means_beside_size", action=action, quantity=quantity)
    if signal.quantity is not None and signal.quantity_type is not _FIXED and size:
        yield phrase("means_beside_size_refused")


def _hold(signal: Signal, size: Decimal) -> Phrase:
    if size.is_zero():
        return _close(signal, "any", part="whole")
    return phrase(
        "means_target_long" if size > 0 else "means_target_short",
        ticker=signal.ticker,
        size=plain_number(size),
        quantity=plain_number(abs(size)),
        how=_how(signal),
    )


def _close(signal: Signal, direction: str, *, part: str) -> Phrase:
    position = phrase(f"means_position_{direction}", ticker=signal.ticker)
    words = phrase(f"means_part_{part}", position=position, quantity=_number(signal.quantity))
    return phrase("means_close", part=words, how=_how(signal))


def _part(signal: Signal, *, otherwise: str) -> str:
    if not signal.quantity:
        return otherwise
    is_percent = signal.quantity_type is QuantityType.PERCENT_OF_POSITION
    return "percent" if is_percent else "quantity"


def _check_measure(signal: Signal, able: frozenset[QuantityType]) -> Iterator[Phrase]:
    if signal.quantity and signal.quantity_type not in able:
        yield phrase("means_wrong_measure")


def _plain(signal: Signal, opens: Position) -> Iterator[Phrase]:
    """`buy` and `sell`: a position beside them is the one to hold afterwards."""
    is_percent = bool(signal.quantity) and (
        signal.quantity_type is QuantityType.PERCENT_OF_POSITION
    )
    closes = _OTHER[opens].value
    if signal.position is opens:
        yield from _enter(signal, opens)
        if signal.quantity and signal.quantity_type is _FIXED:
            yield phrase("means_may_include_close")
    elif signal.position is Position.FLAT:
        yield _close(signal, closes, part="whole")
    elif signal.position is not None or is_percent:
        yield _close(signal, closes, part=_part(signal, otherwise="default"))
        yield from _check_measure(signal, _NEVER_OPENS)
    else:
        yield phrase(_VERBS[opens], amount=_amount(signal), how=_how(signal))


def _enter(signal: Signal, opens: Position) -> Iterator[Phrase]:
    yield phrase(f"means_enter_{opens}", amount=_amount(signal), how=_how(signal))
    yield from _check_measure(signal, _OPENS)


def _exit(signal: Signal) -> Iterator[Phrase]:
    direction, otherwise = _CLOSES.get(signal.action, "any"), "whole"
    if signal.action is Action.REDUCE:
        otherwise = "default"
        is_held = signal.position in _OTHER
        direction = str(signal.position) if is_held else "any"
    yield _close(signal, direction, part=_part(signal, otherwise=otherwise))
    yield from _check_measure(signal, _NEVER_OPENS)


def _add(signal: Signal) -> Iterator[Phrase]:
    verb = None if signal.position is None else _VERBS.get(signal.position)
    yield phrase(verb or "means_add", amount=_amount(signal), how=_how(signal))
    yield from _check_measure(signal, _OPENS if verb else _UNITS)


def _reverse(signal: Signal) -> Iterator[Phrase]:
    words = "means_reverse_to_quantity" if signal.quantity else "means_reverse"
    quantity = _number(signal.quantity)
    yield phrase(words, ticker=signal.ticker, quantity=quantity, how=_how(signal))
    if signal.position in _OTHER:
        yield phrase(f"means_reverse_unless_{signal.position}")
    yield from _check_measure(signal, _UNITS)


def _target(signal: Signal) -> Iterator[Phrase]:
    """A target that is said as a quantity, with the direction beside it."""
    side = -1 if signal.position is Position.SHORT else 1
    if signal.position is Position.FLAT or signal.quantity == 0:
        yield _hold(signal, Decimal(0))
    elif signal.quantity is None:
        words = "means_target_default_short" if side < 0 else "means_target_default_long"
        yield phrase(words, ticker=signal.ticker, how=_how(signal))
    else:
        yield _hold(signal, signal.quantity.copy_sign(Decimal(side)))
    yield from _check_measure(signal, _UNITS)
