"""A trader with one account at a venue under test, and the words to trade with."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from broker_adapters.base import (
    Accepted,
    Broker,
    OrderRef,
    OrderReport,
    OrderRequest,
    SubmitOutcome,
)
from broker_adapters.opening import BrokerAccount, BrokerMeans, Wake
from broker_adapters.paper.adapter import PaperBroker
from broker_adapters.paper.prices import set_price
from broker_adapters.paper.stream import StreamPace
from bus.ids import uuid7
from bus.values import AccountId, Mode, OrderType, Side, UserId

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from broker_adapters.paper.venue import Venue
    from bus.values import Clock

SYMBOL = "BTCUSDT"
PATIENCE = timedelta(seconds=2)
# Asked so often that no test has to wait, and told by nothing but the asking.
QUICK = StreamPace(working=0.01, idle=0.01, failing=0.01)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A venue under test, its clock, and how its day is brought to its end."""

    venue: Venue
    clock: Clock
    end_the_day: Callable[[], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Trader:
    """One account. Orders are for one BTCUSDT at the market unless said otherwise."""

    place: Place
    account: BrokerAccount
    broker: Broker
    numbers: count[int] = field(default_factory=lambda: count(1))

    def request(self, **fields: Any) -> OrderRequest:
        """Make a request; the alert's price is 100 unless it says otherwise."""
        defaults: dict[str, Any] = {
            "account_id": self.account.id,
            "client_order_id": f"order-{next(self.numbers)}",
            "mode": Mode.PAPER,
            "symbol": SYMBOL,
            "side": Side.BUY,
            "quantity": Decimal(1),
            "order_type": OrderType.MARKET,
            "reference_price": Decimal(100),
        }
        return OrderRequest(**{**defaults, **fields})

    async def submit(self, request: OrderRequest | None = None, **fields: Any) -> SubmitOutcome:
        """Send an order."""
        send_by = self.place.clock.now() + PATIENCE
        return await self.broker.submit(request or self.request(**fields), send_by=send_by)

    async def placed(self, **fields: Any) -> OrderReport:
        """Send an order that the venue takes, and return what it says of it."""
        outcome = await self.submit(**fields)
        assert isinstance(outcome, Accepted), outcome
        return outcome.report

    async def resting(self, **fields: Any) -> OrderReport:
        """Place an order far below the market, that only works."""
        far = {"order_type": OrderType.LIMIT, "limit_price": Decimal(50)}
        return await self.placed(**{**far, **fields})

    async def tick(self, price: str, symbol: str = SYMBOL) -> int:
        """Set the owner's price."""
        return await set_price(
            self.place.venue, owner=self.account.owner, symbol=symbol, price=Decimal(price)
        )

    async def found(self, report: OrderReport | OrderRequest) -> OrderReport:
        """Look an order up that must be there."""
        outcome = await self.broker.find(self.ref(report))
        assert isinstance(outcome, OrderReport), outcome
        return outcome

    def ref(self, order: OrderReport | OrderRequest) -> OrderRef:
        """Return all by which an order can be recognised."""
        is_report = isinstance(order, OrderReport)
        return OrderRef(
            client_order_id=order.client_order_id,
            broker_order_id=order.broker_order_id if is_report else None,
            symbol=order.symbol,
            side=order.side,
            quantity=order.quantity,
            sent_at=self.place.clock.now(),
        )

    async def held(self, symbol: str = SYMBOL) -> Decimal:
        """Return the position."""
        positions = await self.broker.positions()
        return sum((each.quantity for each in positions if each.symbol == symbol), Decimal(0))


@asynccontextmanager
async def trading(
    place: Place,
    account: BrokerAccount | None = None,
    *,
    wake: Wake | None = None,
    pace: StreamPace = QUICK,
    **options: Any,
) -> AsyncGenerator[Trader]:
    """Open a session: of an account, or of a new owner's only one with these options."""
    whose = account or an_account(**options)
    means = BrokerMeans(clock=place.clock, paper=place.venue, wake=wake)
    broker = PaperBroker(place.venue, whose, means, pace=pace)
    await broker.connect(deadline=place.clock.now() + timedelta(seconds=10))
    try:
        yield Trader(place=place, account=whose, broker=broker)
    finally:
        await broker.close()


def an_account(owner: UserId | None = None, **options: Any) -> BrokerAccount:
    """Make an account that the venue has never heard of."""
    return BrokerAccount(
        id=AccountId(uuid7()),
        owner=owner or UserId(uuid7()),
        broker="paper",
        mode=Mode.PAPER,
        options=options,
    )
