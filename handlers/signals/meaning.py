"""What would happen if an alert were carried out, in plain words of a trader's language.

The words are those of a strategy that syncs to position sizes, as strategies do unless told not to;
what one strategy makes of the alert with its accounts is its plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.values import OrderType
from handlers.phrases import in_turn, listed, phrase
from handlers.signals.bracket_meaning import bracket_sentences
from handlers.signals.printing import plain_number, plain_time
from handlers.signals.signal import CANCELS, EXITS, Action, Position
from handlers.signals.trade_meaning import trade_sentences, trail_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from handlers.phrases import Phrase
    from handlers.signals.signal import Signal

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
    return in_turn(_sentences(signal)).said(language)


def meaning_of_all(signals: Sequence[Signal], language: str) -> str:
    """Say what the signals of one body mean, numbered where there are several."""
    if len(signals) == 1:
        return meaning(signals[0], language)
    return "\n".join(
        f"{number}. {meaning(signal, language)}" for number, signal in enumerate(signals, 1)
    )


def _sentences(signal: Signal) -> Iterator[Phrase]:
    if signal.action is Action.PING:
        yield phrase("means_ping")
        return
    if signal.action in CANCELS:
        words = "means_cancel" if signal.action is Action.CANCEL else "means_cancel_all"
        yield phrase(words, ticker=signal.ticker)
    else:
        yield from trade_sentences(signal)
        yield from bracket_sentences(signal)
        yield from _order(signal)
        yield from _before(signal)
    yield from _circumstances(signal)
    yield _time(signal)


def _order(signal: Signal) -> Iterator[Phrase]:
    """Say how the order works, and which of the prices beside it count for nothing."""
    kind, limit, stop, price = (
        signal.order_type,
        signal.limit_price,
        signal.stop_price,
        signal.price,
    )
    if signal.time_in_force is not None:
        yield phrase(f"means_tif_{signal.time_in_force}")
    if signal.reduce_only and signal.action not in EXITS:
        yield phrase("means_reduce_only")
    if limit is not None and kind not in _TAKES_LIMIT:
        yield phrase("means_unused_limit_price", number=plain_number(limit))
    if stop is not None and kind not in _TAKES_STOP:
        yield phrase("means_unused_stop_price", number=plain_number(stop))
    if trail_of(signal) and kind is not OrderType.TRAILING_STOP:
        yield phrase("means_unused_trail", number=trail_of(signal))
    if price is not None and not (kind in _TAKES_LIMIT and price == limit):
        yield phrase("means_reference_price", number=plain_number(price))


def _before(signal: Signal) -> Iterator[Phrase]:
    """Say what the alert believes was held before it."""
    size, position = signal.prev_position_size, signal.prev_position
    if size is not None and not size.is_zero():
        direction = Position.LONG if size > 0 else Position.SHORT
        yield phrase(f"means_before_{direction}_size", quantity=plain_number(abs(size)))
    elif size is not None or position is not None:
        yield phrase(f"means_before_{position if size is None else Position.FLAT}")


def _circumstances(signal: Signal) -> Iterator[Phrase]:
    if signal.exchange is not None:
        yield phrase("means_exchange", exchange=signal.exchange)
    if signal.accounts is not None:
        yield phrase("means_accounts", accounts=listed(signal.accounts))
    if signal.mode is not None:
        yield phrase(f"means_mode_{signal.mode}")
    if signal.delay:
        yield phrase("means_delay", seconds=plain_number(signal.delay))
    if signal.max_age is not None:
        yield phrase("means_max_age", seconds=plain_number(signal.max_age))


def _time(signal: Signal) -> Phrase:
    if signal.time is None:
        return phrase("means_no_time" if signal.id is None else "means_no_time_but_id")
    kind = "means_bar_time" if signal.is_bar_time else "means_time"
    return phrase(kind, time=plain_time(signal.time))
