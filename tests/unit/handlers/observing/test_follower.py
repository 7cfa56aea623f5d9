"""A place in the record: every hop comes out once, and in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from bus.ids import uuid7
from bus.values import OrderId, OrderState
from handlers.errors import StoreUnavailableError
from handlers.observing.follower import Follower
from handlers.records.trails import Trail
from telemetry.stages import Stage
from tests.builders import ManualClock
from tests.unit.handlers.observing.ways import FILLED, a_look, way

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from handlers.observing.follower import News

pytestmark = pytest.mark.anyio

WORKING = [*FILLED[:8], (Stage.SETTLED, 38.0, OrderState.ACCEPTED)]


class Record:
    """What there is to read; `limit` orders a page, as the real one gives them."""

    def __init__(self) -> None:
        self.trails_by_id: dict[OrderId, Trail] = {}
        self.is_away = False
        self.reads = 0

    def put(self, trail: Trail) -> None:
        self.trails_by_id[trail.order_id] = trail

    async def trails(
        self, *, after: datetime, waiting: Collection[OrderId], limit: int
    ) -> Sequence[Trail]:
        if self.is_away:
            raise StoreUnavailableError("away")
        self.reads += 1
        touched = sorted(
            (each for each in self.trails_by_id.values() if each.last_at > after),
            key=lambda each: each.last_at,
        )[:limit]
        also = [self.trails_by_id[each] for each in waiting]
        return [*touched, *(each for each in also if each not in touched)]


def a_follower(now: datetime) -> tuple[Record, Follower, ManualClock]:
    record, clock = Record(), ManualClock(now)
    return record, Follower(record, clock), clock  # pyright: ignore[reportArgumentType] - one method is asked


def moved(trail: Trail, by: timedelta) -> Trail:
    return Trail(
        **{name: getattr(trail, name) for name in Trail.__struct_fields__ if name != "events"},
        events=tuple(
            type(event)(
                n=event.n,
                at=event.at + by,
                stage=event.stage,
                to_state=event.to_state,
                actor=event.actor,
            )
            for event in trail.events
        ),
    )


def ids(news: list[News]) -> list[OrderId]:
    return [each.trail.order_id for each in news]


async def test_finished_order_is_told_once() -> None:
    record, follower, _ = a_follower(way().last_at)
    record.put(way())

    assert ids(await follower.look()) == [way().order_id]
    assert await follower.look() == []


async def test_order_that_works_is_told_when_it_rests_although_nothing_new_happens() -> None:
    record, follower, clock = a_follower(way().last_at)
    record.put(way(WORKING))

    assert await follower.look() == []
    clock.go_on(timedelta(seconds=31))

    assert ids(await follower.look()) == [way().order_id]
    assert await follower.look() == []


async def test_what_happens_later_is_told_from_where_it_was_left() -> None:
    record, follower, clock = a_follower(way().last_at)
    record.put(way(WORKING))
    clock.go_on(timedelta(seconds=31))
    [first] = await follower.look()
    later = [*WORKING, (Stage.SETTLED, 40_000.0, OrderState.FILLED)]
    record.put(way(later))
    clock.go_on(timedelta(seconds=40))

    [second] = await follower.look()

    assert (first.told, second.told) == (0, len(WORKING))


async def test_what_the_control_plane_does_about_a_resting_order_is_told_once_and_alone() -> None:
    record, follower, clock = a_follower(way().last_at)
    first, second = a_look(31_000, 31_002), a_look(61_000, 61_003)
    record.put(way(WORKING))
    clock.go_on(timedelta(seconds=31))
    await follower.look()
    record.put(way(WORKING, hops=(first,)))
    [looked] = await follower.look()
    record.put(way(WORKING, hops=(first, second)))
    [again] = await follower.look()

    assert (looked.hops, again.hops) == ((first,), (second,))
    assert (looked.told, again.told) == (len(WORKING), len(WORKING))
    assert await follower.look() == []


async def test_way_that_another_observer_told_is_not_told_again_for_a_look() -> None:
    record, follower, _ = a_follower(way().last_at + timedelta(hours=1))
    old, fresh = a_look(31_000, 31_002), a_look(3_700_000, 3_700_002)
    record.put(way(WORKING, hops=(old, fresh)))

    [news] = await follower.look()

    assert (news.told, news.hops) == (len(WORKING), (fresh,))


async def test_more_than_a_page_is_told_whole() -> None:
    record, follower, _ = a_follower(way().last_at)
    orders = [OrderId(UUID(int=n)) for n in range(1, 1302)]
    for n, order in enumerate(orders):
        record.put(moved(way(order_id=order), timedelta(milliseconds=n)))

    assert sorted(ids(await follower.look())) == sorted(orders)
    assert await follower.look() == []


async def test_look_that_failed_loses_nothing() -> None:
    record, follower, clock = a_follower(way().last_at)
    record.put(way(WORKING))
    await follower.look()
    clock.go_on(timedelta(seconds=31))
    record.is_away = True
    with pytest.raises(StoreUnavailableError):
        await follower.look()
    record.is_away = False

    assert ids(await follower.look()) == [way().order_id]


async def test_what_was_before_is_not_told() -> None:
    record, follower, _ = a_follower(way().last_at + timedelta(seconds=6))
    record.put(way(order_id=OrderId(uuid7())))

    assert await follower.look() == []
