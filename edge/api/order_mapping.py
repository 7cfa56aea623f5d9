"""How an order came by its symbol, as the API prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from handlers.records.symbols import MappedBy

if TYPE_CHECKING:
    from handlers.records.symbols import SymbolMapping


class OrderMappingBody(msgspec.Struct, frozen=True, kw_only=True):
    """What the alert or the person named, and who says that the order's symbol is what it means.

    Attributes:
        chart: `EXCHANGE:TICKER` where an exchange was named.
        by: The house's rule, or an override of yours.
        crosses: An override led from spot to a perpetual, or back.
    """

    chart: str
    by: MappedBy
    crosses: bool


def mapping_body(mapping: SymbolMapping | None) -> OrderMappingBody | None:
    """Print it; null where the order was recorded before that was kept."""
    if mapping is None:
        return None
    return OrderMappingBody(chart=mapping.chart, by=mapping.by, crosses=mapping.crosses)
