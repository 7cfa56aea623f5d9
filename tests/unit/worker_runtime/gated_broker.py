"""A venue that does what a test tells it to, and remembers everything it was asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
import msgspec
from typing_extensions import override

from broker_adapters.base import (
    Accepted,
    Broker,
    BrokerEvent,
    Cancelled,
    CancelOutcome,
    Capabilities,
    FindOutcome,
    Health,
    Instrument,
    NotFound,
    NotSent,
    OrderRef,
    OrderReport,
    OrderRequest,
    SessionInfo,
    SubmitOutcome,
    Unknown,
)
from bus.memory.bell import Bell
from bus.values import Mode, OrderState, OrderType, TimeInForce
from tests.quiet_broker import QuietBroker

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from handlers.records.accounts import Account
    from handlers.records.orders import Order

Behaviour = Callable[[OrderRequest], Awaitable[SubmitOutcome]]

_CAPABILITIES = Capabilities(
    client_id_max=64,
    client_id_is_unique=True,
    lookup_window=None,
    settle=timedelta(seconds=0.05),
    can_prove_absence=False,
    flips_atomically=True,
    shorts=True,
    order_types=frozenset(OrderType),
    times_in_force=frozenset(TimeInForce),
)


def report_of(request: OrderRequest, state: OrderState = OrderState.FILLED) -> OrderReport:
    """Return what the venue says of an order that it has."""
    filled = request.quantity if state is OrderState.FILLED else Decimal(0)
    return OrderReport(
        broker_order_id=f"b-{request.client_order_id}",
        client_order_id=request.client_order_id,
        symbol=request.symbol,
        side=request.side,
        quantity=request.quantity,
        state=state,
        filled_quantity=filled,
        average_price=Decimal(100) if filled else None,
        at=datetime.now(UTC),
    )


def report_of_order(order: Order) -> OrderReport:
    """Return what the venue says of an order of which only the record is left."""
    assert order.side is not None
    assert order.frozen_quantity is not None
    request = OrderRequest(
        account_id=order.account_id,
        client_order_id=order.client_order_id,
        mode=order.mode,
        symbol=order.symbol,
        side=order.side,
        quantity=order.frozen_quantity,
        order_type=order.order_type,
    )
    return report_of(request)


async def fill(request: OrderRequest) -> SubmitOutcome:
    """Fill the order at once."""
    report = report_of(request)
    return Accepted(broker_order_id=report.broker_order_id, report=report)


async def accept(request: OrderRequest) -> SubmitOutcome:
    """Take the order and let it work."""
    report = report_of(request, OrderState.ACCEPTED)
    return Accepted(broker_order_id=report.broker_order_id, report=report)


async def refuse_before_sending(request: OrderRequest) -> SubmitOutcome:
    """Answer what proves that nothing left."""
    return NotSent(why=f"no connection for {request.client_order_id}", retry_after=timedelta(0))


class GatedBroker(QuietBroker):
    """One account's venue. `script` holds what the next submits do; then all are filled.

    Attributes:
        submitted: Every request that reached the venue, in order.
        known: What a look-up finds, by client order id.
        gate: Submits wait here while it is closed.
        door: Connecting waits here while it is closed.
        connect_error: Raised by `connect` while it is set.
        quantity_step: What the venue says of every symbol.
    """

    def __init__(self) -> None:
        self.capabilities = _CAPABILITIES
        self.submitted: list[OrderRequest] = []
        self.cancelled: list[OrderRef] = []
        self.known: dict[str, OrderReport] = {}
        self.script: deque[Behaviour] = deque()
        self.gate = anyio.Event()
        self.gate.set()
        self.door = anyio.Event()
        self.door.set()
        self.connect_error: Exception | None = None
        self.quantity_step = Decimal("0.001")
        self.is_open = False
        self.opened = 0
        self.bell = Bell()
        self._events: deque[BrokerEvent] = deque()

    def close_gate(self) -> None:
        """Let submits wait until `gate` is set."""
        self.gate = anyio.Event()

    async def swallow(self, request: OrderRequest) -> SubmitOutcome:
        """Fill the order, and lose the answer."""
        self.known[request.client_order_id] = report_of(request)
        return Unknown(why="no answer")

    def tell(self, event: BrokerEvent) -> None:
        """Let the stream yield an event."""
        self._events.append(event)
        self.bell.ring()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something that the venue saw makes it true."""
        while not condition():
            await self.bell.wait()

    @asynccontextmanager
    async def opening(self, account: Account) -> AsyncGenerator[Broker, None]:
        """Open it as a registry would."""
        del account
        self.opened += 1
        try:
            yield self
        finally:
            self.is_open = False
            self.bell.ring()

    @override
    def now(self) -> datetime:
        return datetime.now(UTC)

    @override
    async def connect(self, *, deadline: datetime) -> SessionInfo:
        self.bell.ring()
        await self.door.wait()
        if self.connect_error is not None:
            raise self.connect_error
        self.is_open = True
        return SessionInfo(broker="scripted", mode=Mode.PAPER, since=deadline)

    @override
    async def close(self) -> None:
        self.is_open = False

    @override
    async def health(self) -> Health:
        return Health(is_connected=self.is_open)

    @override
    async def instrument(self, symbol: str) -> Instrument:
        known = await super().instrument(symbol)
        return msgspec.structs.replace(known, quantity_step=self.quantity_step)

    @override
    async def submit(self, request: OrderRequest, *, send_by: datetime) -> SubmitOutcome:
        self.submitted.append(request)
        self.bell.ring()
        await self.gate.wait()
        behaviour = self.script.popleft() if self.script else fill
        return await behaviour(request)

    @override
    async def cancel(self, ref: OrderRef) -> CancelOutcome:
        self.cancelled.append(ref)
        self.bell.ring()
        report = self.known[ref.client_order_id]
        return Cancelled(report=report)

    @override
    async def find(self, ref: OrderRef) -> FindOutcome:
        return self.known.get(ref.client_order_id, NotFound())

    @override
    async def events(self) -> AsyncIterator[BrokerEvent]:
        while True:
            while self._events:
                yield self._events.popleft()
            await self.bell.wait()
