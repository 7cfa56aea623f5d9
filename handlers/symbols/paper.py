"""The paper venue's names: everything can be traded there under the name it has. Pure."""

from __future__ import annotations

from handlers.symbols.charts import Chart, Market, UnknownSymbol


class PaperNames:
    """What the paper venue calls a chart's symbol."""

    def name(self, chart: Chart) -> str | UnknownSymbol:
        """Return the ticker as it is; where the chart was drawn makes no difference."""
        return chart.ticker

    def market_of(self, symbol: str) -> Market | None:
        """Return the market that the name's spelling says."""
        return Chart(ticker=symbol).market
