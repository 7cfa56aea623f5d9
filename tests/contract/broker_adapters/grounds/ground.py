"""A venue under test from both sides: the adapter, and what the venue itself knows and does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from decimal import Decimal
from enum import Enum, StrEnum, auto
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

from broker_adapters.base import (
    Accepted,
    Broker,
    Instrument,
    NotFound,
    OrderRef,
    OrderReport,
    OrderRequest,
    SubmitOutcome,
    Unknown,
)
from bus.values import Mode, OrderType, Side

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from typing_extensions import TypeIs

    from bus.values import AccountId, Clock

_SECOND = timedelta(seconds=1)
_LOOKS = 40
_numbers = count(1)


class Fault(StrEnum):
    """What becomes of the next order that is sent."""

    DROPPED_UNREAD = "dropped_unread"
    DROPPED_PLACED = "dropped_placed"
    HELD = "held"  # read, and placed only when it is released, long after nobody waits any more
    FAILED_PLACED = "failed_placed"
    GARBLED_PLACED = "garbled_placed"
    NEW_WORDS = "new_words"
    OUT_OF_REACH = "out_of_reach"  # no connection can be made at all


class Trait(Enum):
    """What not every venue has. A venue that lacks one says why, and its adapter declares it."""

    SHORTS = auto()
    ATOMIC_FLIP = auto()
    CLIENT_ID = auto()
    UNIQUE_CLIENT_ID = auto()
    FORGETS = auto()
    HIDES_AT_FIRST = auto()
    RATE_LIMIT = auto()
    CLOCK = auto()
    CREDENTIALS = auto()
    SESSIONS = auto()
    MARGIN = auto()
    CONNECTION = auto()


class Ground(ABC):
    """One account at one venue, connected, and the venue's own side of it.

    What raises NotImplementedError belongs to a trait: a venue has it, or declares it in `lacking`.

    Attributes:
        name: The broker's, as the registry has it; after a dash, which of its markets.
        price: What the symbol stands at in the beginning; deep on both sides.
        lot: The quantity that tests count in.
        lacking: The traits that the venue has not, and why.
        page: How many orders the venue lists at once, at most; 0 where it lists them all.
    """

    name: ClassVar[str]
    symbol: ClassVar[str]
    price: ClassVar[Decimal]
    tick: ClassVar[Decimal]
    lot: ClassVar[Decimal]
    lacking: ClassVar[Mapping[Trait, str]]

    page: ClassVar[int] = 0

    # What the venue's own memory may grow by, where it lives in the test's process.
    venue_mib_per_order: ClassVar[float] = 0.0

    broker: Broker
    clock: Clock
    account: AccountId
    mode: Mode = Mode.LIVE

    @abstractmethod
    async def market(self, at: Decimal | None = None, *, depth: int | None = None) -> None:
        """Let the market stand at a price, this many lots deep, and match what works there."""

    @abstractmethod
    async def fault(self, fault: Fault) -> None:
        """Treat the next order that is sent like this."""

    @abstractmethod
    async def release(self) -> None:
        """Let go what `Fault.HELD` holds; returns when the venue is done with it."""

    @abstractmethod
    async def pass_(self, span: timedelta) -> None:
        """Let time go by for the venue and for the house."""

    @abstractmethod
    async def placed(self, client_order_id: str) -> int:
        """Return how many orders the venue has under an id."""

    @abstractmethod
    async def written(self, client_order_id: str) -> int:
        """Return how many times an order of this id was written to the venue."""

    @abstractmethod
    async def anew(self) -> Broker:
        """Return another session at the same account, as after a kill; the old one is not asked."""

    @abstractmethod
    async def by_hand(self, side: Side, lots: int, limit_price: Decimal | None = None) -> None:
        """Trade at the same account without the house."""

    async def refusals(self) -> Mapping[str, tuple[dict[str, Any], str]]:
        """Return requests that must be refused, by what is wrong, with the reason for each."""
        return {}

    async def stranger(self) -> Broker:
        """Return an adapter, not yet connected, whose credentials the venue refuses."""
        raise NotImplementedError

    async def revoke(self) -> None:
        """Let the venue refuse the account's credentials from now on."""
        raise NotImplementedError

    async def skew(self, span: timedelta) -> None:
        """Set the venue's clock apart from the house's."""
        raise NotImplementedError

    async def exhaust(self) -> timedelta:
        """Use up the venue's allowance for orders; returns how long until there is a new one."""
        raise NotImplementedError

    async def hide(self, span: timedelta) -> None:
        """Let the venue show new orders only after a time."""
        raise NotImplementedError

    async def impoverish(self) -> None:
        """Leave the account with too little money to open anything."""
        raise NotImplementedError

    def outage(self) -> AbstractAsyncContextManager[None]:
        """Cut the way to the venue, and let it be noticed, for as long as it is entered."""
        raise NotImplementedError

    async def placed_afterwards(self, client_order_id: str) -> int:
        """Return what `placed` does, once the adapter is closed."""
        return await self.placed(client_order_id)

    async def fresh_allowance(self) -> None:
        """Let enough time go by for one more order and its cancel."""
        await self.pass_(timedelta(0))

    def secrets(self) -> tuple[str, ...]:
        """Return the texts that must be seen nowhere."""
        return ()

    async def lacks(self, trait: Trait) -> bool:
        """Tell whether the venue lacks a trait; its adapter must declare what it then lacks."""
        instrument = await self.broker.instrument(self.symbol)
        declared = _declared(trait, self.broker, instrument)
        if declared is not None:
            assert declared is (trait not in self.lacking), f"{trait} is not as declared"
        return trait in self.lacking

    def request(self, lots: int = 10, **fields: Any) -> OrderRequest:
        """Make a request: buy ten lots at the market, unless it says otherwise."""
        defaults: dict[str, Any] = {
            "account_id": self.account,
            "client_order_id": f"4pcontract{next(_numbers):017d}",
            "mode": self.mode,
            "symbol": self.symbol,
            "side": Side.BUY,
            "quantity": lots * self.lot,
            "order_type": OrderType.MARKET,
            "reference_price": self.price,
        }
        return OrderRequest(**{**defaults, **fields})

    def limit(self, lots: int = 10, *, below: int = 0, **fields: Any) -> OrderRequest:
        """Make a limit order, so many ticks below the market."""
        price = self.price - below * self.tick
        return self.request(lots, **{"order_type": OrderType.LIMIT, "limit_price": price, **fields})

    async def submit(self, request: OrderRequest) -> SubmitOutcome:
        """Send an order that may be sent for two seconds."""
        return await self.broker.submit(request, send_by=self.clock.now() + 2 * _SECOND)

    async def accepted(self, request: OrderRequest) -> OrderReport:
        """Send an order that the venue takes."""
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
            order_type=order.order_type if isinstance(order, OrderRequest) else None,
            limit_price=order.limit_price if isinstance(order, OrderRequest) else None,
        )

    async def found(self, order: OrderRequest | OrderReport) -> OrderReport:
        """Look an order up that must be there."""
        outcome = await self.broker.find(self.ref(order))
        assert isinstance(outcome, OrderReport), outcome
        return outcome

    async def resolved(
        self, request: OrderRequest, broker: Broker | None = None
    ) -> OrderReport | NotFound | Unknown:
        """Look until the order is found, or long past the time when absence begins to count."""
        outcome: OrderReport | NotFound | Unknown = Unknown(why="not looked for")
        ref = self.ref(request)
        for _ in range(_LOOKS):
            outcome = await (broker or self.broker).find(ref)
            if isinstance(outcome, OrderReport):
                return outcome
            await self.pass_(_SECOND)
        return outcome

    async def held(self, broker: Broker | None = None) -> Decimal:
        """Return the position as the adapter reads it, in lots."""
        positions = await (broker or self.broker).positions()
        of_symbol = (each.quantity for each in positions if each.symbol == self.symbol)
        return sum(of_symbol, Decimal(0)) / self.lot


def is_found(outcome: OrderReport | NotFound | Unknown) -> TypeIs[OrderReport]:
    """Tell whether a look-up found the order."""
    return isinstance(outcome, OrderReport)


def _declared(trait: Trait, broker: Broker, instrument: Instrument) -> bool | None:
    """Return whether an adapter says it has a trait; `None` for what no capability is about."""
    able = broker.capabilities
    return {
        Trait.SHORTS: able.shorts and instrument.shorts,
        Trait.ATOMIC_FLIP: able.flips_atomically and instrument.shorts,
        Trait.CLIENT_ID: able.client_id_max > 0,
        Trait.UNIQUE_CLIENT_ID: able.client_id_is_unique,
        Trait.FORGETS: able.lookup_window is not None,
        Trait.RATE_LIMIT: able.is_rate_limited,
        Trait.SESSIONS: able.sessions is not None,
    }.get(trait)
