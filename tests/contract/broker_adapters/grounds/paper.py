"""The paper venue in memory as a ground: its faults are those of a way to it that breaks."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

import anyio
from typing_extensions import override

from broker_adapters.opening import BrokerAccount, BrokerMeans
from broker_adapters.paper.adapter import PaperBroker
from broker_adapters.paper.answers import Changes
from broker_adapters.paper.memory import MemoryVenue
from broker_adapters.paper.options import PaperOptions
from broker_adapters.paper.prices import set_price
from broker_adapters.paper.questions import Submit
from broker_adapters.paper.stream import StreamPace
from broker_adapters.paper.venue import AnswerLostError, NeverAskedError, Venue
from bus.ids import uuid7
from bus.values import AccountId, Clock, Mode, OrderType, Side, UserId
from tests.contract.broker_adapters.grounds.ground import Fault, Ground, Trait

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from broker_adapters.base import Broker
    from broker_adapters.paper.answers import AnyAnswer
    from broker_adapters.paper.questions import AnyQuestion

_QUICK = StreamPace(working=0.01, idle=0.01, failing=0.01)


class PushedClock(Clock):
    """A clock that goes on only when told."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return monotonic()

    def pass_(self, span: timedelta) -> None:
        self.instant += span


class FaultyWay(Venue):
    """The way to an honest venue: it breaks once, where it is told to."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self.fault: Fault | None = None
        self.written: list[str] = []
        self.held: list[AnyQuestion] = []

    @override
    async def ask(self, question: AnyQuestion) -> AnyAnswer:
        if not isinstance(question, Submit):
            return await self._venue.ask(question)
        fault, self.fault = self.fault, None
        if fault is Fault.OUT_OF_REACH:
            raise NeverAskedError("no connection")
        self.written.append(question.request.client_order_id)
        if fault is Fault.DROPPED_UNREAD:
            raise AnswerLostError("the connection broke")
        if fault is Fault.HELD:
            self.held.append(question)
            raise AnswerLostError("no answer in time")
        answer = await self._venue.ask(question)
        if fault in {Fault.DROPPED_PLACED, Fault.FAILED_PLACED}:
            raise AnswerLostError("the connection broke")
        if fault in {Fault.GARBLED_PLACED, Fault.NEW_WORDS}:
            return Changes(version=0, reports=(), versions=(), has_working=False)
        return answer

    async def release(self) -> None:
        while self.held:
            await self._venue.ask(self.held.pop())


class PaperGround(Ground):
    """One paper account of one owner."""

    name: ClassVar[str] = "paper"
    symbol: ClassVar[str] = "BTCUSDT"
    price: ClassVar[Decimal] = Decimal(100)
    tick: ClassVar[Decimal] = Decimal("0.5")
    lot: ClassVar[Decimal] = Decimal("0.1")
    lacking: ClassVar[Mapping[Trait, str]] = {
        Trait.FORGETS: "it keeps every order for ever",
        Trait.HIDES_AT_FIRST: "an order is seen from its commit on",
        Trait.RATE_LIMIT: "it takes as many as come",
        Trait.CLOCK: "it compares no clock of ours but `send_by`, in its own transaction",
        Trait.CREDENTIALS: "a paper account has no secret",
        Trait.SESSIONS: "it has no sessions",
        Trait.CONNECTION: "a session is nothing that could be lost",
    }
    venue_mib_per_order: ClassVar[float] = 0.01
    mode = Mode.PAPER

    def __init__(self) -> None:
        self.clock = self._manual = PushedClock()
        self._way = FaultyWay(MemoryVenue(self.clock))
        self._whose = BrokerAccount(
            id=AccountId(uuid7()), owner=UserId(uuid7()), broker="paper", mode=Mode.PAPER
        )
        self.account = self._whose.id
        self._depth: int | None = None
        self.broker = self._make()

    @override
    async def market(self, at: Decimal | None = None, *, depth: int | None = None) -> None:
        if depth is not None and depth != self._depth:
            self._depth = depth
            await self._option(liquidity_per_tick=str(depth * self.lot))
        await set_price(
            self._way, owner=self._whose.owner, symbol=self.symbol, price=at or self.price
        )

    @override
    async def fault(self, fault: Fault) -> None:
        self._way.fault = fault

    @override
    async def release(self) -> None:
        await self._way.release()

    @override
    async def pass_(self, span: timedelta) -> None:
        self._manual.pass_(span)

    @override
    async def placed(self, client_order_id: str) -> int:
        since = self.clock.now() - timedelta(days=1)
        orders = await self.broker.orders_since(since)
        return sum(order.client_order_id == client_order_id for order in orders)

    @override
    async def written(self, client_order_id: str) -> int:
        return self._way.written.count(client_order_id)

    @override
    async def anew(self) -> Broker:
        broker = self._make()
        await broker.connect(deadline=self.clock.now() + timedelta(seconds=10))
        return broker

    @override
    async def by_hand(self, side: Side, lots: int, limit_price: Decimal | None = None) -> None:
        broker = await self.anew()
        kind = OrderType.MARKET if limit_price is None else OrderType.LIMIT
        request = self.request(
            lots,
            side=side,
            order_type=kind,
            limit_price=limit_price,
            client_order_id=f"by-hand-{uuid7()}",
        )
        await broker.submit(request, send_by=self.clock.now() + timedelta(seconds=2))
        await broker.close()

    @override
    async def refusals(self) -> Mapping[str, tuple[dict[str, Any], str]]:
        return {
            "nothing to reduce": ({"reduce_only": True, "side": Side.SELL}, "position_rule"),
            "too much": ({"quantity": Decimal(10) ** 9}, "insufficient_funds"),
            "no symbol": ({"symbol": "no symbol"}, "invalid_instrument"),
            "too fine": ({"quantity": Decimal("1e-12")}, "precision_or_size"),
            "of the other mode": ({"mode": Mode.LIVE}, "permission"),
        }

    @override
    async def impoverish(self) -> None:
        (balance,) = await self.broker.balances()
        worth = balance.available * PaperOptions().leverage
        await self.by_hand(Side.BUY, int(worth / self.price / self.lot))

    def _make(self) -> PaperBroker:
        means = BrokerMeans(clock=self.clock, paper=self._way)
        return PaperBroker(self._way, self._whose, means, pace=_QUICK)

    async def _option(self, **options: Any) -> None:
        self._whose = replace(self._whose, options=options)
        await self.broker.close()
        self.broker = await self.anew()


@asynccontextmanager
async def paper_ground() -> AsyncGenerator[Ground]:
    """Open an account at a paper venue of its own."""
    ground = PaperGround()
    with anyio.fail_after(10):
        await ground.broker.connect(deadline=ground.clock.now() + timedelta(seconds=10))
    await ground.market()
    try:
        yield ground
    finally:
        await ground.broker.close()
