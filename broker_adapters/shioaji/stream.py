"""What SinoPac tells of orders of ours, and what has to be looked up since it may not have told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_adapters.base import BrokerEvent, OrderReport, SessionLost
from broker_adapters.errors import AuthFailedError, BrokerError
from broker_adapters.shioaji.session import State

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from broker_adapters.shioaji.orders import Mine, Orders
    from bus.values import OrderState


class Stream:
    """The events of one session.

    A report counts as told once its listener came back for more. Events say that something changed;
    what is told is how the whole order stands.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._session = orders.session
        self._checked_at = orders.clock.monotonic()

    async def events(self) -> AsyncGenerator[BrokerEvent]:
        """Yield what changes until the session is closed.

        Raises:
            AuthFailedError: SinoPac refuses the key from now on.
        """
        pace = self._orders.pace
        while self._session.state is not State.CLOSED:
            pause = pace.working if self._has_open() else pace.idle
            why = ""
            try:
                await self._keep_open()
                why = await self._caught_up()
            except AuthFailedError:
                raise
            except BrokerError:
                pause = pace.failing
            self._orders.take_events()
            for mine, report in self._news():
                yield report
                mine.told = _told(report)
            if why:
                yield SessionLost(why=why)
            if not self._session.inbox:
                await self._session.heard(within=pause)

    async def _keep_open(self) -> None:
        """Sign in anew after the session was ended, and before its token ends."""
        pace = self._orders.pace
        if self._session.state is State.DOWN:
            await self._session.open(patience=pace.login)
        await self._session.renew(older_than=pace.renewed, patience=pace.login)

    async def _caught_up(self) -> str:
        """Read the lists where events may be missing; returns why, once that is mended."""
        if self._session.state is not State.UP:
            return ""
        is_due = await self._is_due()
        why = self._session.gap
        self._orders.take_events()
        self._claim()
        if why or (is_due and any(mine.missing for mine in self._orders.all_mine())):
            self._session.gap = ""
            try:
                await self._orders.look_at_all()
            except BrokerError:
                self._session.gap = self._session.gap or why
                raise
            self._claim()
        return why

    async def _is_due(self) -> bool:
        """Tell whether it is time to look again, while something works, and ask for gaps then."""
        now, every = self._orders.clock.monotonic(), self._orders.pace.working
        if now - self._checked_at < every or not self._has_open():
            return False
        self._checked_at = now
        if not await self._orders.is_whole():
            self._session.gap = self._session.gap or "events of orders are missing"
        return True

    def _claim(self) -> None:
        for mine in self._orders.all_mine():
            if mine.missing:
                self._orders.claim(mine)

    def _news(self) -> list[tuple[Mine, OrderReport]]:
        found: list[tuple[Mine, OrderReport]] = []
        for mine in self._orders.all_mine():
            if mine.is_told:
                continue
            report = self._orders.report(mine)
            if report is not None and _told(report) != mine.told:
                found.append((mine, report))
        return found

    def _has_open(self) -> bool:
        return any(not mine.is_told for mine in self._orders.all_mine())


def _told(report: OrderReport) -> tuple[OrderState, int]:
    return report.state, len(report.fills)
