"""Gate's names: `BTC_USDT` is the spot pair, `BTC_USDT.P` the perpetual. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.symbols.charts import Market, UnknownSymbol

if TYPE_CHECKING:
    from handlers.symbols.charts import Chart

_PERPETUAL = ".P"
# The adapter's perpetuals are settled in it; Gate has no others here.
_SETTLED_IN = "USDT"
# Where the chart was drawn says nothing of where is traded, as long as it is the same thing: a
# pair of coins. A price in USD is not one in USDT, so pairs in USD stay unknown.
_EXCHANGES = (
    "BINANCE BINANCEUS BINGX BITFINEX BITGET BITMART BITMEX BITRUE BITSTAMP BLOFIN BYBIT COINBASE "
    "COINEX CRYPTO CRYPTOCOM DERIBIT GATE GATEIO GEMINI HTX HUOBI HYPERLIQUID KRAKEN KUCOIN LBANK "
    "MEXC OKX PHEMEX PIONEX POLONIEX TOOBIT WEEX WHITEBIT WOOX XT"
)
_COIN_EXCHANGES = frozenset(_EXCHANGES.split())
_PAIR = re.compile(
    r"(?P<base>[A-Z0-9]{1,20}?)(?P<apart>[_/-]?)(?P<quote>USDT|USDC|BTC|ETH)"
    r"(?P<perpetual>\.P|[._-]?PERP|[_-]SWAP)?"
)
_LIKE_A_PAIR = re.compile(
    r"(?P<base>[A-Z0-9]{1,20}?)[_/-]?(?:USD[A-Z]?)?(?P<perpetual>\.P|[._-]?PERP|[_-]SWAP)?"
)
_OWN = re.compile(r"[A-Z0-9]{1,20}_(?P<quote>[A-Z0-9]{2,12})(?P<perpetual>\.P)?")
_OWN_EXCHANGES = frozenset({None, "GATE", "GATEIO"})
# How other exchanges mark what is no spot pair, where Gate would have the money's name.
_NO_QUOTES = ("PERP", "SWAP", "MCBL", "USD")
# Coins whose own name ends like a pair: `WBTC` is not W for BTC unless something stands between.
_COINS = (
    "BBTC BETH CBBTC CBETH CMETH EETH EZETH FBTC FRXETH HBTC LBTC LSETH METH MBTC OSETH PUMPBTC "
    "PUFETH RENBTC RETH RSETH SBTC SETH SFRXETH SOLVBTC STETH SWETH TBTC TETH UNIBTC WBETH WBTC "
    "WEETH WETH WSTETH"
)
_COINS_LIKE_PAIRS = frozenset(_COINS.split())
_TOLD_APART = ("USDT", "USDC")
_ALSO_CALLED = {"XBT": "BTC"}


class GateioNames:
    """What Gate calls a chart's symbol."""

    def name(self, chart: Chart) -> str | UnknownSymbol:
        """Return the pair; never the perpetual of a spot chart, nor the pair of a perpetual's."""
        if chart.exchange in _OWN_EXCHANGES and self.market_of(chart.ticker) is not None:
            return chart.ticker
        pair = _PAIR.fullmatch(chart.ticker)
        if pair is None or not _is_of_coins(chart):
            return _unknown(chart)
        base, quote = pair["base"], pair["quote"]
        if not pair["apart"] and _is_ambiguous(base, quote):
            return _unknown(chart)
        if not pair["perpetual"]:
            return f"{base}_{quote}"
        if quote != _SETTLED_IN:
            return _unknown(chart)
        return f"{base}_{quote}{_PERPETUAL}"

    def market_of(self, symbol: str) -> Market | None:
        """Return the market of one of Gate's own names; `None` where it is none."""
        own = _OWN.fullmatch(symbol)
        if own is None or own["quote"].endswith(_NO_QUOTES):
            return None
        if own["perpetual"] is None:
            return Market.SPOT
        return Market.PERPETUAL if own["quote"] == _SETTLED_IN else None


def _is_of_coins(chart: Chart) -> bool:
    return chart.exchange is None or chart.exchange in _COIN_EXCHANGES


def _is_ambiguous(base: str, quote: str) -> bool:
    """Say whether letters that run on can be read in another way too."""
    if quote in _TOLD_APART:
        return False
    return base + quote in _COINS_LIKE_PAIRS or base.endswith(_TOLD_APART)


def _unknown(chart: Chart) -> UnknownSymbol:
    """Offer what the chart may mean; of a perpetual's chart perpetuals only."""
    if chart.ticker in _COINS_LIKE_PAIRS:
        return UnknownSymbol(candidates=(f"{chart.ticker}_USDT", f"{chart.ticker}_USDT.P"))
    alike = _PAIR.fullmatch(chart.ticker) or _LIKE_A_PAIR.fullmatch(chart.ticker)
    # A word alone may be anything, and what ends in money is no coin.
    if alike is None or alike["base"] == chart.ticker or alike["base"].endswith(_TOLD_APART):
        return UnknownSymbol()
    base = _ALSO_CALLED.get(alike["base"], alike["base"])
    quote = alike.groupdict().get("quote") or _SETTLED_IN
    perpetual = f"{base}_{_SETTLED_IN}{_PERPETUAL}"
    if alike["perpetual"]:
        return UnknownSymbol(candidates=(perpetual,))
    return UnknownSymbol(candidates=(f"{base}_{quote}", perpetual))
