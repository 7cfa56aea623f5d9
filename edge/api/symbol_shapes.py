"""What the API prints of symbols: what is traded, and what a chart's symbol comes to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from edge.api.shapes import plain
from handlers.records.symbols import MappedBy
from handlers.symbols import VENUES, Market

if TYPE_CHECKING:
    from broker_adapters.base import Instrument
    from handlers.records.symbols import SymbolOverride
    from handlers.symbols import Mapped


class InstrumentBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a venue says may be traded, and in which steps; quantities in units of the symbol.

    Attributes:
        market: spot, perpetual, stock or futures.
        currency: What its price is in; null where the account has one money only.
        multiplier: Money per unit and point of price.
    """

    symbol: str
    market: Market | None
    currency: str | None
    price_tick: str
    quantity_step: str
    min_quantity: str
    max_quantity: str | None
    min_notional: str
    multiplier: str


class MappingBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a chart's symbol is at an account, by the house's rule or by an override of yours."""

    chart: str
    symbol: str
    market: Market | None
    by: MappedBy
    crosses: bool


class OverrideBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a chart's symbol means to you.

    Attributes:
        broker: At whose accounts.
        account_id: The only one that it holds for; null: for all of the broker's.
        crosses: It leads from spot to a perpetual, or back.
    """

    id: UUID
    chart: str
    broker: str
    account_id: UUID | None
    symbol: str
    market: Market | None
    crosses: bool
    created_at: datetime | None


def instrument_body(instrument: Instrument, broker: str) -> InstrumentBody:
    """Print an instrument."""
    return InstrumentBody(
        symbol=instrument.symbol,
        market=VENUES[broker].market_of(instrument.symbol),
        currency=instrument.currency,
        price_tick=format(instrument.price_tick, "f"),
        quantity_step=format(instrument.quantity_step, "f"),
        min_quantity=format(instrument.min_quantity, "f"),
        max_quantity=plain(instrument.max_quantity),
        min_notional=format(instrument.min_notional, "f"),
        multiplier=format(instrument.multiplier, "f"),
    )


def mapping_body(mapped: Mapped, broker: str) -> MappingBody:
    """Print what a chart's symbol comes to."""
    return MappingBody(
        chart=mapped.how.chart,
        symbol=mapped.symbol,
        market=VENUES[broker].market_of(mapped.symbol),
        by=mapped.how.by,
        crosses=mapped.how.crosses,
    )


def override_body(override: SymbolOverride) -> OverrideBody:
    """Print an override."""
    return OverrideBody(
        id=override.id,
        chart=override.chart,
        broker=override.broker,
        account_id=override.account_id,
        symbol=override.symbol,
        market=VENUES[override.broker].market_of(override.symbol),
        crosses=override.crosses,
        created_at=override.created_at,
    )
