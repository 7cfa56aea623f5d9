"""Looks orders up at one market: every rung that may show one, down to the trades.

A client id is no key at Gate: it is found only while a spot order works, and a perpetual's that
ended unfilled for one minute. So the lists count as much as the direct question does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from broker_adapters.base import Fill, NotFound, OrderRef, OrderReport, Reason
from broker_adapters.errors import BrokerUnavailableError, UnknownSymbolError
from broker_adapters.gateio.dialect import PAGE
from broker_adapters.gateio.errors import RefusedError, UnreadableError
from broker_adapters.gateio.labels import NO_ACCOUNT
from broker_adapters.gateio.mapping import VenueOrder, report_of, text_of
from bus.values import OrderState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime
    from decimal import Decimal

    from broker_adapters.gateio.dialect import Asked, Listing, Market
    from broker_adapters.gateio.gateway import Gateway
    from broker_adapters.gateio.listings import Listings

_T = TypeVar("_T")
Reader = Callable[[bytes, "Mapping[str, Decimal]"], _T]

# When an order was sent is told by another machine's clock than Gate's, and than this one's.
_BEFORE = timedelta(minutes=10)
# An order that had an id and no fill leaves Gate's books some minutes after it was cancelled.
_FORGOTTEN_AFTER = timedelta(minutes=15)
_MOST_PAGES = 50


class Ladder:
    """One market's look-ups. All raise `BrokerUnavailableError` without a usable answer."""

    def __init__(self, market: Market, gateway: Gateway, listings: Listings) -> None:
        self.market = market
        self._gateway = gateway
        self._listings = listings

    async def find(self, ref: OrderRef, pair: str) -> OrderReport | NotFound:
        """Walk every rung; "not found" only if each of them answered so."""
        order = await self._by_ids(ref, pair)
        order = order or await self._among_open(ref, pair)
        order = order or await self._among_finished(ref, pair)
        order = order or await self._among_trades(ref, pair)
        if order is not None:
            return await self.report(order)
        return self._forgotten(ref) or NotFound()

    async def report(self, order: VenueOrder) -> OrderReport:
        """Return an order with its fills."""
        fills = await self.fills_of(order) if order.filled else ()
        return report_of(order, self.market.symbol_of(order.pair), fills)

    async def by_id(self, identity: str, pair: str) -> VenueOrder | None:
        """Return the order of Gate's id, or of a client id with its prefix; `None` if none is."""
        path = f"{self.market.orders_path}/{identity}"
        try:
            body = await self._gateway.read(path, self.market.about(pair))
        except RefusedError as error:
            if error.reason is Reason.NOT_FOUND or error.label == NO_ACCOUNT:
                return None
            raise
        units = await self.units_in(body)
        return _read(self.market.order, body, units)

    async def open_orders(self) -> list[VenueOrder]:
        """Return what works, of all pairs."""
        pages = self._pages(self.market.open_orders, self.market.orders)
        return [order async for page in pages for order in page]

    async def finished(self, pair: str, since: datetime) -> list[VenueOrder]:
        """Return what was created since and has ended."""
        found: list[VenueOrder] = []
        ask = partial(self.market.finished_orders, pair, since)
        async for page in self._pages(ask, self.market.orders):
            recent = [order for order in page if order.created_at >= since]
            found += recent
            if not recent:
                break
        return found

    async def since(self, start: datetime, listings: Sequence[Listing]) -> list[VenueOrder]:
        """Return orders created since, of the pairs that are listed here, worked or traded."""
        orders = {order.id: order for order in await self.open_orders()}
        pairs = {listing.pair for listing in listings} | {order.pair for order in orders.values()}
        for fill in await self.trades(start):
            pairs.add(self.market.pair_of(fill.symbol) or "")
        for pair in sorted(pairs - {""}):
            orders |= {order.id: order for order in await self.finished(pair, start)}
        return [order for order in orders.values() if order.created_at >= start]

    async def trades(self, since: datetime, pair: str | None = None) -> list[Fill]:
        """Return executions since, of one pair or of all, oldest first."""
        found: list[Fill] = []
        ask = partial(self.market.trades, since, pair)
        async for page in self._pages(ask, self.market.fills):
            recent = [fill for fill in page if fill.at >= since]
            found += recent
            if not recent:
                break
        return _in_order(found)

    async def fills_of(self, order: VenueOrder) -> tuple[Fill, ...]:
        """Return one order's executions, oldest first."""
        ask = partial(self.market.trades_of, order.pair, order.id)
        pages = self._pages(ask, self.market.fills)
        found = [fill async for page in pages for fill in page]
        return tuple(_in_order([fill for fill in found if fill.broker_order_id == order.id]))

    async def units_in(self, body: bytes) -> dict[str, Decimal]:
        """Return the units of all that a body speaks of."""
        try:
            return dict(await self._listings.units(self.market.pairs_in(body)))
        except (UnreadableError, UnknownSymbolError) as error:
            raise BrokerUnavailableError(str(error)) from error

    async def _by_ids(self, ref: OrderRef, pair: str) -> VenueOrder | None:
        if ref.broker_order_id is not None and ref.broker_order_id.isdecimal():
            order = await self.by_id(ref.broker_order_id, pair)
            if order is not None:
                return order
        order = await self.by_id(text_of(ref.client_order_id), pair)
        return order if order is not None and _is_meant(order, ref, pair) else None

    async def _among_open(self, ref: OrderRef, pair: str) -> VenueOrder | None:
        orders = await self.open_orders()
        return next((order for order in orders if _is_meant(order, ref, pair)), None)

    async def _among_finished(self, ref: OrderRef, pair: str) -> VenueOrder | None:
        orders = await self.finished(pair, self._since(ref))
        return next((order for order in orders if _is_meant(order, ref, pair)), None)

    async def _among_trades(self, ref: OrderRef, pair: str) -> VenueOrder | None:
        """Find an order by a trade that carries its client id, where no list shows it."""
        symbol = self.market.symbol_of(pair)
        for fill in await self.trades(self._since(ref), pair):
            if fill.client_order_id == ref.client_order_id and fill.symbol == symbol:
                return await self.by_id(fill.broker_order_id, pair)
        return None

    def _since(self, ref: OrderRef) -> datetime:
        return self._gateway.clock.theirs(ref.sent_at) - _BEFORE

    def _forgotten(self, ref: OrderRef) -> OrderReport | None:
        """Tell of an order that Gate had and no longer has: cancelled without a fill.

        Orders with fills are kept; only what was cancelled unfilled is forgotten after a while.
        """
        now = self._gateway.clock.ours()
        if ref.broker_order_id is None or now - ref.sent_at < _FORGOTTEN_AFTER:
            return None
        return OrderReport(
            broker_order_id=ref.broker_order_id,
            client_order_id=ref.client_order_id,
            symbol=ref.symbol,
            side=ref.side,
            quantity=ref.quantity,
            state=OrderState.CANCELLED,
            filled_quantity=ref.quantity * 0,
            average_price=None,
            at=now,
        )

    async def _pages(
        self, ask: Callable[[int], Asked], read: Reader[Sequence[_T]]
    ) -> AsyncIterator[Sequence[_T]]:
        """Yield a list's pages up to the last, which is not full."""
        for number in range(_MOST_PAGES):
            body = await self._read_list(ask(number))
            page = _read(read, body, await self.units_in(body))
            yield page
            if len(page) < PAGE:
                return
        raise BrokerUnavailableError("the list is longer than can be read")

    async def _read_list(self, asked: Asked) -> bytes:
        """Read a list; there is none where there is no futures account yet."""
        try:
            return await self._gateway.read(asked.path, asked.query)
        except RefusedError as error:
            if error.label == NO_ACCOUNT:
                return b"[]"
            raise


def _is_meant(order: VenueOrder, ref: OrderRef, pair: str) -> bool:
    """Whether an order is the one: a client id alone is no proof at a venue that takes it twice."""
    is_named = order.client_order_id == ref.client_order_id
    return is_named and order.pair == pair and order.side is ref.side


def _in_order(fills: list[Fill]) -> list[Fill]:
    """Return fills oldest first, each once though pages moved while they were read."""
    once = {fill.fill_key: fill for fill in fills}
    return sorted(once.values(), key=lambda fill: (fill.at, fill.fill_key))


def _read(by: Reader[_T], body: bytes, units: dict[str, Decimal]) -> _T:
    try:
        return by(body, units)
    except UnreadableError as error:
        msg = f"Gate's answer is not understood: {error}"
        raise BrokerUnavailableError(msg) from error
