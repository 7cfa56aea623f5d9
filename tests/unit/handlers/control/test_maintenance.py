"""Every kind of disorder is found, and what is well is left out."""

from __future__ import annotations

import pytest

from bus.envelope import InTrace
from bus.errors import TransportUnavailableError
from bus.messages import Finding, FindOrphans
from bus.values import HOUSE, OrderState
from handlers.control.maintenance import find_orphans
from handlers.errors import StoreUnavailableError
from tests.contract.store.house import TRACEPARENT
from tests.unit.handlers.control.control_places import MARK, Place, a_place, a_worker_id

pytestmark = pytest.mark.anyio

# So old an account has a day of its own.
OLD = 26 * 3_600


async def findings(place: Place) -> list[Finding]:
    return [each.finding for each in await place.find()]


async def test_a_house_in_order_has_no_findings() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        worker = trader.lease.worker_id
        await place.launcher.launch(worker, trader.user)
        await place.launcher.launch(warm := a_worker_id(), None)
        await place.seen(worker, trader.user, epoch=trader.lease.epoch)
        await place.seen(warm)
        await place.bus.hints.mark(trader.user, worker, ttl=MARK)
        await place.house.in_state(trader, OrderState.ACCEPTED)

        assert await findings(place) == []


async def test_finding_about_an_order_is_sent_in_that_order_s_trace() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.house.queued(trader)
        await place.later(75)

        told = await find_orphans(FindOrphans(user_id=HOUSE), place.services)

        traces = {each.traceparent for each in told if isinstance(each, InTrace)}
        assert traces == {TRACEPARENT}


async def test_a_mark_that_outlived_its_worker_is_found() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.bus.hints.mark(trader.user, trader.lease.worker_id, ttl=MARK * 100)
        await place.services.store.leases.release(trader.lease)

        [found] = await place.find()

        assert found.finding is Finding.MARK_WITHOUT_WORKER
        assert (found.user_id, found.worker_id) == (trader.user, trader.lease.worker_id)


async def test_the_mark_of_another_than_who_serves_is_found() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.seen(trader.lease.worker_id, trader.user, epoch=1)
        await place.bus.hints.mark(trader.user, other := a_worker_id(), ttl=MARK)

        [found] = await place.find()

        assert (found.finding, found.worker_id) == (Finding.MARK_WITHOUT_WORKER, other)


async def test_a_worker_that_no_mark_leads_to_is_found() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.seen(trader.lease.worker_id, trader.user, epoch=1)

        [found] = await place.find()

        assert found.finding is Finding.WORKER_WITHOUT_MARK
        assert (found.worker_id, found.epoch) == (trader.lease.worker_id, trader.lease.epoch)


async def test_a_lease_whose_worker_is_nowhere_is_found() -> None:
    async with a_place() as place:
        trader = await place.house.trader()

        assert Finding.STALE_LEASE in await findings(place)
        assert trader.lease.epoch == 1


async def test_a_lease_is_not_stale_while_its_worker_is_seen_or_runs() -> None:
    async with a_place() as place:
        seen, listed = await place.house.trader(), await place.house.trader()
        await place.seen(seen.lease.worker_id, seen.user, epoch=1)
        await place.launcher.launch(listed.lease.worker_id, listed.user)

        assert Finding.STALE_LEASE not in await findings(place)


async def test_a_process_that_never_said_anything_is_found_once_it_is_grown() -> None:
    async with a_place() as place:
        user = await place.house.user()
        await place.launcher.launch(warm := a_worker_id(), None)
        await place.launcher.launch(claimed := a_worker_id(), user)
        young = await place.find()
        await place.later(60)

        found = await place.find()

        assert young == []
        assert {(each.finding, each.user_id, each.worker_id) for each in found} == {
            (Finding.EXPIRED_POOL_MEMBER, HOUSE, warm),
            (Finding.CLAIMED_WITHOUT_LEASE, user, claimed),
        }


async def test_a_claimed_worker_without_a_lease_is_found_after_10_seconds() -> None:
    async with a_place() as place:
        user, worker = await place.house.user(), a_worker_id()
        await place.seen(worker, user, state="claimed")
        early = await findings(place)
        await place.later(10)

        assert early == []
        assert await findings(place) == [Finding.CLAIMED_WITHOUT_LEASE]


async def test_a_bus_that_is_away_hides_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> None:
        raise TransportUnavailableError

    async with a_place() as place:
        trader = await place.house.trader()
        await place.house.queued(trader)
        monkeypatch.setattr(place.bus.hints, "look", away)
        await place.later(75)

        assert Finding.QUEUED_PAST_TTL in await findings(place)


async def test_a_launcher_that_is_away_hides_nothing_else() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.house.queued(trader)
        place.launcher.is_away = True
        await place.later(75)

        assert Finding.QUEUED_PAST_TTL in await findings(place)


async def test_an_account_whose_day_was_not_compared_is_found_once() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.house.in_state(trader, OrderState.FILLED)
        await place.later(OLD)

        found = [each for each in await place.find() if each.finding is Finding.COMPARISON_DUE]
        again = [each for each in await place.find() if each.finding is Finding.COMPARISON_DUE]

        assert [(each.user_id, each.account_id) for each in found] == [
            (trader.user, trader.account.id)
        ]
        assert again == []


async def test_accounts_are_asked_about_a_few_at_a_time() -> None:
    async with a_place() as place:
        for _ in range(25):
            await place.house.in_state(await place.house.trader(), OrderState.FILLED)
        await place.later(OLD)

        turns = [
            sum(each.finding is Finding.COMPARISON_DUE for each in await place.find())
            for _ in range(3)
        ]

        assert turns == [20, 5, 0]


async def test_accounts_are_compared_though_nothing_tells_what_runs() -> None:
    async with a_place() as place:
        await place.house.in_state(await place.house.trader(), OrderState.FILLED)
        await place.later(OLD)
        place.launcher.is_away = True

        assert Finding.COMPARISON_DUE in await findings(place)


async def test_orders_are_found_though_comparisons_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def away(*, limit: int) -> None:
        raise StoreUnavailableError(str(limit))

    async with a_place() as place:
        await place.house.queued(await place.house.trader())
        await place.later(75)
        monkeypatch.setattr(place.services.store.comparisons, "due", away)

        assert Finding.QUEUED_PAST_TTL in await findings(place)
