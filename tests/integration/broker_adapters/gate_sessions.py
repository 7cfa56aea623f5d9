"""Accounts at Gate's double, for tests of what only Gate has."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from broker_adapters.base import Accepted, OrderRef, OrderReport, OrderRequest, SubmitOutcome
from broker_adapters.credentials import GateioCredentials
from broker_adapters.gateio.adapter import GateioBroker
from broker_adapters.gateio.client import AiohttpClient
from broker_adapters.gateio.gateway import Pace
from broker_adapters.opening import BrokerAccount, BrokerMeans
from bus.ids import uuid7
from bus.values import AccountId, Mode, OrderType, Side, UserId
from infra.local.doubles.gateio.server import Doors, serving
from infra.local.doubles.gateio.venue import GateVenue
from tests.contract.broker_adapters.grounds.gateio import ShiftedClock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

KEY, SECRET = "9d8c7b6a5f4e3d2c", "c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7"
PAIR, PERPETUAL = "BTC_USDT", "BTC_USDT.P"
PACE = Pace(answer=0.4, working=0.02, idle=0.02, failing=0.02)
_numbers = count(1)


@dataclass(slots=True)
class Gate:
    """One account, connected, and the double behind it."""

    broker: GateioBroker
    venue: GateVenue
    doors: Doors
    clock: ShiftedClock
    account: AccountId

    def request(self, symbol: str = PERPETUAL, **fields: Any) -> OrderRequest:
        """Make a request: buy 0.1 at the market, unless it says otherwise."""
        defaults: dict[str, Any] = {
            "account_id": self.account,
            "client_order_id": f"4pgate{next(_numbers):021d}",
            "mode": Mode.LIVE,
            "symbol": symbol,
            "side": Side.BUY,
            "quantity": Decimal("0.1"),
            "order_type": OrderType.MARKET,
        }
        return OrderRequest(**{**defaults, **fields})

    async def submit(self, request: OrderRequest) -> SubmitOutcome:
        """Send an order that may be sent for two seconds."""
        return await self.broker.submit(request, send_by=self.clock.now() + timedelta(seconds=2))

    async def accepted(self, request: OrderRequest) -> OrderReport:
        """Send an order that Gate takes."""
        outcome = await self.submit(request)
        assert isinstance(outcome, Accepted), outcome
        return outcome.report

    def ref(self, order: OrderRequest | OrderReport) -> OrderRef:
        """Return all by which an order can be recognised."""
        return OrderRef(
            client_order_id=order.client_order_id,
            broker_order_id=order.broker_order_id if isinstance(order, OrderReport) else None,
            symbol=order.symbol,
            side=order.side,
            quantity=order.quantity,
            sent_at=self.clock.now(),
        )

    async def held(self, symbol: str = PERPETUAL) -> Decimal:
        """Return the position."""
        positions = await self.broker.positions()
        return sum((each.quantity for each in positions if each.symbol == symbol), Decimal(0))

    async def connect(self) -> None:
        """Connect, again if it was before."""
        await self.broker.connect(deadline=self.clock.now() + timedelta(seconds=10))


@asynccontextmanager
async def at_gate() -> AsyncGenerator[Gate]:
    """Open an account at a double of its own, where a BTC costs 100."""
    clock = ShiftedClock()
    venue = GateVenue(clock)
    venue.list_everything({PAIR: Decimal(100)})
    venue.open_account(KEY, SECRET)
    account = BrokerAccount(
        id=AccountId(uuid7()), owner=UserId(uuid7()), broker="gateio", mode=Mode.LIVE
    )
    async with serving(venue) as doors:
        client = AiohttpClient(doors.url)
        credentials = GateioCredentials(api_key=KEY, api_secret=SECRET)
        broker = GateioBroker(client, account, credentials, BrokerMeans(clock=clock), pace=PACE)
        gate = Gate(broker, venue, doors, clock, account.id)
        await gate.connect()
        try:
            yield gate
        finally:
            await broker.close()
