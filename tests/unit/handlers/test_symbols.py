from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.symbols import UnknownSymbol, venue_symbol

tickers = st.text("ABCDEFUSTDX0129._:/!-P", min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("broker", "exchange", "ticker", "symbol"),
    [
        ("gateio", "GATEIO", "BTCUSDT.P", "BTC_USDT.P"),
        ("gateio", "GATEIO", "BTCUSDT", "BTC_USDT"),
        ("gateio", "BINANCE", "ETHUSDT.P", "ETH_USDT.P"),
        ("gateio", None, "BTC_USDT", "BTC_USDT"),
        ("gateio", None, "BTC_USDT.P", "BTC_USDT.P"),
        ("gateio", None, "BTC/USDT", "BTC_USDT"),
        ("gateio", None, "ETHBTC", "ETH_BTC"),
        ("gateio", None, "1INCHUSDT", "1INCH_USDT"),
        ("shioaji", "TAIFEX", "TXF1!", "TXFR1"),
        ("shioaji", "TAIFEX", "TXF2!", "TXFR2"),
        ("shioaji", None, "MXF1!", "MXFR1"),
        ("shioaji", "TAIFEX", "TMF2!", "TMFR2"),
        ("shioaji", None, "TXFR1", "TXFR1"),
        ("shioaji", None, "TXF202612", "TXF202612"),
        ("shioaji", "TWSE", "2330", "2330"),
        ("shioaji", "TWSE", "00631L", "00631L"),
        ("shioaji", "TPEX", "6488", "6488"),
        ("paper", "BINANCE", "BTCUSDT.P", "BTCUSDT.P"),
        ("paper", "TAIFEX", "TXF1!", "TXF1!"),
        ("paper", None, "ANY-THING", "ANY-THING"),
    ],
)
def test_tickers_become_the_venues_symbols(
    broker: str, exchange: str | None, ticker: str, symbol: str
) -> None:
    assert venue_symbol(broker, ticker, exchange) == symbol


@pytest.mark.parametrize(
    ("broker", "exchange", "ticker", "candidates"),
    [
        ("gateio", None, "BTCUSD", ("BTC_USDT", "BTC_USDT.P")),
        ("gateio", "BITSTAMP", "BTCUSD", ("BTC_USDT", "BTC_USDT.P")),
        ("gateio", None, "BTCUSD.P", ("BTC_USDT", "BTC_USDT.P")),
        ("gateio", None, "BTCUSDTPERP", ("BTC_USDT", "BTC_USDT.P")),
        ("gateio", "NASDAQ", "ETHUSDT", ("ETH_USDT", "ETH_USDT.P")),
        ("gateio", "NASDAQ", "AAPL", ()),
        ("shioaji", "TAIFEX", "TXF3!", ("TXFR1", "TXFR2")),
        ("shioaji", "TAIFEX", "TXFZ2026", ("TXFR1", "TXFR2")),
        ("shioaji", "BINANCE", "BTCUSDT", ()),
        ("shioaji", "TWSE", "TXF1!", ()),
        ("nobody", None, "BTCUSDT", ()),
    ],
)
def test_what_has_no_meaning_is_refused_with_candidates(
    broker: str, exchange: str | None, ticker: str, candidates: tuple[str, ...]
) -> None:
    assert venue_symbol(broker, ticker, exchange) == UnknownSymbol(candidates=candidates)


@given(ticker=tickers)
def test_spot_and_perpetual_never_cross(ticker: str) -> None:
    symbol = venue_symbol("gateio", ticker, "GATEIO")

    if isinstance(symbol, str):
        assert symbol.endswith(".P") == ticker.endswith(".P")


@given(ticker=tickers, broker=st.sampled_from(["paper", "gateio", "shioaji"]))
def test_a_venues_symbol_means_itself(ticker: str, broker: str) -> None:
    symbol = venue_symbol(broker, ticker, None)

    if isinstance(symbol, str):
        assert venue_symbol(broker, symbol, None) == symbol
