"""A venue where nothing happens: it holds nothing and tells nothing; scripts change that."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING

from typing_extensions import override

from broker_adapters.base import (
    Balance,
    Broker,
    BrokerEvent,
    Fill,
    Health,
    Instrument,
    OrderReport,
    Position,
    SessionInfo,
    Standing,
)
from broker_adapters.standing import read_standing
from bus.values import Mode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime


class QuietBroker(Broker):
    """All that a scripted venue answers where its script says nothing; orders are the script's."""

    @abstractmethod
    def now(self) -> datetime:
        """Return the venue's time."""

    @override
    async def connect(self, *, deadline: datetime) -> SessionInfo:
        return SessionInfo(broker="scripted", mode=Mode.PAPER, since=self.now())

    @override
    async def close(self) -> None:
        return

    @override
    async def health(self) -> Health:
        return Health(is_connected=True)

    @override
    async def events(self) -> AsyncIterator[BrokerEvent]:
        return
        yield

    @override
    async def instruments(self, query: str, *, limit: int) -> Sequence[Instrument]:
        return ()

    @override
    async def instrument(self, symbol: str) -> Instrument:
        return Instrument(
            symbol=symbol,
            quantity_step=Decimal("0.001"),
            price_tick=Decimal("0.1"),
            min_quantity=Decimal("0.001"),
        )

    @override
    async def open_orders(self) -> Sequence[OrderReport]:
        return ()

    @override
    async def orders_since(self, since: datetime) -> Sequence[OrderReport]:
        return ()

    @override
    async def fills_since(self, since: datetime) -> Sequence[Fill]:
        return ()

    @override
    async def positions(self) -> Sequence[Position]:
        return ()

    @override
    async def balances(self) -> Sequence[Balance]:
        return ()

    @override
    async def standing(self, *, with_money: bool) -> Standing | None:
        return await read_standing(self, with_money=with_money)
