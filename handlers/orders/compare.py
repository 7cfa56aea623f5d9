"""Comparing what a venue has of an account with the record, once a day.

What lacks is settled, what differs is told. Nothing here sends an order, and no position is ever
put right.

Positions, fills and the record are read one after another while orders are executed. So a
difference is told only once it was the same in three readings, none of which saw anything of it
move. Two pauses, each longer than the venue may be late with a trade or a position, leave no fill
that one of them could have missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import msgspec

from broker_adapters.errors import UnknownSymbolError
from handlers.orders.held import Tally, over, tallies
from handlers.orders.taking_in import SeenSoFar, TakingIn
from handlers.records.comparison import Comparison, Difference
from handlers.symbols import VENUES, Market, is_to_come

if TYPE_CHECKING:
    from broker_adapters.base import Instrument
    from handlers.orders.desk import Desk
    from handlers.records.comparison import Ledger
    from handlers.store.comparing import ComparisonStore

SAME_READINGS = 3
_MOST_READINGS = 6


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at everything came to.

    Attributes:
        differences: What differs, by its name.
        evidence: What each difference comes of; the same twice if nothing moved in between.
        moving: What seems to differ while something about it moves or is in doubt.
        over: Contracts that were settled on their last day.
    """

    compared: int
    differences: dict[str, Difference]
    evidence: dict[str, object]
    moving: dict[str, Tally]
    over: tuple[str, ...]


async def compare(
    desk: Desk, store: ComparisonStore, seen: SeenSoFar | None = None
) -> Comparison | None:
    """Compare an account once; `None` where that is not asked for any more.

    Args:
        desk: Where.
        store: What it is compared with.
        seen: What an attempt before this one saw and nobody kept; it is added to.

    Raises:
        BrokerError: The venue gave no usable answer; trying again is safe.
        StoreUnavailableError: The record is away; trying again is safe.
    """
    ledger = await store.ledger(desk.lease, desk.account.id)
    if ledger is None:
        return None
    return await _Comparing(desk, store, ledger, seen or SeenSoFar()).run()


class _Comparing:
    """One comparison under way."""

    def __init__(self, desk: Desk, store: ComparisonStore, ledger: Ledger, seen: SeenSoFar) -> None:
        self._desk = desk
        self._store = store
        self._ledger = ledger
        self._at = desk.clock.now()
        self._taking = TakingIn(desk, seen, at=self._at)
        self._instruments: dict[str, Instrument | None] = {}

    async def run(self) -> Comparison:
        reading = await self._read()
        confirmed: tuple[Difference, ...] = ()
        unsettled: tuple[str, ...] = ()
        if reading.differences or reading.moving:
            confirmed, unsettled, reading = await self._confirm(reading)
        seen = self._taking.seen
        return Comparison(
            account_id=self._desk.account.id,
            begins_at=self._ledger.begins_at,
            at=self._at,
            since=self._ledger.since,
            orders=len(seen.orders),
            fills=len(seen.fills),
            positions=reading.compared,
            other_orders=len(seen.other_orders),
            found_fills=self._ledger.found_fills + len(seen.found_fills),
            settled_orders=self._ledger.settled_orders + len(seen.settled),
            unsettled=unsettled,
            over=reading.over,
            differences=confirmed,
        )

    async def _confirm(self, reading: Look) -> tuple[tuple[Difference, ...], tuple[str, ...], Look]:
        """Read on until what differs has been the same for long enough, or will not stand still.

        Returns what differs, what would not stand still, and the last look.
        """
        # Gate, whose answers settle in 16 s, may list a trade 30 s late.
        pause = 2 * self._desk.broker.capabilities.settle.total_seconds()
        streaks = dict.fromkeys(reading.differences, 1)
        for _ in range(_MOST_READINGS - 1):
            if not reading.moving and all(each >= SAME_READINGS for each in streaks.values()):
                break
            await anyio.sleep(pause)
            before, reading = reading, await self._read()
            streaks = {
                name: streaks[name] + 1 if before.evidence.get(name) == each else 1
                for name, each in reading.evidence.items()
            }
        told = [name for name, same in streaks.items() if same >= SAME_READINGS]
        restless = {
            *(symbol for each in reading.moving.values() for symbol in each.symbols),
            *(name for name in reading.differences if name not in told),
        }
        differing = tuple(reading.differences[name] for name in sorted(told))
        return differing, tuple(sorted(restless)), reading

    async def _read(self) -> Look:
        """Look at everything once; the venue's lists are taken in after its positions are read."""
        desk = self._desk
        before = await self._store.holdings(desk.lease, desk.account.id)
        for each in before.traded:
            await self._know(each.symbol)
        positions = await desk.broker.positions()
        ledger = await self._store.ledger(desk.lease, desk.account.id)
        contradicted = await self._taking.take(ledger or self._ledger)
        after = await self._store.holdings(desk.lease, desk.account.id)
        for each in after.traded:
            await self._know(each.symbol)
        # A venue may fail to know a contract for a while: not before its month is any of them over.
        found = over(after, positions, self._instruments, is_future=self._is_future)
        gone = [symbol for symbol in found if not is_to_come(symbol, self._at)]
        left_out = desk.broker.capabilities.money.union(gone)
        tally = tallies(before, after, positions, self._instruments, left_out=left_out)
        apart = {name: each for name, each in tally.items() if each.difference is not None}
        still = {name: each for name, each in apart.items() if each.is_settled}
        return Look(
            compared=len(tally),
            differences=contradicted
            | {name: each.difference for name, each in still.items() if each.difference},
            evidence={**contradicted, **still},
            moving={name: each for name, each in apart.items() if name not in still},
            over=tuple(gone),
        )

    def _is_future(self, symbol: str) -> bool:
        return VENUES[self._desk.account.broker].market_of(symbol) is Market.FUTURES

    async def _know(self, symbol: str) -> None:
        """Learn what a symbol is; the venue may trade it no more."""
        if symbol in self._instruments:
            return
        try:
            self._instruments[symbol] = await self._desk.broker.instrument(symbol)
        except UnknownSymbolError:
            self._instruments[symbol] = None
