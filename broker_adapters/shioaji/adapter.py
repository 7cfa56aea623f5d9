"""SinoPac as a broker: shares and futures of one person, told apart by the symbol.

`2330` is a share, `TXFR1` and `TXFC6` are futures. A share's quantity is in single shares.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from typing_extensions import override

from broker_adapters import base
from broker_adapters.errors import BrokerError, UnknownSymbolError
from broker_adapters.foreign import refuse_foreign
from broker_adapters.shioaji.budget import Share
from broker_adapters.shioaji.contracts import Contracts
from broker_adapters.shioaji.folding import Whose, amount_of, report_of
from broker_adapters.shioaji.guard import certificate_ends, refusal_of_account, venue_account_of
from broker_adapters.shioaji.holdings import Holdings
from broker_adapters.shioaji.ladder import Ladder
from broker_adapters.shioaji.legs import legs_of
from broker_adapters.shioaji.orders import Orders, Pace
from broker_adapters.shioaji.outcomes import unsent_outcome
from broker_adapters.shioaji.session import Session, State
from broker_adapters.shioaji.stream import Stream
from broker_adapters.shioaji.trading import Trading
from broker_adapters.standing import read_standing
from bus.values import OrderType, TimeInForce

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from broker_adapters.opening import BrokerAccount
    from broker_adapters.shioaji.book import Entry
    from broker_adapters.shioaji.signing_in import Access
    from bus.values import Clock

CAPABILITIES = base.Capabilities(
    client_id_max=0,
    client_id_is_unique=False,
    lookup_window=None,
    # The SDK itself waits this long for an answer.
    settle=timedelta(seconds=30),
    can_prove_absence=False,
    # Whether `Auto` turns a position in one order was never seen: two orders certainly do.
    flips_atomically=False,
    shorts=True,
    order_types=frozenset({OrderType.MARKET, OrderType.LIMIT}),
    times_in_force=frozenset(TimeInForce),
    sessions=5,
    is_rate_limited=True,
    keeps_overnight=False,
)

_log = logging.getLogger(__name__)


class ShioajiBroker(base.Broker):
    """One account at SinoPac."""

    def __init__(
        self,
        access: Access,
        account: BrokerAccount,
        clock: Clock,
        *,
        pace: Pace | None = None,
    ) -> None:
        self.capabilities = CAPABILITIES
        self._account = account
        self._clock = clock
        self._is_simulated = access.is_simulated
        self._pace = pace or Pace()
        self._session = Session(access, clock)
        self._contracts = Contracts(self._session, clock)
        self.orders = Orders(self._session, clock, pace=self._pace)
        self._trading = Trading(self.orders)
        self._ladder = Ladder(self.orders)
        self._holdings = Holdings(self.orders, self._contracts)

    @override
    async def connect(self, *, deadline: datetime) -> base.SessionInfo:
        left = (deadline - self._clock.now()).total_seconds()
        await self._session.open(patience=max(left, 0.0))
        ends = self._certificate_ends()
        if ends is not None:
            fields = {"account_id": str(self._account.id), "ends": ends.date().isoformat()}
            _log.warning("certificate_ends_soon", extra=fields)
        return base.SessionInfo(
            broker="shioaji",
            mode=self._account.mode,
            since=self._clock.now(),
            venue_account=venue_account_of(self._session.signed_in),
        )

    @override
    async def close(self) -> None:
        await self._session.close()

    @override
    async def health(self) -> base.Health:
        return base.Health(
            is_connected=self._session.state is State.UP,
            has_gap=bool(self._session.gap),
            certificate_ends=self._certificate_ends(),
        )

    @override
    async def submit(self, request: base.OrderRequest, *, send_by: datetime) -> base.SubmitOutcome:
        refusal = refuse_foreign(request, self._account) or self._unable(request)
        if refusal is not None:
            return refusal
        try:
            await self._reopen()
            listing = await self._contracts.of(request.symbol)
        except UnknownSymbolError as error:
            return base.Rejected(reason=base.Reason.INVALID_INSTRUMENT, message=str(error))
        except BrokerError as error:
            return unsent_outcome(error)
        legs = legs_of(request, listing)
        if isinstance(legs, base.Rejected):
            return legs
        if not self._is_simulated:
            refusal = refusal_of_account(
                self._session.signed_in, is_stock=listing.is_stock, now=self._clock.now()
            )
        outcome = refusal or await self._trading.submit(request, legs, listing, send_by)
        self._session.ring()
        return outcome

    @override
    async def cancel(self, ref: base.OrderRef) -> base.CancelOutcome:
        try:
            await self._reopen()
            listing = await self._contracts.of(ref.symbol)
            mine = self._ladder.known(ref)
            mine = mine or await self._ladder.recognised(ref, listing, share=Share.CANCEL)
            if isinstance(mine, base.Unknown):
                return mine
            if not mine.ids:
                found = await self._ladder.find(ref, listing)
                if isinstance(found, base.OrderReport):
                    return base.AlreadyFinal(report=found)
                message = "SinoPac has no such order."
                return base.Rejected(reason=base.Reason.NOT_FOUND, message=message)
        except UnknownSymbolError as error:
            return base.Rejected(reason=base.Reason.NOT_FOUND, message=str(error))
        except BrokerError as error:
            return base.Unknown(why=str(error))
        return await self._trading.cancel(mine)

    @override
    async def find(self, ref: base.OrderRef) -> base.FindOutcome:
        try:
            listing = await self._contracts.of(ref.symbol)
            return await self._ladder.find(ref, listing)
        except UnknownSymbolError:
            return base.NotFound()
        except BrokerError as error:
            return base.Unknown(why=str(error))

    @override
    def events(self) -> AsyncIterator[base.BrokerEvent]:
        return Stream(self.orders).events()

    @override
    async def instrument(self, symbol: str) -> base.Instrument:
        return (await self._contracts.of(symbol)).instrument

    @override
    async def instruments(self, query: str, *, limit: int) -> Sequence[base.Instrument]:
        return await self._contracts.alike(query, limit=limit)

    @override
    async def open_orders(self) -> Sequence[base.OrderReport]:
        await self.orders.look_at_all()
        return tuple(
            report
            for entry in self.orders.book
            if not entry.is_over
            for report in self._reports(entry)
        )

    @override
    async def orders_since(self, since: datetime) -> Sequence[base.OrderReport]:
        """Return orders of the day; SinoPac lists no others."""
        await self.orders.look_at_all()
        found = [entry for entry in self.orders.book if _created(entry) >= since]
        found.sort(key=_created)
        return tuple(report for entry in found for report in self._reports(entry))

    @override
    async def fills_since(self, since: datetime) -> Sequence[base.Fill]:
        orders = await self.orders_since(self._clock.now() - timedelta(days=1))
        fills = {fill.fill_key: fill for order in orders for fill in order.fills}
        return tuple(
            sorted((fill for fill in fills.values() if fill.at >= since), key=lambda each: each.at)
        )

    @override
    async def positions(self) -> Sequence[base.Position]:
        return await self._holdings.positions()

    @override
    async def balances(self) -> Sequence[base.Balance]:
        return await self._holdings.balances()

    @override
    async def standing(self, *, with_money: bool) -> base.Standing | None:
        return await read_standing(self, with_money=with_money)

    async def _reopen(self) -> None:
        """Sign in anew, if the session was ended: an order should not have to wait for that."""
        if self._session.state is State.DOWN:
            await self._session.open(patience=self._pace.login)

    def _reports(self, entry: Entry) -> list[base.OrderReport]:
        """Return an order at the venue under each of its names; what is ours knows its own."""
        sight, mine = entry.sight, self.orders.owner_of(entry.id)
        names = (mine.whose.symbol,) if mine else self._contracts.names_of(sight.code)
        return [
            report_of(
                Whose(
                    client_order_id=mine.whose.client_order_id if mine else "",
                    symbol=name,
                    side=sight.side,
                    quantity=amount_of(entry),
                ),
                (entry,),
                at=self._clock.now(),
            )
            for name in names
        ]

    def _certificate_ends(self) -> datetime | None:
        return certificate_ends(self._session.signed_in, now=self._clock.now())

    def _unable(self, request: base.OrderRequest) -> base.Rejected | None:
        """Refuse what SinoPac cannot be asked for."""
        if request.order_type not in self.capabilities.order_types:
            message = f"SinoPac takes no {request.order_type.value} orders from here."
        elif request.order_type is OrderType.MARKET and request.limit_price is not None:
            message = "A market order has no `limit_price`."
        else:
            return None
        return base.Rejected(reason=base.Reason.INVALID_REQUEST, message=message)


def _created(entry: Entry) -> datetime:
    return entry.sight.created_at
