"""Follows the record: each hop of each order comes out once, when it is time to tell of it."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from handlers.records.control_hops import ControlHop
from handlers.records.trails import Trail

if TYPE_CHECKING:
    from bus.values import Clock, OrderId
    from handlers.store.watching import WatchStore

# An event is written a moment before it can be read: every look goes back this far.
_OVERLAP = timedelta(seconds=5)
_PAGE = 500
_PAGES = 20
# Orders of which it is remembered how much was told; more than a look can bring.
_REMEMBERED = 50_000


class News(msgspec.Struct, frozen=True, kw_only=True):
    """An order's way, of which the events up to number `told` were told before.

    Attributes:
        hops: What the control plane did about it, as far as that is news.
    """

    trail: Trail
    told: int
    hops: tuple[ControlHop, ...] = ()


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """How much of an order's way was told."""

    n: int
    hops: frozenset[tuple[UUID, int]]


class Follower:
    """One observer's place in the record. It begins now: what was before is not told."""

    def __init__(self, watch: WatchStore, clock: Clock) -> None:
        self._watch = watch
        self._clock = clock
        self._after = clock.now()
        self._began = self._after - _OVERLAP
        self._told: OrderedDict[OrderId, _Told] = OrderedDict()
        self._waiting: set[OrderId] = set()

    async def look(self) -> list[News]:
        """Return what there is to tell since the last look.

        Raises:
            StoreUnavailableError: The record is away; the next look finds what this one did not.
        """
        news: list[News] = []
        after = self._after - _OVERLAP
        for _ in range(_PAGES):
            waiting, self._waiting = self._waiting, set()
            try:
                trails = await self._watch.trails(after=after, waiting=waiting, limit=_PAGE)
            except BaseException:
                self._waiting |= waiting
                raise
            news += [each for trail in trails if (each := self._take(trail)) is not None]
            touched = [trail.last_at for trail in trails if trail.last_at > after]
            after = max(touched, default=after)
            if len(touched) < _PAGE:
                break
        self._after = max(self._after, after)
        return news

    def _take(self, trail: Trail) -> News | None:
        last = trail.events[-1].n
        told = self._told.get(trail.order_id) or self._before(trail)
        hops = tuple(hop for hop in trail.hops if _key(hop) not in told.hops)
        if last <= told.n and not hops:
            return None
        if not trail.is_told(self._clock.now()):
            self._waiting.add(trail.order_id)
            return None
        known = frozenset(_key(hop) for hop in trail.hops)
        self._told[trail.order_id] = _Told(n=last, hops=known)
        self._told.move_to_end(trail.order_id)
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return News(trail=trail, told=told.n, hops=hops)

    def _before(self, trail: Trail) -> _Told:
        """Return what happened to an order before this observer began: another one told it."""
        old = [event.n for event in trail.events if event.at <= self._began]
        known = frozenset(_key(hop) for hop in trail.hops if hop.done_at <= self._began)
        return _Told(n=max(old, default=0), hops=known)


def _key(hop: ControlHop) -> tuple[UUID, int]:
    return hop.id, hop.attempt
