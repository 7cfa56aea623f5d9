"""Who knows what a venue calls things: one line for each broker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from handlers.symbols.gateio import GateioNames
from handlers.symbols.paper import PaperNames
from handlers.symbols.shioaji import ShioajiNames

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.symbols.charts import Chart, Market, UnknownSymbol


class Names(Protocol):
    """One venue's way of calling things. Pure, and the same for all traders; never raises."""

    def name(self, chart: Chart) -> str | UnknownSymbol:
        """Return what a chart's symbol is called here; one of the venue's own names means itself.

        Never a guess: what has two meanings is unknown. A perpetual never becomes a spot pair, nor
        the other way round.
        """
        ...

    def market_of(self, symbol: str) -> Market | None:
        """Return the market of one of the venue's own names; `None` where it is none of them.

        Of a well-formed name only the venue knows whether it is traded.
        """
        ...


VENUES: Mapping[str, Names] = {
    "gateio": GateioNames(),
    "paper": PaperNames(),
    "shioaji": ShioajiNames(),
}
