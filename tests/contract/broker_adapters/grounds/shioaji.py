"""SinoPac's double as two grounds: shares, and futures."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from broker_adapters.shioaji.driver import load_sdk
from bus.values import Mode, OrderType, Side
from infra.local.doubles.shioaji.venue import SinoVenue
from tests.contract.broker_adapters.grounds.ground import Trait
from tests.contract.broker_adapters.grounds.sino import MorningClock, SinoGround

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from tests.contract.broker_adapters.grounds.ground import Ground

_SECOND = timedelta(seconds=1)
_LACKING: Mapping[Trait, str] = {
    Trait.CLIENT_ID: "it takes none: six characters, the order itself and the time have to do",
    Trait.UNIQUE_CLIENT_ID: "it takes no client order id",
    Trait.FORGETS: "an order is found by all else for as long as its day is listed",
    Trait.CLOCK: "it compares no clock of ours with its own, but at the login",
    Trait.ATOMIC_FLIP: "whether one order may turn a position was never seen",
}


class SinoStockGround(SinoGround):
    """Shares, counted in lots of 1,000."""

    name: ClassVar[str] = "shioaji-stock"
    symbol: ClassVar[str] = "2330"
    price: ClassVar[Decimal] = Decimal(600)
    tick: ClassVar[Decimal] = Decimal(1)
    lot: ClassVar[Decimal] = Decimal(1000)
    lacking: ClassVar[Mapping[Trait, str]] = {
        **_LACKING,
        Trait.SHORTS: "shares that are not held cannot be sold for cash",
    }

    @override
    async def refusals(self) -> Mapping[str, tuple[dict[str, Any], str]]:
        far = {"order_type": OrderType.LIMIT, "limit_price": Decimal(661)}
        odd = {"order_type": OrderType.LIMIT, "limit_price": self.price, "quantity": Decimal(234)}
        return {
            "nothing to reduce": ({"reduce_only": True}, "position_rule"),
            "too much": ({"quantity": 400 * self.lot}, "insufficient_funds"),
            "nothing to sell": ({"side": Side.SELL}, "position_rule"),
            "no symbol": ({"symbol": "2330 TW"}, "invalid_instrument"),
            "unknown symbol": ({"symbol": "9999"}, "invalid_instrument"),
            "too small": ({"quantity": Decimal("0.5")}, "precision_or_size"),
            "more than one order may have": ({"quantity": 500 * self.lot}, "precision_or_size"),
            "price out of the band": (far, "price_band"),
            "odd lot at once": (odd | {"time_in_force": "ioc"}, "invalid_request"),
            "of the other mode": ({"mode": Mode.PAPER}, "permission"),
            "stop": ({"order_type": OrderType.STOP, "stop_price": Decimal(1)}, "invalid_request"),
        }

    @override
    async def impoverish(self) -> None:
        self.ledger.money = Decimal(1)

    @override
    def _hand_written(self, side: Side, lots: int, price: Decimal | None) -> dict[str, Any]:
        return {
            "code": self.symbol,
            "action": "Buy" if side is Side.BUY else "Sell",
            "price": float(price or 0),
            "quantity": int(lots * self.lot) // 1000,
            "price_type": "MKT" if price is None else "LMT",
            "time_in_force": "IOC" if price is None else "ROD",
        }


class SinoFuturesGround(SinoGround):
    """The near month of the index future."""

    name: ClassVar[str] = "shioaji-futures"
    symbol: ClassVar[str] = "TXFR1"
    price: ClassVar[Decimal] = Decimal(20_000)
    tick: ClassVar[Decimal] = Decimal(1)
    lot: ClassVar[Decimal] = Decimal(1)
    lacking: ClassVar[Mapping[Trait, str]] = _LACKING

    @override
    async def refusals(self) -> Mapping[str, tuple[dict[str, Any], str]]:
        far = {"order_type": OrderType.LIMIT, "limit_price": Decimal(10)}
        return {
            "price out of the band": (far, "price_band"),
            "nothing to reduce": ({"reduce_only": True}, "position_rule"),
            "too much": ({"quantity": Decimal(60)}, "insufficient_funds"),
            "unknown symbol": ({"symbol": "ZZFR1"}, "invalid_instrument"),
            "too small": ({"quantity": Decimal("0.5")}, "precision_or_size"),
            "of the other mode": ({"mode": Mode.PAPER}, "permission"),
            "stop": ({"order_type": OrderType.STOP, "stop_price": Decimal(1)}, "invalid_request"),
        }

    @override
    async def impoverish(self) -> None:
        self.ledger.equity = Decimal(1)

    @override
    def _hand_written(self, side: Side, lots: int, price: Decimal | None) -> dict[str, Any]:
        return {
            "code": self.symbol,
            "action": "Buy" if side is Side.BUY else "Sell",
            "price": float(price or 0),
            "quantity": lots,
            "price_type": "MKT" if price is None else "LMT",
            "time_in_force": "IOC" if price is None else "ROD",
            "octype": "Auto",
        }


@asynccontextmanager
async def sino_ground(kind: type[SinoGround]) -> AsyncGenerator[Ground]:
    """Open an account at a double of its own."""
    load_sdk()
    clock = MorningClock()
    venue = SinoVenue(clock)
    venue.listed.list_everything()
    ground = kind(venue, clock)
    venue.stand(ground.symbol, ground.price)
    await ground.broker.connect(deadline=clock.now() + 10 * _SECOND)
    await ground.broker.instrument(ground.symbol)
    try:
        yield ground
    finally:
        await ground.aclose()


sino_stock = partial(sino_ground, SinoStockGround)
sino_futures = partial(sino_ground, SinoFuturesGround)
