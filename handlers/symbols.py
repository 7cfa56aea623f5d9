"""What a ticker of a chart is called at a venue: the defaults that all traders share.

It never crosses from one market to another: spot stays spot, a perpetual a perpetual.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from handlers.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_QUOTES = ("USDT", "USDC", "BTC", "ETH")
# Where the chart was drawn says nothing of where is traded, as long as it is the same thing: a
# pair of coins. A price in USD is not one in USDT, so pairs in USD stay unknown.
_COIN_EXCHANGES = frozenset(
    {
        *("", "BINANCE", "BINGX", "BITGET", "BITSTAMP", "BYBIT", "COINBASE", "CRYPTO", "GATE"),
        *("GATEIO", "HTX", "KRAKEN", "KUCOIN", "MEXC", "OKX"),
    }
)
_PAIR = re.compile(r"([A-Z0-9]{1,20}?)[_/-]?(" + "|".join(_QUOTES) + r")(\.P)?")
_LIKE_A_PAIR = re.compile(r"([A-Z0-9]{1,20}?)[_/-]?(?:USD|PERP)[A-Z]{0,4}(?:[._]?P(?:ERP)?)?")

_CONTINUOUS = re.compile(r"([A-Z]{2}[A-Z0-9])(\d{1,2})!")
_CONTRACT = re.compile(r"[A-Z]{2}[A-Z0-9](?:R[12]|[A-X]\d|\d{6})")
_STOCK = re.compile(r"\d{4,6}[A-Z]?")
_NEAR = ("1", "2")


class UnknownSymbol(msgspec.Struct, frozen=True, kw_only=True):
    """The ticker has no meaning at this venue; `candidates` may be what was meant."""

    candidates: tuple[str, ...] = ()


def venue_symbol(broker: str, ticker: str, exchange: str | None) -> str | UnknownSymbol:
    """Return what a venue calls a ticker.

    Args:
        broker: The account's broker.
        ticker: As normalised: upper case, without its exchange.
        exchange: The chart's exchange, where the alert names it.
    """
    translate = _VENUES.get(broker)
    return UnknownSymbol() if translate is None else translate(ticker, exchange or "")


def refusal_of(
    unknown: Sequence[UnknownSymbol], ticker: str, exchange: str | None, *, field: str
) -> Refusal:
    """Say that a chart's symbol has no meaning, and what may have been meant."""
    candidates = sorted({name for symbol in unknown for name in symbol.candidates})
    chart = f"{exchange}:{ticker}" if exchange else ticker
    return Refusal(
        code="unknown_symbol",
        message=f"{chart} is not known at the venue.",
        field=field,
        hint=f"Did you mean {' or '.join(candidates)}?" if candidates else None,
    )


def _paper(ticker: str, exchange: str) -> str | UnknownSymbol:
    """On paper everything can be traded under the name it has."""
    del exchange
    return ticker


def _gateio(ticker: str, exchange: str) -> str | UnknownSymbol:
    """`BTCUSDT.P` is the perpetual `BTC_USDT.P`, `BTCUSDT` the spot pair `BTC_USDT`."""
    pair = _PAIR.fullmatch(ticker)
    if pair is not None and exchange in _COIN_EXCHANGES:
        return f"{pair[1]}_{pair[2]}{pair[3] or ''}"
    alike = pair or _LIKE_A_PAIR.fullmatch(ticker)
    if alike is None:
        return UnknownSymbol()
    quote = pair[2] if pair is not None else "USDT"
    return UnknownSymbol(candidates=(f"{alike[1]}_{quote}", f"{alike[1]}_{quote}.P"))


def _shioaji(ticker: str, exchange: str) -> str | UnknownSymbol:
    """`TXF1!` is the near month `TXFR1`, `TXF2!` the next one; stocks keep their number."""
    if exchange in {"", "TAIFEX"}:
        if _CONTRACT.fullmatch(ticker):
            return ticker
        continuous = _CONTINUOUS.fullmatch(ticker)
        if continuous is not None:
            root, month = continuous.groups()
            near = tuple(f"{root}R{n}" for n in _NEAR)
            return f"{root}R{month}" if month in _NEAR else UnknownSymbol(candidates=near)
    if exchange in {"", "TWSE", "TPEX"} and _STOCK.fullmatch(ticker):
        return ticker
    root = re.match(r"[A-Z]{2}[A-Z0-9]", ticker)
    if exchange == "TAIFEX" and root is not None:
        return UnknownSymbol(candidates=tuple(f"{root[0]}R{n}" for n in _NEAR))
    return UnknownSymbol()


_VENUES: dict[str, Callable[[str, str], str | UnknownSymbol]] = {
    "paper": _paper,
    "gateio": _gateio,
    "shioaji": _shioaji,
}
