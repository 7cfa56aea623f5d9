"""Gate's double as two grounds: the spot market, and the perpetuals, over real HTTP."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import anyio
from typing_extensions import override

from broker_adapters.credentials import GateioCredentials
from broker_adapters.gateio.adapter import GateioBroker
from broker_adapters.gateio.client import AiohttpClient
from broker_adapters.gateio.gateway import Pace
from broker_adapters.opening import BrokerAccount, BrokerMeans
from bus.ids import uuid7
from bus.values import AccountId, Clock, Mode, OrderType, Side, SystemClock, UserId
from infra.local.doubles.gateio.faults import Fault as Breaking
from infra.local.doubles.gateio.http import Incoming
from infra.local.doubles.gateio.server import Doors, serving
from infra.local.doubles.gateio.venue import GateVenue
from tests.contract.broker_adapters.grounds.ground import Fault, Ground, Trait

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from broker_adapters.base import Broker

_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f9"
_KEY = "a1b2c3d4e5f60718"
_PACE = Pace(answer=0.4, working=0.02, idle=0.02, failing=0.02)
_BREAKING = {
    Fault.DROPPED_UNREAD: Breaking.DROP_BEFORE,
    Fault.DROPPED_PLACED: Breaking.DROP_AFTER,
    Fault.HELD: Breaking.HOLD_BEFORE,
    Fault.FAILED_PLACED: Breaking.FAIL_AFTER,
    Fault.GARBLED_PLACED: Breaking.TRUNCATE_AFTER,
    Fault.NEW_WORDS: Breaking.NEW_WORDS,
}


class ShiftedClock(Clock):
    """The real clock, carried forward at will."""

    def __init__(self) -> None:
        self._real = SystemClock()
        self.shift = timedelta(0)

    @override
    def now(self) -> datetime:
        return self._real.now() + self.shift

    @override
    def monotonic(self) -> float:
        return self._real.monotonic() + self.shift.total_seconds()


class GateGround(Ground):
    """One account at the double."""

    price: ClassVar[Decimal] = Decimal(100)
    venue_mib_per_order: ClassVar[float] = 0.02
    pair: ClassVar[str] = "BTC_USDT"
    page: ClassVar[int] = 100
    orders_path: ClassVar[str]

    def __init__(self, doors: Doors, clock: ShiftedClock) -> None:
        self.clock = self._shifted = clock
        self.doors = doors
        self.venue = doors.server.venue
        self.account = AccountId(uuid7())
        self._is_shut = False
        self._opened: list[GateioBroker] = []
        self.broker = self._make()

    @override
    async def fault(self, fault: Fault) -> None:
        if fault is Fault.OUT_OF_REACH:
            self._is_shut = True
            await self.doors.shut()
        else:
            self.venue.faults.add(_BREAKING[fault])

    @override
    async def release(self) -> None:
        if self._is_shut:
            self._is_shut = False
            await self.doors.open()
        await self.doors.server.hold.release()

    @override
    async def pass_(self, span: timedelta) -> None:
        self._shifted.shift += span

    @override
    async def placed(self, client_order_id: str) -> int:
        return self.venue.placed(f"t-{client_order_id}")

    @override
    async def written(self, client_order_id: str) -> int:
        return self.venue.posts(f"t-{client_order_id}")

    @override
    async def anew(self) -> Broker:
        broker = self._make()
        await broker.connect(deadline=self.clock.now() + timedelta(seconds=10))
        return broker

    @override
    async def stranger(self) -> Broker:
        return self._make(GateioCredentials(api_key=_KEY, api_secret=_SECRET[::-1]))

    @override
    async def revoke(self) -> None:
        self.venue.forbidden[_KEY] = "INVALID_KEY"

    @override
    async def skew(self, span: timedelta) -> None:
        self.venue.clock.skew = span

    @override
    async def exhaust(self) -> timedelta:
        request = Incoming(method="POST", target=f"/api/v4{self.orders_path}")
        self.venue.limits.use_up(_KEY, request, pair=self.pair)
        return timedelta(seconds=1)

    @override
    async def fresh_allowance(self) -> None:
        await self.pass_(timedelta(seconds=1))

    @override
    async def hide(self, span: timedelta) -> None:
        self.venue.hide_orders(span)

    @asynccontextmanager
    async def _cut_off(self) -> AsyncGenerator[None]:
        await self.doors.shut()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(anext, aiter(self.broker.events()), None))
            with anyio.fail_after(5):
                while (await self.broker.health()).is_connected:
                    await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
        try:
            yield
        finally:
            await self.doors.open()

    outage = _cut_off

    @override
    def secrets(self) -> tuple[str, ...]:
        return _SECRET, _SECRET[::-1], _KEY

    async def aclose(self) -> None:
        for broker in self._opened:
            await broker.close()

    def _make(self, credentials: GateioCredentials | None = None) -> GateioBroker:
        account = BrokerAccount(
            id=self.account, owner=UserId(uuid7()), broker="gateio", mode=Mode.LIVE
        )
        broker = GateioBroker(
            AiohttpClient(self.doors.url),
            account,
            credentials or GateioCredentials(api_key=_KEY, api_secret=_SECRET),
            BrokerMeans(clock=self.clock),
            pace=_PACE,
        )
        self._opened.append(broker)
        return broker


_LACKING: Mapping[Trait, str] = {
    Trait.UNIQUE_CLIENT_ID: "it takes a second order of the same text",
    Trait.SESSIONS: "it has no sessions, only signed requests",
}
_TOO_MUCH = Decimal(10) ** 7


class GateSpotGround(GateGround):
    """The spot market."""

    name: ClassVar[str] = "gateio-spot"
    symbol: ClassVar[str] = "BTC_USDT"
    tick: ClassVar[Decimal] = Decimal("0.5")
    lot: ClassVar[Decimal] = Decimal("0.01")
    lacking: ClassVar[Mapping[Trait, str]] = {
        **_LACKING,
        Trait.SHORTS: "coins that are not held cannot be sold",
        Trait.ATOMIC_FLIP: "there is nothing to flip to",
    }
    orders_path: ClassVar[str] = "/spot/orders"

    @override
    async def market(self, at: Decimal | None = None, *, depth: int | None = None) -> None:
        size = None if depth is None else depth * self.lot
        self.venue.spot.stand(self.pair, at or self.price, size)

    @override
    async def by_hand(self, side: Side, lots: int, limit_price: Decimal | None = None) -> None:
        body: dict[str, Any] = {
            "currency_pair": self.pair,
            "side": side.value,
            "amount": str(lots * self.lot),
            "type": "limit",
            "price": str(limit_price or self.price),
        }
        self.venue.spot.place(_KEY, body)

    @override
    async def refusals(self) -> Mapping[str, tuple[dict[str, Any], str]]:
        return {
            "nothing to reduce": ({"reduce_only": True}, "position_rule"),
            "too much": ({"quantity": _TOO_MUCH}, "insufficient_funds"),
            "nothing to sell": ({"side": Side.SELL}, "insufficient_funds"),
            "no symbol": ({"symbol": "BTC USDT"}, "invalid_instrument"),
            "unknown symbol": ({"symbol": "NO_USDT"}, "invalid_instrument"),
            "too small": ({"quantity": Decimal("0.00001")}, "precision_or_size"),
            "of the other mode": ({"mode": Mode.PAPER}, "permission"),
            "stop": ({"order_type": OrderType.STOP, "stop_price": Decimal(1)}, "invalid_request"),
        }

    @override
    async def impoverish(self) -> None:
        self.venue.spot.coins[_KEY]["USDT"] = Decimal(1)


class GatePerpetualGround(GateGround):
    """The perpetuals, in single mode."""

    name: ClassVar[str] = "gateio-perpetual"
    symbol: ClassVar[str] = "BTC_USDT.P"
    tick: ClassVar[Decimal] = Decimal("0.5")
    lot: ClassVar[Decimal] = Decimal("0.01")
    lacking: ClassVar[Mapping[Trait, str]] = _LACKING
    orders_path: ClassVar[str] = "/futures/usdt/orders"

    @override
    async def market(self, at: Decimal | None = None, *, depth: int | None = None) -> None:
        unit = self.venue.perpetual.contract(self.pair).unit
        size = None if depth is None else depth * self.lot / unit
        self.venue.perpetual.stand(self.pair, at or self.price, size)

    @override
    async def by_hand(self, side: Side, lots: int, limit_price: Decimal | None = None) -> None:
        unit = self.venue.perpetual.contract(self.pair).unit
        size = lots * self.lot / unit * (1 if side is Side.BUY else -1)
        price = "0" if limit_price is None else str(limit_price)
        tif = "ioc" if limit_price is None else "gtc"
        body = {"contract": self.pair, "size": str(size), "price": price, "tif": tif}
        self.venue.perpetual.place(_KEY, body)

    @override
    async def refusals(self) -> Mapping[str, tuple[dict[str, Any], str]]:
        far = {"order_type": OrderType.LIMIT, "limit_price": Decimal(10)}
        return {
            "nothing to reduce": ({"reduce_only": True}, "position_rule"),
            "too much": ({"quantity": Decimal(100) - self.lot}, "insufficient_funds"),
            "more than one order may have": ({"quantity": _TOO_MUCH}, "precision_or_size"),
            "price out of the band": (far, "price_band"),
            "unknown symbol": ({"symbol": "NO_USDT.P"}, "invalid_instrument"),
            "too small": ({"quantity": Decimal("0.00001")}, "precision_or_size"),
            "of the other mode": ({"mode": Mode.PAPER}, "permission"),
            "stop": ({"order_type": OrderType.STOP, "stop_price": Decimal(1)}, "invalid_request"),
        }

    @override
    async def impoverish(self) -> None:
        self.venue.perpetual.accounts[_KEY].total = Decimal("0.01")


@asynccontextmanager
async def gate_ground(kind: type[GateGround]) -> AsyncGenerator[Ground]:
    """Open an account at a double of its own."""
    clock = ShiftedClock()
    venue = GateVenue(clock)
    venue.list_everything({GateGround.pair: GateGround.price})
    venue.spot.pairs[GateGround.pair].min_quote = Decimal("0.1")
    venue.open_account(_KEY, _SECRET, spot=Decimal(100_000), perpetual=Decimal(900))
    async with serving(venue) as doors:
        ground = kind(doors, clock)
        await ground.broker.connect(deadline=clock.now() + timedelta(seconds=10))
        try:
            yield ground
        finally:
            await ground.aclose()


gate_spot = partial(gate_ground, GateSpotGround)
gate_perpetual = partial(gate_ground, GatePerpetualGround)
