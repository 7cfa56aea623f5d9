"""A venue that is late with all it shows, each time by another span; it never lies and never errs.

An order fills at once. Its trade appears in the list later, the position counts it at yet another
time, and the stream tells of it, or never does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from broker_adapters.base import (
    Accepted,
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
from bus.values import OrderState, OrderType, Side, TimeInForce
from tests.quiet_broker import QuietBroker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from bus.values import Clock

SYMBOLS = ("BTCUSDT", "ETHUSDT")


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """An execution, and when it can be seen in the list."""

    fill: Fill
    listed_at: datetime


class LateVenue(QuietBroker):
    """One account.

    Attributes:
        late_s: How late it may be with anything.
        elsewhere: What was traded without us, by symbol.
    """

    def __init__(self, clock: Clock, random: Random, *, late_s: float) -> None:
        self._clock = clock
        self._random = random
        self.late_s = late_s
        self.elsewhere: dict[str, Decimal] = {}
        self.trades: list[Trade] = []
        self.capabilities = Capabilities(
            client_id_max=28,
            client_id_is_unique=True,
            lookup_window=None,
            # Two of these are never shorter than it is late.
            settle=timedelta(seconds=late_s / 2),
            can_prove_absence=True,
            flips_atomically=True,
            shorts=True,
            order_types=frozenset(OrderType),
            times_in_force=frozenset(TimeInForce),
        )

    @override
    def now(self) -> datetime:
        return self._clock.now()

    @override
    async def submit(self, request: OrderRequest, *, send_by: datetime) -> SubmitOutcome:
        number, now = len(self.trades) + 1, self.now()
        fill = Fill(
            fill_key=f"{number}:1",
            broker_trade_id="1",
            broker_order_id=str(number),
            client_order_id=request.client_order_id,
            symbol=request.symbol,
            side=request.side,
            quantity=request.quantity,
            price=Decimal(100),
            fee=Decimal(0),
            fee_currency="USDT",
            at=now,
        )
        self.trades.append(Trade(fill=fill, listed_at=now + self._late()))
        report = OrderReport(
            broker_order_id=fill.broker_order_id,
            client_order_id=request.client_order_id,
            symbol=request.symbol,
            side=request.side,
            quantity=request.quantity,
            state=OrderState.ACCEPTED,
            filled_quantity=Decimal(0),
            average_price=None,
            at=now,
        )
        return Accepted(broker_order_id=fill.broker_order_id, report=report)

    @override
    async def cancel(self, ref: OrderRef) -> CancelOutcome:
        raise NotImplementedError

    @override
    async def find(self, ref: OrderRef) -> FindOutcome:
        return NotFound()

    @override
    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        now = self.now()
        listed = [each.fill for each in self.trades if each.listed_at <= now]
        return [fill for fill in listed if fill.at >= since]

    @override
    async def positions(self) -> Sequence[Position]:
        """Show what was held a while ago; a later look may show what was held even before."""
        held = {symbol: self.elsewhere.get(symbol, Decimal(0)) for symbol in SYMBOLS}
        as_of = self.now() - self._late()
        for each in self.trades:
            if each.fill.at <= as_of:
                change = each.fill.quantity
                held[each.fill.symbol] += change if each.fill.side is Side.BUY else -change
        return [
            Position(
                symbol=symbol,
                quantity=quantity,
                average_price=None,
                last_price=None,
                unrealised_pnl=Decimal(0),
                updated_at=self.now(),
            )
            for symbol, quantity in held.items()
            if quantity
        ]

    def _late(self) -> timedelta:
        return timedelta(seconds=self._random.uniform(0.0, self.late_s))
