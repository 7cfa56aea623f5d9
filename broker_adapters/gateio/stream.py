"""What Gate would tell: found by asking for trades and open orders, again and again.

Nothing is told twice that was told, and nothing is left out: a fill counts as told once its
listener came back for more, trades are asked for with an overlap, and the cursor moves only when
every market answered. A listener that stops in the middle is told from there on again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import anyio
import msgspec

from broker_adapters.base import (
    Accepted,
    BrokerEvent,
    Fill,
    OrderReport,
    SessionLost,
    SubmitOutcome,
)
from broker_adapters.errors import BrokerUnavailableError
from broker_adapters.gateio.mapping import VenueOrder, report_of
from bus.values import WORKING, OrderState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from broker_adapters.gateio.gateway import Gateway, Pace
    from broker_adapters.gateio.ladder import Ladder

# How late a trade may appear in Gate's list, by its own time.
_OVERLAP = timedelta(seconds=30)
# The clocks are measured over a connection that was just being made.
_BEFORE_START = timedelta(seconds=5)
# An order that Gate had and does not show any more was cancelled; only just made, it may be hidden.
_VISIBLE_AFTER = timedelta(seconds=30)
# How long after an order was sent its fills are looked for often.
_EXPECTED_FOR = timedelta(seconds=30)


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """An order that worked when it was last seen."""

    report: OrderReport
    pair: str
    seen_at: datetime


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told of one order, with the fills that nobody was told of."""

    market: str
    report: OrderReport


class PolledStream:
    """The events of one account, at the markets that its key may read."""

    def __init__(self, gateway: Gateway, *, pace: Pace) -> None:
        self._gateway = gateway
        self._pace = pace
        self._ladders: tuple[Ladder, ...] = ()
        self._since: datetime | None = None
        self._told: dict[str, datetime] = {}
        self._watched: dict[tuple[str, str], Watched] = {}
        self._busy_until: datetime | None = None
        self._bell = anyio.Event()
        self._is_closed = False
        self._gap = ""
        self.is_failing = False

    def start(self, ladders: Sequence[Ladder]) -> None:
        """Tell from here on, or from where it was left."""
        self._is_closed = False
        self._ladders = tuple(ladders)
        if self._since is None:
            self._since = self._gateway.clock.now() - _BEFORE_START

    def close(self) -> None:
        """End the stream."""
        self._is_closed = True
        self.ring()

    def ring(self) -> None:
        """Ask now."""
        self._bell.set()

    def expect(self, market: str, pair: str, outcome: SubmitOutcome) -> None:
        """Look out for what comes of an order that was sent."""
        self._busy_until = self._gateway.clock.ours() + _EXPECTED_FOR
        if isinstance(outcome, Accepted) and outcome.report.state in WORKING:
            self._see(market, pair, outcome.report)
        self.ring()

    async def events(self) -> AsyncGenerator[BrokerEvent]:
        """Yield what changes until the stream is closed.

        Raises:
            AuthFailedError: Gate refuses the key from now on.
        """
        while not self._is_closed:
            self._bell = anyio.Event()
            began_at = self._gateway.clock.now()
            try:
                news = await self._ask_all()
            except BrokerUnavailableError as error:
                self.is_failing, self._gap = True, str(error)
                await self._pause(self._pace.failing)
                continue
            for each in news:
                yield each.report
                self._note(each)
            self._move_on(began_at)
            if self.is_failing:
                self.is_failing = False
                yield SessionLost(why=self._gap)
            await self._pause(self._pace.working if self._is_busy() else self._pace.idle)

    async def _ask_all(self) -> list[News]:
        """Ask every market once."""
        return [
            news
            for ladder in self._ladders
            for news in await self._ask(ladder, self._since or self._gateway.clock.now())
        ]

    async def _ask(self, ladder: Ladder, since: datetime) -> list[News]:
        market = ladder.market.market
        working = {order.id: order for order in await ladder.open_orders()}
        fresh: dict[str, list[Fill]] = {}
        for fill in await ladder.trades(since):
            if fill.fill_key not in self._told:
                fresh.setdefault(fill.broker_order_id, []).append(fill)
        gone = {name for at, name in self._watched if at == market} - working.keys()
        for order in working.values():
            symbol = ladder.market.symbol_of(order.pair)
            self._see(market, order.pair, report_of(order, symbol))
        found: list[News] = []
        for name in sorted(fresh.keys() | gone, key=lambda each: (len(each), each)):
            fills = tuple(fresh.get(name, ()))
            report = await self._now(ladder, name, working.get(name), fills)
            if report is not None:
                found.append(News(market=market, report=report))
        return found

    async def _now(
        self, ladder: Ladder, name: str, order: VenueOrder | None, fills: tuple[Fill, ...]
    ) -> OrderReport | None:
        """Return an order as it is now; `None` where Gate does not show it yet."""
        market = ladder.market
        watched = self._watched.get((market.market, name))
        pair = watched.pair if watched else market.pair_of(fills[0].symbol)
        if order is None and pair is not None:
            order = await ladder.by_id(name, pair)
        if order is not None:
            return report_of(order, market.symbol_of(order.pair), fills)
        if watched is None or self._gateway.clock.ours() - watched.seen_at < _VISIBLE_AFTER:
            return None
        return msgspec.structs.replace(watched.report, state=OrderState.CANCELLED, fills=fills)

    def _note(self, news: News) -> None:
        """Remember what a listener has taken in."""
        self._told |= {fill.fill_key: fill.at for fill in news.report.fills}
        if news.report.state not in WORKING:
            self._watched.pop((news.market, news.report.broker_order_id), None)

    def _see(self, market: str, pair: str, report: OrderReport) -> None:
        watched = Watched(report=report, pair=pair, seen_at=self._gateway.clock.ours())
        self._watched[market, report.broker_order_id] = watched

    def _move_on(self, began_at: datetime) -> None:
        """Ask for what is newer from now on: all of this was taken in."""
        self._since = max(self._since or began_at, began_at - _OVERLAP)
        self._told = {key: at for key, at in self._told.items() if at >= self._since}

    def _is_busy(self) -> bool:
        until = self._busy_until
        return bool(self._watched) or (until is not None and self._gateway.clock.ours() < until)

    async def _pause(self, seconds: float) -> None:
        with anyio.move_on_after(seconds):
            await self._bell.wait()
