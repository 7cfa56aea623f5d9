"""A person's account at SinoPac's double, with callbacks on threads of its own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import anyio
import anyio.lowlevel
from typing_extensions import override

from broker_adapters.credentials import ShioajiCredentials
from broker_adapters.opening import BrokerAccount
from broker_adapters.shioaji.adapter import ShioajiBroker
from broker_adapters.shioaji.budget import Logins
from broker_adapters.shioaji.matching import tag_of
from broker_adapters.shioaji.orders import Pace
from broker_adapters.shioaji.signing_in import Access
from bus.ids import uuid7
from bus.values import AccountId, Clock, Mode, Side, SystemClock, UserId
from infra.local.doubles.shioaji.client import DoubleSdk
from infra.local.doubles.shioaji.desk import Desk
from infra.local.doubles.shioaji.faults import Fault as Breaking
from infra.local.doubles.shioaji.line import NearLine
from infra.local.doubles.shioaji.people import a_certificate
from tests.contract.broker_adapters.grounds.ground import Fault, Ground

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from decimal import Decimal

    from broker_adapters.base import Broker
    from infra.local.doubles.shioaji.people import Person
    from infra.local.doubles.shioaji.venue import SinoVenue

KEY = "double-key-0123456789"
SECRET = "double-secret-abcdefghij"
PERSON = "A123456789"
CA_PASSWORD = "double-ca-password"
PACE = Pace(answer=0.4, acknowledged=0.4, working=0.02, idle=0.02, failing=0.02, login=5.0)
# A Monday, ten o'clock in Taipei: both markets are open.
MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
_BREAKING = {
    Fault.DROPPED_UNREAD: Breaking.TIMEOUT_BEFORE,
    Fault.DROPPED_PLACED: Breaking.TIMEOUT_AFTER,
    Fault.HELD: Breaking.HOLD,
    Fault.FAILED_PLACED: Breaking.OUTCOME_UNKNOWN,
    Fault.GARBLED_PLACED: Breaking.UNREADABLE_AFTER,
    Fault.NEW_WORDS: Breaking.NEW_WORDS,
}
_SECOND = timedelta(seconds=1)


class MorningClock(Clock):
    """The real clock's pace from a morning on, carried forward at will."""

    def __init__(self, start: datetime = MORNING) -> None:
        self._real = SystemClock()
        self._shift = start - self._real.now()
        self._jumps = timedelta(0)

    @override
    def now(self) -> datetime:
        return self._real.now() + self._shift + self._jumps

    @override
    def monotonic(self) -> float:
        return self._real.monotonic() + self._jumps.total_seconds()

    def pass_(self, span: timedelta) -> None:
        self._jumps += span


class SinoGround(Ground):
    """One person's account at the double."""

    venue_mib_per_order: ClassVar[float] = 0.02

    def __init__(self, venue: SinoVenue, clock: MorningClock) -> None:
        self.clock = self._morning = clock
        self.venue = venue
        now = clock.now().timestamp()
        certificate = a_certificate(now, password=CA_PASSWORD)
        self.person: Person = venue.open_account(KEY, SECRET, PERSON, certificate=certificate)
        self.account = AccountId(uuid7())
        self.sdk: Any = DoubleSdk(NearLine(Desk(venue)))
        self.logins = Logins(seed=1)
        self.opened: list[ShioajiBroker] = []
        self.ledger = venue.ledgers[KEY]
        self.broker = self.sino = self.make()

    @override
    async def market(self, at: Decimal | None = None, *, depth: int | None = None) -> None:
        size = None if depth is None else int(depth * self.lot)
        self.venue.stand(self.symbol, at or self.price, size)

    @override
    async def fault(self, fault: Fault) -> None:
        if fault is Fault.OUT_OF_REACH:
            self.venue.people.cut(self.person)
            await self._until(is_connected=False)
        else:
            self.venue.faults.add(_BREAKING[fault])

    @override
    async def release(self) -> None:
        # On a busy machine a call may reach the venue after nobody waits for it any more.
        with anyio.move_on_after(2):
            while self.venue.faults.coming:
                await anyio.lowlevel.checkpoint()
        self.venue.release()
        if any(session.is_cut for session in self.person.sessions):
            self.venue.people.mend(self.person)
            await self._until(is_connected=True)

    @override
    async def pass_(self, span: timedelta) -> None:
        self._morning.pass_(span)

    @override
    async def placed(self, client_order_id: str) -> int:
        return _most(order.order_lot for order in self.ledger.placed(tag_of(client_order_id)))

    @override
    async def written(self, client_order_id: str) -> int:
        return self.ledger.written.count(tag_of(client_order_id))

    @override
    async def anew(self) -> Broker:
        broker = self.make()
        await broker.connect(deadline=self.clock.now() + 10 * _SECOND)
        # As whoever trades does first: a future is then known by the name that was asked for.
        await broker.instrument(self.symbol)
        return broker

    @override
    async def stranger(self) -> Broker:
        return self.make(SECRET[::-1])

    @override
    async def by_hand(self, side: Side, lots: int, limit_price: Decimal | None = None) -> None:
        with self.venue.lock:
            order = self.venue.write(self.person, self._hand_written(side, lots, limit_price))
            self.venue.place(self.person, order)

    @override
    async def revoke(self) -> None:
        self.person.revoked = f"{KEY} is expired."
        self.venue.people.end_sessions(self.person)
        await self._until(is_connected=False)

    @override
    async def exhaust(self) -> timedelta:
        budget, now = self.sino.orders.budget, self.clock.monotonic()
        budget.take(now, n=140)
        return 10 * _SECOND

    @override
    async def fresh_allowance(self) -> None:
        await self.pass_(_SECOND)

    @override
    async def hide(self, span: timedelta) -> None:
        self.venue.hidden_s = span.total_seconds()
        self.venue.telling.lost = True

    @asynccontextmanager
    async def _cut_off(self) -> AsyncGenerator[None]:
        self.venue.people.cut(self.person)
        await self._until(is_connected=False)
        try:
            yield
        finally:
            self.venue.people.mend(self.person)
            await self._until(is_connected=True)

    outage = _cut_off

    @override
    def secrets(self) -> tuple[str, ...]:
        return SECRET, SECRET[::-1], KEY, CA_PASSWORD

    async def aclose(self) -> None:
        self.venue.release()
        for broker in self.opened:
            await broker.close()

    def make(self, secret: str = SECRET) -> ShioajiBroker:
        """Return an adapter, not yet connected."""
        account = BrokerAccount(
            id=self.account, owner=UserId(uuid7()), broker="shioaji", mode=Mode.LIVE
        )
        broker = ShioajiBroker(
            Access(
                sdk=self.sdk,
                credentials=ShioajiCredentials(
                    api_key=KEY,
                    secret_key=secret,
                    person_id=PERSON,
                    ca="Y2VydGlmaWNhdGU=",
                    ca_password=CA_PASSWORD,
                ),
                is_simulated=False,
                logins=self.logins,
            ),
            account,
            self.clock,
            pace=PACE,
        )
        self.opened.append(broker)
        return broker

    def _hand_written(self, side: Side, lots: int, price: Decimal | None) -> dict[str, Any]:
        raise NotImplementedError

    async def _until(self, *, is_connected: bool) -> None:
        with anyio.fail_after(5):
            while (await self.broker.health()).is_connected is not is_connected:
                await anyio.lowlevel.checkpoint()


def _most(kinds: Any) -> int:
    """Return how many orders there are of the kind that there are most of: a rest is another."""
    seen = list(kinds)
    return max((seen.count(kind) for kind in seen), default=0)
