"""What would happen if an alert were carried out, in plain words of a trader's language.

The words are those of a strategy that syncs to position sizes, as strategies do unless told not to;
what one strategy makes of the alert with its accounts is its plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.values import OrderType
from handlers.signals.bracket_meaning import bracket_sentences
from handlers.signals.printing import plain_number, plain_time
from handlers.signals.signal import CANCELS, EXITS, Action, Position
from handlers.signals.trade_meaning import trade_sentences, trail_of
from handlers.signals.words import speaker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from handlers.signals.signal import Signal
    from handlers.signals.words import Say

_TAKES_LIMIT = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
_TAKES_STOP = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


def meaning(signal: Signal, language: str) -> str:
    """Say what a signal means.

    Args:
        signal: The alert.
        language: `en` or `zh-TW`.

    Raises:
        ValueError: The language is another.
    """
    say = speaker(language)
    return say("between_sentences").join(_sentences(signal, say))


def meaning_of_all(signals: Sequence[Signal], language: str) -> str:
    """Say what the signals of one body mean, numbered where there are several."""
    if len(signals) == 1:
        return meaning(signals[0], language)
    say = speaker(language)
    return "\n".join(
        say("numbered", number=str(number), meaning=meaning(signal, language))
        for number, signal in enumerate(signals, 1)
    )


def _sentences(signal: Signal, say: Say) -> Iterator[str]:
    if signal.action is Action.PING:
        yield say("ping")
        return
    if signal.action in CANCELS:
        yield say(signal.action.value, ticker=signal.ticker)
    else:
        yield from trade_sentences(signal, say)
        yield from bracket_sentences(signal, say)
        yield from _order(signal, say)
        yield from _before(signal, say)
    yield from _circumstances(signal, say)
    yield _time(signal, say)


def _order(signal: Signal, say: Say) -> Iterator[str]:
    """Say how the order works, and which of the prices beside it count for nothing."""
    kind, limit, stop, price = (
        signal.order_type,
        signal.limit_price,
        signal.stop_price,
        signal.price,
    )
    if signal.time_in_force is not None:
        yield say(f"tif_{signal.time_in_force}")
    if signal.reduce_only and signal.action not in EXITS:
        yield say("reduce_only")
    if limit is not None and kind not in _TAKES_LIMIT:
        yield say("unused_limit_price", number=plain_number(limit))
    if stop is not None and kind not in _TAKES_STOP:
        yield say("unused_stop_price", number=plain_number(stop))
    if trail_of(signal) and kind is not OrderType.TRAILING_STOP:
        yield say("unused_trail", number=trail_of(signal))
    if price is not None and not (kind in _TAKES_LIMIT and price == limit):
        yield say("reference_price", number=plain_number(price))


def _before(signal: Signal, say: Say) -> Iterator[str]:
    """Say what the alert believes was held before it."""
    size, position = signal.prev_position_size, signal.prev_position
    if size is not None and not size.is_zero():
        phrase = "before_long_size" if size > 0 else "before_short_size"
        yield say(phrase, quantity=plain_number(abs(size)))
    elif size is not None or position is not None:
        yield say(f"before_{position if size is None else Position.FLAT}")


def _circumstances(signal: Signal, say: Say) -> Iterator[str]:
    if signal.exchange is not None:
        yield say("exchange", exchange=signal.exchange)
    if signal.accounts is not None:
        yield say("accounts", accounts=say("between_parts").join(signal.accounts))
    if signal.mode is not None:
        yield say(f"mode_{signal.mode}")
    if signal.delay:
        yield say("delay", seconds=plain_number(signal.delay))
    if signal.max_age is not None:
        yield say("max_age", seconds=plain_number(signal.max_age))


def _time(signal: Signal, say: Say) -> str:
    if signal.time is None:
        return say("no_time" if signal.id is None else "no_time_but_id")
    phrase = "bar_time" if signal.is_bar_time else "time"
    return say(phrase, time=plain_time(signal.time))
