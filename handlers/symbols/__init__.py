"""What a chart's symbol is called at a venue; spot and perpetual never cross."""

from handlers.symbols.charts import Chart, Market, UnknownSymbol, is_crossing
from handlers.symbols.mapping import Mapped, holds_at, map_symbol, refusal_of
from handlers.symbols.months import is_to_come
from handlers.symbols.venues import VENUES

__all__ = (
    "VENUES",
    "Chart",
    "Mapped",
    "Market",
    "UnknownSymbol",
    "holds_at",
    "is_crossing",
    "is_to_come",
    "map_symbol",
    "refusal_of",
)
