"""What the two markets of Gate differ in: paths, fields and units. Pure; `market` asks."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from broker_adapters.base import Instrument, OrderRequest
from broker_adapters.gateio.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from broker_adapters.base import Fill, Rejected
    from broker_adapters.gateio.mapping import VenueOrder

_T = TypeVar("_T")
Query = tuple[tuple[str, str], ...]
PAGE = 100


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A pair or contract as Gate lists it.

    Attributes:
        unit: What Gate's size of one is in the house's quantity: a perpetual's multiplier, or 1.
        base: The coin that is traded, of spot pairs.
        quote: The coin that it is paid in.
    """

    instrument: Instrument
    pair: str
    unit: Decimal = Decimal(1)
    base: str = ""
    quote: str = "USDT"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list: where, and what for."""

    path: str
    query: Query = ()


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """What an order's body is made from.

    Attributes:
        closes: It must be told to only reduce, whatever it would do otherwise.
        best_price: What the other side asks for just now, where the dialect needs to know.
    """

    request: OrderRequest
    listing: Listing
    closes: bool
    best_price: Decimal | None = None


class Dialect(Protocol):
    """One market's paths and words. Decoding raises `UnreadableError`."""

    market: str
    orders_path: str

    def pair_of(self, symbol: str) -> str | None:
        """Return what this market calls a symbol; `None` if it is none of this market's."""
        ...

    def symbol_of(self, pair: str) -> str:
        """Return the symbol of a pair of this market."""
        ...

    def body(self, placing: Placing) -> dict[str, Any] | Rejected:
        """Return an order as Gate takes it, or why it cannot be one; sizes are rounded down."""
        ...

    def about(self, pair: str) -> Query:
        """Return what a question about one order has to name beside its id."""
        ...

    def listing(self, body: bytes) -> Listing:
        """Read a pair or contract."""
        ...

    def listings(self, body: bytes) -> Sequence[Listing]:
        """Read the list of all; what cannot be read is left out, since nothing can trade it."""
        ...

    def order(self, body: bytes, units: Mapping[str, Decimal]) -> VenueOrder:
        """Read an order."""
        ...

    def orders(self, body: bytes, units: Mapping[str, Decimal]) -> Sequence[VenueOrder]:
        """Read a list of orders; those that cannot be read are an error, not left out."""
        ...

    def fills(self, body: bytes, units: Mapping[str, Decimal]) -> Sequence[Fill]:
        """Read a list of trades."""
        ...


class Lists(Protocol):
    """How a market's lists are asked for, page by page, newest first."""

    def listing_path(self, pair: str | None = None) -> str:
        """Return where a pair or contract is described, or all are."""
        ...

    def open_orders(self, page: int) -> Asked:
        """Ask for what works, of all pairs."""
        ...

    def finished_orders(self, pair: str, since: datetime, page: int) -> Asked:
        """Ask for what ended since; may answer with older ones too."""
        ...

    def trades(self, since: datetime, pair: str | None, page: int) -> Asked:
        """Ask for executions since, of one pair or of all; may answer with older ones too."""
        ...

    def trades_of(self, pair: str, order_id: str, page: int) -> Asked:
        """Ask for the executions of one order."""
        ...

    def pairs_in(self, body: bytes) -> frozenset[str]:
        """Return which pairs a list of orders or trades names, whose units must be known."""
        ...


def readable(read: Callable[[_T], Listing], entries: Iterable[_T]) -> list[Listing]:
    """Read the entries of a list, without those that are not understood."""
    found: list[Listing] = []
    for entry in entries:
        with suppress(UnreadableError):
            found.append(read(entry))
    return found


class Market(Dialect, Lists, Protocol):
    """All that is pure about a market."""
