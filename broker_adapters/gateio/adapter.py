"""Gate as a broker: spot and perpetuals of one account, told apart by the symbol.

`BTC_USDT` is the spot pair, `BTC_USDT.P` the perpetual; neither is ever taken for the other.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING

import anyio
import msgspec
from typing_extensions import override

from broker_adapters import base
from broker_adapters.errors import (
    AuthFailedError,
    BrokerError,
    BrokerUnavailableError,
    UnknownSymbolError,
)
from broker_adapters.foreign import refuse_foreign
from broker_adapters.gateio.errors import RefusedError
from broker_adapters.gateio.gateway import Gateway, Pace
from broker_adapters.gateio.holdings import MONEY, balances_of
from broker_adapters.gateio.mapping import report_of
from broker_adapters.gateio.markets import Desk, Markets
from broker_adapters.gateio.stream import PolledStream
from broker_adapters.gateio.venue_clock import VenueClock
from broker_adapters.searching import ranked
from broker_adapters.standing import read_standing
from broker_adapters.together import together
from bus.values import OrderType, TimeInForce

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from broker_adapters.credentials import GateioCredentials
    from broker_adapters.gateio.port import GateClient
    from broker_adapters.opening import BrokerAccount, BrokerMeans

CLIENT_ID_MAX = 28
_CHARSET = "[0-9A-Za-z_.-]"
_CLIENT_ID = re.compile(f"{_CHARSET}{{1,{CLIENT_ID_MAX}}}")

CAPABILITIES = base.Capabilities(
    client_id_max=CLIENT_ID_MAX,
    client_id_is_unique=False,
    # A perpetual's that ended unfilled; a spot order's is gone at once, but the lists have it.
    lookup_window=timedelta(seconds=60),
    # Gate may hide a new order for ten seconds; `x-gate-exptime` lets none come later.
    settle=timedelta(seconds=16),
    can_prove_absence=True,
    flips_atomically=True,
    shorts=True,
    order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}),
    times_in_force=frozenset({TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK}),
    is_rate_limited=True,
    money=frozenset(MONEY),
)


class GateioBroker(base.Broker):
    """One account at Gate."""

    def __init__(
        self,
        client: GateClient,
        account: BrokerAccount,
        credentials: GateioCredentials,
        means: BrokerMeans,
        *,
        pace: Pace | None = None,
    ) -> None:
        self.capabilities = CAPABILITIES
        self._account = account
        pace = pace or Pace()
        clock = VenueClock(means.clock)
        self._gateway = Gateway(client, credentials, clock=clock, pace=pace)
        self._stream = PolledStream(self._gateway, pace=pace)
        self._markets = Markets(self._gateway)
        # Until it connects nobody knows what the key may read.
        self._open = self._markets.desks

    @override
    async def connect(self, *, deadline: datetime) -> base.SessionInfo:
        left = (deadline - self._gateway.clock.ours()).total_seconds()
        with anyio.move_on_after(left):
            await self._gateway.measure_clock()
            self._open = await self._open_desks()
            whose = await self._markets.whose()
            self._gateway.is_open = True
            self._stream.start([desk.ladder for desk in self._open])
            now = self._gateway.clock.ours()
            return base.SessionInfo(
                broker="gateio", mode=self._account.mode, since=now, venue_account=whose
            )
        raise BrokerUnavailableError("Gate did not answer in time")

    @override
    async def close(self) -> None:
        self._stream.close()
        with anyio.CancelScope(shield=True):
            await self._gateway.aclose()

    @override
    async def health(self) -> base.Health:
        is_failing = self._stream.is_failing
        return base.Health(
            is_connected=self._gateway.is_open and not is_failing,
            has_gap=is_failing,
            clock_skew_ms=self._gateway.clock.skew_ms,
        )

    @override
    async def submit(self, request: base.OrderRequest, *, send_by: datetime) -> base.SubmitOutcome:
        refusal = refuse_foreign(request, self._account) or self._unable(request)
        if refusal is not None:
            return refusal
        found = self._desk_of(request.symbol)
        if found is None:
            message = f"{request.symbol} is no symbol of Gate, as BTC_USDT or BTC_USDT.P are."
            return base.Rejected(reason=base.Reason.INVALID_INSTRUMENT, message=message)
        desk, pair = found
        outcome = await desk.trading.submit(request, pair, send_by)
        if isinstance(outcome, base.Accepted | base.Unknown):
            self._stream.expect(desk.market.market, pair, outcome)
        return outcome

    @override
    async def cancel(self, ref: base.OrderRef) -> base.CancelOutcome:
        found = self._desk_of(ref.symbol)
        if found is None:
            message = f"{ref.symbol} is no symbol of Gate."
            return base.Rejected(reason=base.Reason.NOT_FOUND, message=message)
        desk, pair = found
        outcome = await desk.trading.cancel(ref, pair)
        self._stream.ring()
        return outcome

    @override
    async def find(self, ref: base.OrderRef) -> base.FindOutcome:
        found = self._desk_of(ref.symbol)
        if found is None:
            return base.NotFound()
        desk, pair = found
        try:
            return await desk.ladder.find(ref, pair)
        except BrokerError as error:
            return base.Unknown(why=str(error))

    @override
    def events(self) -> AsyncIterator[base.BrokerEvent]:
        return self._stream.events()

    @override
    async def instrument(self, symbol: str) -> base.Instrument:
        found = self._desk_of(symbol)
        if found is None:
            msg = f"{symbol!r} is no symbol of Gate, as BTC_USDT or BTC_USDT.P are"
            raise UnknownSymbolError(msg)
        desk, pair = found
        return (await desk.listings.of(pair)).instrument

    @override
    async def instruments(self, query: str, *, limit: int) -> Sequence[base.Instrument]:
        lists = await together(*[desk.listings.all for desk in self._open])
        known = {
            listing.instrument.symbol: listing.instrument
            for listings in lists
            for listing in listings
        }
        return tuple(known[symbol] for symbol in ranked(known, query, limit=limit))

    @override
    async def open_orders(self) -> Sequence[base.OrderReport]:
        return tuple(chain(*await together(*[desk.working_orders for desk in self._open])))

    @override
    async def orders_since(self, since: datetime) -> Sequence[base.OrderReport]:
        """Return orders of the pairs that were asked for, traded or are working."""
        start = self._gateway.clock.theirs(since)
        found: list[tuple[datetime, base.OrderReport]] = []
        for desk in self._open:
            for order in await desk.ladder.since(start, desk.listings.known()):
                report = report_of(order, desk.market.symbol_of(order.pair))
                found.append((order.created_at, report))
        # Gate's lists begin with the newest: of one instant the older come out first all the same.
        found.reverse()
        return tuple(report for _, report in sorted(found, key=lambda each: each[0]))

    @override
    async def fills_since(self, since: datetime) -> Sequence[base.Fill]:
        start = self._gateway.clock.theirs(since)
        fills = [fill for desk in self._open for fill in await desk.ladder.trades(start)]
        return tuple(sorted(fills, key=lambda fill: fill.at))

    @override
    async def positions(self) -> Sequence[base.Position]:
        found = await together(*[desk.positions for desk in self._open])
        self._learn_mode()
        return tuple(chain(*found))

    @override
    async def balances(self) -> Sequence[base.Balance]:
        return tuple(balances_of(*await together(*[desk.money for desk in self._open])))

    @override
    async def standing(self, *, with_money: bool) -> base.Standing | None:
        return await read_standing(self, with_money=with_money)

    async def _open_desks(self) -> tuple[Desk, ...]:
        """Return the markets that the key may read, and learn how positions are kept.

        Raises:
            AuthFailedError: It may read none.
        """
        opened: list[Desk] = []
        why = ""
        for desk in self._markets.desks:
            try:
                await desk.money()
            except RefusedError as error:
                if error.reason is not base.Reason.PERMISSION:
                    raise
                why = str(error)
            else:
                opened.append(desk)
        if not opened:
            raise AuthFailedError(why)
        self._learn_mode()
        return tuple(opened)

    def _learn_mode(self) -> None:
        """Declare what the way in which positions are kept allows; the trader may change it."""
        flips = not self._markets.is_dual
        if self.capabilities.flips_atomically is not flips:
            self.capabilities = msgspec.structs.replace(CAPABILITIES, flips_atomically=flips)

    def _desk_of(self, symbol: str) -> tuple[Desk, str] | None:
        for desk in self._markets.desks:
            pair = desk.market.pair_of(symbol)
            if pair is not None:
                return desk, pair
        return None

    def _unable(self, request: base.OrderRequest) -> base.Rejected | None:
        """Refuse what Gate cannot be asked for."""
        able = self.capabilities
        if _CLIENT_ID.fullmatch(request.client_order_id) is None:
            message = f"A client order id has 1 to {CLIENT_ID_MAX} of {_CHARSET}."
        elif request.order_type not in able.order_types:
            message = f"Gate takes no {request.order_type.value} orders from here."
        elif request.time_in_force not in able.times_in_force:
            message = f"Gate takes no {request.time_in_force.value} orders."
        elif request.order_type is OrderType.MARKET and request.limit_price is not None:
            message = "A market order has no `limit_price`."
        else:
            return None
        return base.Rejected(reason=base.Reason.INVALID_REQUEST, message=message)
