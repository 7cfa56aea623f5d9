"""SinoPac's names: `TXFR1` and `TXFR2` are the two near months, `2330` is a stock. Pure.

`TXF1!` becomes `TXFR1` and no month: which month is the near one the venue itself says when the
order is sent (`target_code`), since holidays move the last day of trading.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.symbols.charts import Market, UnknownSymbol

if TYPE_CHECKING:
    from handlers.symbols.charts import Chart

_ROOT = re.compile(r"[A-Z]{2}[A-Z0-9]")
_CONTINUOUS = re.compile(r"([A-Z]{2}[A-Z0-9])(\d{1,2})!")
# A month by its letter at TAIFEX (A to L are futures, M to X are puts), or by its number.
_CONTRACT = re.compile(r"[A-Z]{2}[A-Z0-9](?:R[12]|[A-L]\d|20\d{2}(?:0[1-9]|1[0-2]))")
# TradingView's own spelling of a month, as everywhere in futures: F is January, Z December.
_DATED = re.compile(r"([A-Z]{2}[A-Z0-9])([FGHJKMNQUVXZ])(20\d{2})")
_MONTHS = "FGHJKMNQUVXZ"
_STOCK = re.compile(r"\d{4,6}[A-Z]?")
_NEAR = ("1", "2")


class ShioajiNames:
    """What SinoPac calls a chart's symbol."""

    def name(self, chart: Chart) -> str | UnknownSymbol:
        """Return a contract of TAIFEX or the number of a stock; all else is unknown."""
        if chart.exchange in {None, "TAIFEX"}:
            future = _future(chart.ticker)
            if future is not None:
                return future
        if chart.exchange in {None, "TWSE", "TPEX"} and _STOCK.fullmatch(chart.ticker):
            return chart.ticker
        root = _ROOT.match(chart.ticker)
        if chart.exchange == "TAIFEX" and root is not None:
            return _near(root[0])
        return UnknownSymbol()

    def market_of(self, symbol: str) -> Market | None:
        """Return the market of one of SinoPac's own names; `None` where it is none."""
        if _CONTRACT.fullmatch(symbol):
            return Market.FUTURES
        return Market.STOCK if _STOCK.fullmatch(symbol) else None


def _future(ticker: str) -> str | UnknownSymbol | None:
    """Return the contract that a ticker names; `None` where it names no future."""
    if _CONTRACT.fullmatch(ticker):
        return ticker
    dated = _DATED.fullmatch(ticker)
    if dated is not None:
        root, letter, year = dated.groups()
        return f"{root}{year}{_MONTHS.index(letter) + 1:02d}"
    continuous = _CONTINUOUS.fullmatch(ticker)
    if continuous is None:
        return None
    root, month = continuous.groups()
    return f"{root}R{month}" if month in _NEAR else _near(root)


def _near(root: str) -> UnknownSymbol:
    return UnknownSymbol(candidates=tuple(f"{root}R{n}" for n in _NEAR))
