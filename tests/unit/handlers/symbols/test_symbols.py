"""What a chart's symbol is called at a venue, by the house's rule."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.symbols import VENUES, Chart, Mapped, UnknownSymbol, map_symbol
from tests.unit.handlers.planning.plan_builders import an_account

ACCOUNTS = {broker: an_account(broker=broker) for broker in VENUES}
_PIECES = (
    ("BTC", "ETH", "W", "PERP", "1000PEPE", "SWAP", "USDT", "2330", "TXF"),
    ("", "_", "-", "/", "."),
    ("USDT", "USDC", "USD", "BTC", "ETH", "TRY", "PERP", "1!", "R1", "Z2026"),
    ("", ".P", "PERP", "_PERP", "-PERP", ".PERP", "-SWAP", "_UMCBL", "P"),
)
tickers = st.one_of(
    st.text("ABCDEFUSTDX0129._:/!-P", min_size=1, max_size=20),
    st.tuples(*map(st.sampled_from, _PIECES)).map("".join),
)
exchanges = st.sampled_from([None, "GATEIO", "BINANCE", "OKX", "TAIFEX", "TWSE", "NASDAQ", ""])
brokers = st.sampled_from(sorted(VENUES))


def named(broker: str, ticker: str, exchange: str | None = None) -> str | UnknownSymbol:
    mapped = map_symbol(Chart(ticker=ticker, exchange=exchange), ACCOUNTS[broker])
    return mapped.symbol if isinstance(mapped, Mapped) else mapped


@pytest.mark.parametrize(
    ("broker", "exchange", "ticker", "symbol"),
    [
        ("gateio", "GATEIO", "BTCUSDT.P", "BTC_USDT.P"),
        ("gateio", "GATEIO", "BTCUSDT", "BTC_USDT"),
        ("gateio", "BINANCE", "ETHUSDT.P", "ETH_USDT.P"),
        ("gateio", "BINANCE", "BTCUSDTPERP", "BTC_USDT.P"),
        ("gateio", None, "BTCUSDT_PERP", "BTC_USDT.P"),
        ("gateio", None, "BTC-USDT-PERP", "BTC_USDT.P"),
        ("gateio", "OKX", "BTC-USDT-SWAP", "BTC_USDT.P"),
        ("gateio", None, "BTC_USDT", "BTC_USDT"),
        ("gateio", None, "BTC_USDT.P", "BTC_USDT.P"),
        ("gateio", None, "BTC_TRY", "BTC_TRY"),
        ("gateio", None, "BTC/USDT", "BTC_USDT"),
        ("gateio", None, "BTC-USDT", "BTC_USDT"),
        ("gateio", None, "ETHBTC", "ETH_BTC"),
        ("gateio", None, "WBTCUSDT", "WBTC_USDT"),
        ("gateio", None, "W_BTC", "W_BTC"),
        ("gateio", None, "PERPUSDT", "PERP_USDT"),
        ("gateio", None, "1INCHUSDT", "1INCH_USDT"),
        ("shioaji", "TAIFEX", "TXF1!", "TXFR1"),
        ("shioaji", "TAIFEX", "TXF2!", "TXFR2"),
        ("shioaji", None, "MXF1!", "MXFR1"),
        ("shioaji", "TAIFEX", "TMF2!", "TMFR2"),
        ("shioaji", None, "TXFR1", "TXFR1"),
        ("shioaji", None, "TXFL6", "TXFL6"),
        ("shioaji", None, "TXF202612", "TXF202612"),
        ("shioaji", "TAIFEX", "TXFZ2026", "TXF202612"),
        ("shioaji", "TAIFEX", "MXFF2027", "MXF202701"),
        ("shioaji", None, "2330", "2330"),
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
    assert named(broker, ticker, exchange) == symbol


@pytest.mark.parametrize(
    ("broker", "exchange", "ticker", "candidates"),
    [
        ("gateio", None, "BTCUSD", ("BTC_USDT", "BTC_USDT.P")),
        ("gateio", "BITSTAMP", "BTCUSD", ("BTC_USDT", "BTC_USDT.P")),
        ("gateio", "BITMEX", "XBTUSD", ("BTC_USDT", "BTC_USDT.P")),
        ("gateio", None, "BTCUSD.P", ("BTC_USDT.P",)),
        ("gateio", None, "BTCUSDC.P", ("BTC_USDT.P",)),
        ("gateio", "BYBIT", "BTCPERP", ("BTC_USDT.P",)),
        ("gateio", None, "BTC_PERP", ("BTC_USDT.P",)),
        ("gateio", None, "WBTC", ("WBTC_USDT", "WBTC_USDT.P")),
        ("gateio", None, "BTCUSDTETH", ()),
        ("gateio", None, "BTCUSDT_UMCBL", ()),
        ("gateio", "NASDAQ", "ETHUSDT", ("ETH_USDT", "ETH_USDT.P")),
        ("gateio", "NASDAQ", "AAPL", ()),
        ("gateio", None, "USDT", ()),
        ("gateio", None, "2330", ()),
        ("shioaji", "TAIFEX", "TXF3!", ("TXFR1", "TXFR2")),
        ("shioaji", "TAIFEX", "TXF202613", ("TXFR1", "TXFR2")),
        ("shioaji", None, "TXFM6", ()),
        ("shioaji", "TAIFEX", "2330", ()),
        ("shioaji", "BINANCE", "BTCUSDT", ()),
        ("shioaji", "TWSE", "TXF1!", ()),
    ],
)
def test_what_has_no_meaning_is_refused_with_candidates(
    broker: str, exchange: str | None, ticker: str, candidates: tuple[str, ...]
) -> None:
    assert named(broker, ticker, exchange) == UnknownSymbol(candidates=candidates)


def test_a_broker_that_nobody_knows_has_no_symbols() -> None:
    account = an_account(broker="nobody")

    assert map_symbol(Chart(ticker="BTCUSDT"), account) == UnknownSymbol()


@given(ticker=st.one_of(tickers, st.text(max_size=80)), exchange=exchanges, broker=brokers)
@example(ticker="", exchange=None, broker="gateio")
@example(ticker="\x00\ud800", exchange=None, broker="shioaji")
def test_no_text_raises(ticker: str, exchange: str | None, broker: str) -> None:
    assert isinstance(named(broker, ticker, exchange), str | UnknownSymbol)


@given(ticker=tickers, exchange=exchanges)
@example(ticker="BTC_PERP", exchange=None)
@example(ticker="BTCUSDTPERP", exchange="BINANCE")
@example(ticker="X_YPERP", exchange=None)
def test_spot_and_perpetual_never_cross(ticker: str, exchange: str | None) -> None:
    symbol = named("gateio", ticker, exchange)

    if isinstance(symbol, str):
        says_perpetual = ticker.endswith((".P", "PERP", "-SWAP", "_SWAP"))
        assert symbol.endswith(".P") == says_perpetual


@given(ticker=tickers)
def test_perpetuals_are_offered_perpetuals_only(ticker: str) -> None:
    symbol = named("gateio", ticker + ".P")

    if isinstance(symbol, UnknownSymbol):
        assert all(candidate.endswith(".P") for candidate in symbol.candidates)


@given(ticker=tickers, exchange=exchanges, broker=brokers)
def test_a_venues_symbol_means_itself(ticker: str, exchange: str | None, broker: str) -> None:
    symbol = named(broker, ticker, exchange)

    if isinstance(symbol, str):
        assert named(broker, symbol) == symbol


@given(ticker=tickers, broker=brokers)
def test_candidates_are_symbols_of_the_venue(ticker: str, broker: str) -> None:
    symbol = named(broker, ticker)

    if isinstance(symbol, UnknownSymbol):
        assert [named(broker, candidate) for candidate in symbol.candidates] == list(
            symbol.candidates
        )
