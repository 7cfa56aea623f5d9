"""What is traded: the ticker, with the exchange that stands before it or beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.phrases import phrase
from handlers.signals.errors import Code, SignalError
from handlers.signals.numbers import as_text

if TYPE_CHECKING:
    from handlers.signals.reading import Reading, Said

# An exchange has no slash: `BTC/USDT:USDT` and `1/BINANCE:BTCUSDT` are other things than they seem.
_TICKER = re.compile(r"(?=.{1,64}$)(?:[A-Za-z0-9_.!-]*:)?(?=[^:]*[A-Za-z0-9])[A-Za-z0-9_./!-]+")
_EXCHANGE = re.compile(r"[\w .&/-]{1,64}")
# How the exchanges of late prices end.
DELAYED = ("_DLY", "_DL")


def read_ticker(reading: Reading) -> tuple[str, str | None]:
    """Return the symbol and its exchange; the names that say them must agree.

    Raises:
        SignalError: `invalid_ticker`, or `invalid_field` for an exchange.
    """
    said = reading.fields["ticker"]
    if len(said) == 1 and "exchange" not in reading.fields:
        prefix, _, symbol = checked_ticker(said[0]).rpartition(":")
        return symbol, _live(prefix, reading) if prefix else None
    symbols: dict[str, str] = {}
    exchanges: dict[str, str] = {}
    for each in said:
        prefix, _, symbol = checked_ticker(each).rpartition(":")
        symbols.setdefault(symbol, each.key)
        if prefix:
            exchanges.setdefault(_live(prefix, reading), each.key)
    for each in reading.fields.get("exchange", ()):
        name = _exchange(each)
        if name:
            exchanges.setdefault(_live(name, reading), each.key)
    if len(symbols) > 1:
        one = phrase("one_ticker")
        reading.conflict(list(symbols.values())[1], phrase("several_tickers"), one)
    if len(exchanges) > 1:
        one = phrase("one_exchange")
        reading.conflict(list(exchanges.values())[1], phrase("several_exchanges"), one)
    return next(iter(symbols)), next(iter(exchanges), None)


def checked_ticker(said: Said) -> str:
    """Return a ticker in capitals, with what stands before it.

    Raises:
        SignalError: `invalid_ticker`.
    """
    text = as_text(said.value)
    if text is None or _TICKER.fullmatch(text) is None:
        raise SignalError(
            Code.INVALID_TICKER,
            phrase("invalid_ticker"),
            field=said.key,
            hint=phrase("send_ticker_or_exchange"),
        )
    return text.upper()


def _exchange(said: Said) -> str:
    text = as_text(said.value)
    if text is None or (text and _EXCHANGE.fullmatch(text) is None):
        raise SignalError(Code.INVALID_FIELD, phrase("no_exchange"), field=said.key)
    return text.upper()


def live_exchange(exchange: str) -> str:
    """Return an exchange's name without what marks a delayed feed."""
    for mark in DELAYED:
        if exchange.endswith(mark) and len(exchange) > len(mark):
            return exchange.removesuffix(mark)
    return exchange


def _live(exchange: str, reading: Reading) -> str:
    """Strip what marks a delayed feed, and say so."""
    live = live_exchange(exchange)
    if live != exchange:
        warning = phrase("delayed_feed", exchange=exchange)
        if warning not in reading.warnings:
            reading.warnings.append(warning)
    return live
