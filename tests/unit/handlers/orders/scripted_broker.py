"""A broker that does what a test tells it, and counts what was sent."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio
from typing_extensions import override

from broker_adapters.base import (
    Accepted,
    Balance,
    Cancelled,
    CancelOutcome,
    Capabilities,
    Fill,
    FindOutcome,
    NotFound,
    OrderRef,
    OrderReport,
    OrderRequest,
    Position,
    SubmitOutcome,
)
from bus.values import Clock, OrderState, OrderType, TimeInForce
from tests.quiet_broker import QuietBroker

if TYPE_CHECKING:
    from collections.abc import Sequence


class Hang:
    """An answer that never comes."""


class ScriptedBroker(QuietBroker):
    """Fills whatever it is sent, unless the script says otherwise."""

    def __init__(self, clock: Clock, *, can_prove_absence: bool = True, flips: bool = True) -> None:
        self._clock = clock
        self.capabilities = Capabilities(
            client_id_max=28,
            client_id_is_unique=True,
            lookup_window=None,
            settle=timedelta(seconds=1),
            can_prove_absence=can_prove_absence,
            flips_atomically=flips,
            shorts=True,
            order_types=frozenset(OrderType) - {OrderType.TRAILING_STOP},
            times_in_force=frozenset(TimeInForce),
        )
        self.sent: list[OrderRequest] = []
        self.send_bys: list[datetime] = []
        self.cancelled: list[OrderRef] = []
        self.looked: list[OrderRef] = []
        self.answers: deque[SubmitOutcome | Hang | Exception] = deque()
        self.finds: deque[FindOutcome | Exception] = deque()
        self.cancels: deque[CancelOutcome | Exception] = deque()
        self.held: list[Position] = []
        self.trouble: Exception | None = None
        self.open: deque[tuple[OrderReport, ...]] = deque()
        self.listing: list[OrderReport] = []
        self.traded: list[Fill] = []
        self.sending = anyio.Event()

    @override
    def now(self) -> datetime:
        return self._clock.now()

    @override
    async def submit(self, request: OrderRequest, *, send_by: datetime) -> SubmitOutcome:
        self.sent.append(request)
        self.send_bys.append(send_by)
        self.sending.set()
        await anyio.lowlevel.checkpoint()
        answer = self.answers.popleft() if self.answers else self.filled(request)
        if isinstance(answer, Hang):
            await anyio.sleep_forever()
        if isinstance(answer, Exception):
            raise answer
        assert not isinstance(answer, Hang)
        return answer

    @override
    async def cancel(self, ref: OrderRef) -> CancelOutcome:
        self.cancelled.append(ref)
        answer = self.cancels.popleft() if self.cancels else None
        if isinstance(answer, Exception):
            raise answer
        return answer or Cancelled(report=self.report(ref, OrderState.CANCELLED, filled=Decimal(0)))

    @override
    async def find(self, ref: OrderRef) -> FindOutcome:
        self.looked.append(ref)
        answer = self.finds.popleft() if self.finds else NotFound()
        if isinstance(answer, Exception):
            raise answer
        return answer

    @override
    async def open_orders(self) -> Sequence[OrderReport]:
        return self.open.popleft() if self.open else ()

    @override
    async def orders_since(self, since: datetime) -> Sequence[OrderReport]:
        return [each for each in self.listing if each.at >= since]

    @override
    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        return [each for each in self.traded if each.at >= since]

    @override
    async def positions(self) -> Sequence[Position]:
        return self.held

    @override
    async def balances(self) -> Sequence[Balance]:
        if self.trouble is not None:
            raise self.trouble
        return (Balance(currency="USDT", total=Decimal(1000), available=Decimal(1000)),)

    def hold(self, symbol: str, quantity: str) -> None:
        """Let the account hold this."""
        self.held = [
            Position(
                symbol=symbol,
                quantity=Decimal(quantity),
                average_price=Decimal(100),
                last_price=Decimal(100),
                unrealised_pnl=Decimal(0),
                updated_at=self.now(),
            )
        ]

    def filled(self, request: OrderRequest) -> Accepted:
        """Return the answer of a venue that filled the order whole at 100."""
        ref = OrderRef(
            client_order_id=request.client_order_id,
            broker_order_id=f"b-{len(self.sent)}",
            symbol=request.symbol,
            side=request.side,
            quantity=request.quantity,
            sent_at=self.now(),
        )
        report = self.report(ref, OrderState.FILLED, filled=request.quantity)
        return Accepted(broker_order_id=report.broker_order_id, report=report)

    def report(self, ref: OrderRef, state: OrderState, *, filled: Decimal) -> OrderReport:
        """Return how this venue would describe the order."""
        number = ref.broker_order_id or f"b-{ref.client_order_id}"
        fills = (
            Fill(
                fill_key=f"{number}:1",
                broker_trade_id="1",
                broker_order_id=number,
                client_order_id=ref.client_order_id,
                symbol=ref.symbol,
                side=ref.side,
                quantity=filled,
                price=Decimal(100),
                fee=Decimal("0.1"),
                fee_currency="USDT",
                at=self.now(),
            ),
        )
        return OrderReport(
            broker_order_id=number,
            client_order_id=ref.client_order_id,
            symbol=ref.symbol,
            side=ref.side,
            quantity=ref.quantity,
            state=state,
            filled_quantity=filled,
            average_price=Decimal(100) if filled else None,
            at=self.now(),
            fills=fills if filled else (),
        )
