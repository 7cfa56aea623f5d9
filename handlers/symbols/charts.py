"""What a chart's ticker says by itself: its exchange, and which kind of market it is of. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

_PERPETUAL = re.compile(r".+(?:\.P|[._-]?PERP|[._-]SWAP)")
_FUTURE = re.compile(r"[A-Z][A-Z0-9]*\d!|[A-Z][A-Z0-9]{1,4}[FGHJKMNQUVXZ]\d{4}")
_STOCK = re.compile(r"\d{4,6}[A-Z]?")


class Market(StrEnum):
    """The kinds of market that are never taken for one another."""

    SPOT = "spot"
    PERPETUAL = "perpetual"
    STOCK = "stock"
    FUTURES = "futures"


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart's symbol as an alert names it.

    Attributes:
        ticker: As normalised: upper case, without its exchange.
        exchange: Where the chart was drawn, if that is said.
    """

    ticker: str
    exchange: str | None = None

    @property
    def text(self) -> str:
        """Return it as a person writes it."""
        return f"{self.exchange}:{self.ticker}" if self.exchange else self.ticker

    @property
    def market(self) -> Market:
        """Return which market its spelling says: spot, unless it is marked as another one."""
        if _PERPETUAL.fullmatch(self.ticker):
            return Market.PERPETUAL
        if _FUTURE.fullmatch(self.ticker):
            return Market.FUTURES
        return Market.STOCK if _STOCK.fullmatch(self.ticker) else Market.SPOT


class UnknownSymbol(msgspec.Struct, frozen=True, kw_only=True):
    """The ticker has no one meaning at this venue; `candidates` may be what was meant."""

    candidates: tuple[str, ...] = ()


def is_crossing(one: Market, other: Market | None) -> bool:
    """Say whether an order would go from spot to a perpetual, or back."""
    return {one, other} == {Market.SPOT, Market.PERPETUAL}
