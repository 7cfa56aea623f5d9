"""The day's orders as this session knows them, and which of them are ours."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
import msgspec

from broker_adapters.errors import BrokerUnavailableError
from broker_adapters.shioaji.book import Book, Entry
from broker_adapters.shioaji.budget import Budget, Share
from broker_adapters.shioaji.errors import UnreadableError
from broker_adapters.shioaji.folding import Whose, is_pending, report_of
from broker_adapters.shioaji.mapping import (
    deal_of_event,
    sight_of_order_event,
    sight_of_trade,
    trading_day,
)
from broker_adapters.shioaji.matching import fitting, tag_of
from bus.values import WORKING, OrderState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from broker_adapters.base import OrderReport
    from broker_adapters.shioaji.legs import Leg
    from broker_adapters.shioaji.port import Client
    from broker_adapters.shioaji.session import Session
    from bus.values import Clock

_ORDERS_KEPT = 5_000
_READ_S = 10.0


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds.

    Attributes:
        answer: What an order's or a cancel's answer may take before it counts as lost.
        acknowledged: How long an acknowledgement is waited for before the list is asked.
        working: Between looks at the health of what is told, while an order works.
        idle: The same while none does.
        failing: After a login that did not come about.
        login: What a login may take in mid-session.
        renewed: How old a session may become; its token ends after a day.
    """

    answer: float = 5.0
    acknowledged: float = 2.0
    working: float = 5.0
    idle: float = 30.0
    failing: float = 5.0
    login: float = 20.0
    renewed: float = 20 * 3600.0


@dataclass(eq=False)
class Mine:
    """An order of ours, with those of its orders at the venue that were recognised.

    Attributes:
        lost: How many of its legs are known never to have been placed.
        told: What a listener was last told of it.
        guessed: Those of `ids` that nothing names: they look like it, and may be another one.
    """

    whose: Whose
    legs: tuple[Leg, ...]
    sent_at: datetime
    ids: list[str] = field(default_factory=list[str])
    lost: int = 0
    told: tuple[OrderState, int] | None = None
    guessed: set[str] = field(default_factory=set[str])

    @property
    def tag(self) -> str:
        """What its orders carry at the venue."""
        return tag_of(self.whose.client_order_id)

    @property
    def is_told(self) -> bool:
        """Whether all that could come of it was told."""
        return self.told is not None and self.told[0] not in WORKING

    @property
    def missing(self) -> int:
        """How many of its legs may be there and were not recognised."""
        return len(self.legs) - len(self.ids) - self.lost


class Orders:
    """All that was seen, and the budget to see more."""

    def __init__(self, session: Session, clock: Clock, *, pace: Pace) -> None:
        self.session = session
        self.clock = clock
        self.pace = pace
        self.budget = Budget()
        self.book = Book()
        self._day: str = trading_day(clock.now())
        self._mine: OrderedDict[str, Mine] = OrderedDict()
        self._owners: dict[str, str] = {}
        self._locks = {True: anyio.Lock(), False: anyio.Lock()}
        self._begun = {True: 0, False: 0}
        self._answered = {True: 0, False: 0}

    async def look(self, *, is_stock: bool, share: Share = Share.LOOK) -> None:
        """Read an account's orders of the day; who comes while one look waits shares the next.

        Raises:
            BrokerUnavailableError: There is no usable answer, or no allowance for one.
        """
        begun = self._begun[is_stock]
        async with self._locks[is_stock]:
            if self._answered[is_stock] > begun:
                return
            account = self._account(is_stock=is_stock)
            if account is None:
                return
            self._afford(share)
            self._begun[is_stock] += 1
            trades = await self.session.call(_reading(account), patience=_READ_S)
            self._turn_page()
            self.take_events()
            self._see(trades)
            self._answered[is_stock] = self._begun[is_stock]

    async def look_at_all(self, *, share: Share = Share.LOOK) -> None:
        """Read the orders of both accounts; raises as `look` does."""
        for is_stock in (True, False):
            await self.look(is_stock=is_stock, share=share)

    async def is_whole(self) -> bool:
        """Ask the SDK whether it may have missed events; it knows without asking SinoPac."""
        accounts = self.session.signed_in.accounts if self.session.signed_in else ()

        def ask(client: Client) -> bool:
            healths = [client.trade_cache_health(account) for account in accounts]
            return all(str(getattr(each.state, "value", "")) != "Degraded" for each in healths)

        return await self.session.call(ask, patience=_READ_S)

    def take_events(self) -> None:
        """Take in what was told since; what cannot be read makes a gap."""
        inbox = self.session.inbox
        while inbox:
            state, event = inbox.popleft()
            try:
                if state.endswith("DEAL"):
                    self.book.take(*deal_of_event(event))
                elif (sight := sight_of_order_event(event)) is not None:
                    self.book.see(sight)
            except (UnreadableError, LookupError, TypeError, AttributeError) as error:
                self.session.gap = f"an event is not understood: {error!r}"

    def see_trade(self, trade: Any) -> Entry:  # noqa: ANN401 - the SDK's `Trade`
        """Take a trade in; `UnreadableError` if it is not understood."""
        return self.book.see(sight_of_trade(trade))

    def expect(self, whose: Whose, legs: tuple[Leg, ...], *, sent_at: datetime) -> Mine:
        """Remember an order that is about to be sent, or was sent at some time."""
        mine = self._mine.get(whose.client_order_id)
        if mine is None:
            mine = Mine(whose, legs, sent_at)
            self._mine[whose.client_order_id] = mine
            if len(self._mine) > _ORDERS_KEPT:
                _, old = self._mine.popitem(last=False)
                for name in old.ids:
                    self._owners.pop(name, None)
        return mine

    def bind(self, mine: Mine, order_id: str) -> None:
        """Remember that an order at the venue is ours."""
        if order_id not in mine.ids:
            mine.ids.append(order_id)
            self._owners[order_id] = mine.whose.client_order_id

    def named(self, client_order_id: str, order_id: str) -> Mine | None:
        """Return whose an order at the venue is; its id, where it is known, is no guess."""
        owner = self.owner_of(order_id)
        is_guess = owner is not None and order_id in owner.guessed
        if owner is None or not is_guess or owner.whose.client_order_id == client_order_id:
            return owner
        owner.ids.remove(order_id)
        owner.guessed.remove(order_id)
        del self._owners[order_id]
        return None

    def claim(self, mine: Mine) -> bool:
        """Recognise what is missing of an order; tells whether two may be it, so that none is."""
        is_doubtful = False
        for leg in mine.legs:
            if any(entry.sight.lot is leg.lot for entry in self.entries_of(mine)):
                continue
            free = self._free(mine, leg)
            if len(free) == 1 and (free[0].tag or not self._has_rival(mine, free[0])):
                self.bind(mine, free[0].id)
                if not free[0].tag:
                    mine.guessed.add(free[0].id)
            else:
                is_doubtful |= bool(free)
        return is_doubtful

    def entries_of(self, mine: Mine) -> tuple[Entry, ...]:
        """Return an order's orders at the venue, those that were seen."""
        found = (self.book.get(name) for name in mine.ids)
        return tuple(entry for entry in found if entry is not None)

    def report(self, mine: Mine) -> OrderReport | None:
        """Return how an order stands; `None` while that is not known of each of its parts."""
        entries = self.entries_of(mine)
        if not entries or mine.missing or len(entries) < len(mine.ids) or is_pending(entries):
            return None
        return report_of(mine.whose, entries, missing=mine.lost, at=self.clock.now())

    def all_mine(self) -> tuple[Mine, ...]:
        """Return the orders of ours that this session knows."""
        return tuple(self._mine.values())

    def owner_of(self, order_id: str) -> Mine | None:
        """Return the order of ours that an order at the venue belongs to."""
        owner = self._owners.get(order_id)
        return None if owner is None else self._mine.get(owner)

    def _free(self, mine: Mine, leg: Leg) -> tuple[Entry, ...]:
        others = (entry for entry in self.book if entry.id not in self._owners)
        return fitting(leg, others, tag=mine.tag, sent_at=mine.sent_at)

    def _has_rival(self, mine: Mine, entry: Entry) -> bool:
        """Tell whether another order of ours that is missing may be this one too."""
        return any(
            fitting(leg, (entry,), tag=other.tag, sent_at=other.sent_at)
            for other in self._mine.values()
            if other is not mine and other.missing
            for leg in other.legs
        )

    def _afford(self, share: Share) -> None:
        now = self.clock.monotonic()
        wait = self.budget.wait(now, share)
        if wait is not None:
            msg = f"the allowance is used up for {wait.total_seconds():.1f} s"
            raise BrokerUnavailableError(msg)
        self.budget.take(now)

    def _account(self, *, is_stock: bool) -> Any:  # noqa: ANN401 - the SDK's own
        signed_in = self.session.signed_in
        if signed_in is None:
            return None
        return signed_in.stock if is_stock else signed_in.futures

    def _see(self, trades: Iterable[Any]) -> None:
        for trade in trades:
            known = self.book.get(str(trade.order.id))
            if known is not None and known.is_over and known.tag:
                continue
            try:
                self.see_trade(trade)
            except (UnreadableError, AttributeError, TypeError) as error:
                self.session.gap = f"an order is not understood: {error!r}"

    def _turn_page(self) -> None:
        """Forget another day's orders: SinoPac lists the day's alone, and ids may come again."""
        day = trading_day(self.clock.now())
        if day != self._day:
            self._day, self.book = day, Book()
            self._owners.clear()
            self._mine.clear()


def _reading(account: Any) -> Any:  # noqa: ANN401 - the SDK's own
    def read(client: Client) -> list[Any]:
        client.update_status(account, timeout=int(_READ_S * 1000))
        return list(client.list_trades())

    return read
