"""Each disorder is healed, by looking again first: what is well by then is left alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from bus.envelope import seal
from bus.messages import (
    CompareAccount,
    Drain,
    ExecuteOrder,
    Finding,
    HealOrphan,
    KeepPool,
    StartWorker,
)
from bus.values import HOUSE, OrderState
from handlers.control.healing import heal
from tests.unit.handlers.control.control_places import MARK, Place, a_place, a_worker_id

if TYPE_CHECKING:
    from bus.values import UserId, WorkerId
    from tests.contract.store.house import Trader

pytestmark = pytest.mark.anyio


async def mark_of(place: Place, user: UserId) -> WorkerId | None:
    return (await place.bus.hints.look(user, before_epoch=0)).worker_id


def about(trader: Trader, finding: Finding) -> HealOrphan:
    lease = trader.lease
    return HealOrphan(
        user_id=trader.user, finding=finding, worker_id=lease.worker_id, epoch=lease.epoch
    )


async def test_a_mark_without_a_worker_is_taken_away() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.bus.hints.mark(trader.user, trader.lease.worker_id, ttl=MARK)
        await place.services.store.leases.release(trader.lease)

        await place.heal_all()

        assert await mark_of(place, trader.user) is None


async def test_the_mark_of_who_serves_by_now_stays() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.bus.hints.mark(trader.user, trader.lease.worker_id, ttl=MARK)

        await heal(about(trader, Finding.MARK_WITHOUT_WORKER), place.services)

        assert await mark_of(place, trader.user) == trader.lease.worker_id


async def test_a_worker_without_a_mark_gets_one() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.seen(trader.lease.worker_id, trader.user, epoch=1)

        await place.heal_all()

        assert await mark_of(place, trader.user) == trader.lease.worker_id


async def test_a_worker_that_is_leaving_gets_no_mark() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.seen(trader.lease.worker_id, trader.user, epoch=1, state="draining")

        await heal(about(trader, Finding.WORKER_WITHOUT_MARK), place.services)

        assert await mark_of(place, trader.user) is None


async def test_a_worker_that_another_has_followed_gets_no_mark() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.seen(trader.lease.worker_id, trader.user, epoch=1)
        await place.services.store.leases.release(trader.lease)
        await place.services.store.leases.take(trader.user, a_worker_id())

        await heal(about(trader, Finding.WORKER_WITHOUT_MARK), place.services)

        assert await mark_of(place, trader.user) is None


async def test_lists_of_dead_epochs_are_forgotten() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.bus.hints.hint(
            trader.user,
            seal(Drain(user_id=trader.user, reason=""), clock=place.clock, dedup_id=str(uuid4())),
        )
        async with place.bus.hints.commands(trader.user, 1) as commands:
            await anext(commands)
        await place.services.store.leases.release(trader.lease)

        await place.heal_all()

        assert not (await place.bus.hints.look(trader.user, before_epoch=2)).has_old_inflight


async def test_a_lease_that_nobody_keeps_is_ended_and_its_work_taken_up() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        order = await place.house.in_state(trader, OrderState.ACCEPTED)

        messages = await heal(about(trader, Finding.STALE_LEASE), place.services)

        assert await place.services.store.leases.holder(trader.user) is None
        [start] = messages
        assert isinstance(start, StartWorker)
        assert start.user_id == order.user_id


@pytest.mark.parametrize("how", ["seen", "listed"])
async def test_the_lease_of_a_worker_that_lives_is_not_ended(how: str) -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        if how == "seen":
            await place.seen(trader.lease.worker_id, trader.user, epoch=1)
        else:
            await place.launcher.launch(trader.lease.worker_id, trader.user)

        await heal(about(trader, Finding.STALE_LEASE), place.services)

        assert await place.services.store.leases.holder(trader.user) == trader.lease


async def test_a_claimed_worker_without_a_lease_is_ended_and_replaced() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.house.in_state(trader, OrderState.ACCEPTED)
        await place.services.store.leases.release(trader.lease)
        await place.launcher.launch(stuck := a_worker_id(), None)
        await place.seen(stuck, trader.user, state="claimed")
        await place.later(11)

        messages = await place.heal_all()

        assert stuck not in place.launcher.running
        assert await place.services.store.queries.workers(trader.user) == []
        assert any(isinstance(each, StartWorker) for each in messages)


async def test_a_claimed_worker_that_has_its_lease_by_now_stays() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.launcher.launch(trader.lease.worker_id, trader.user)

        await heal(about(trader, Finding.CLAIMED_WITHOUT_LEASE), place.services)

        assert trader.lease.worker_id in place.launcher.running


async def test_a_pool_member_that_says_nothing_is_ended_and_replaced() -> None:
    async with a_place() as place:
        await place.launcher.launch(hung := a_worker_id(), None)
        await place.seen(hung)
        await place.later(31)

        messages = await place.heal_all()

        assert messages == [KeepPool(user_id=HOUSE)]
        assert not place.launcher.running


async def test_a_pool_member_that_speaks_again_stays() -> None:
    async with a_place() as place:
        await place.launcher.launch(warm := a_worker_id(), None)
        await place.seen(warm)
        finding = HealOrphan(user_id=HOUSE, finding=Finding.EXPIRED_POOL_MEMBER, worker_id=warm)

        assert await heal(finding, place.services) == ()
        assert warm in place.launcher.running


async def test_an_order_past_its_time_is_expired() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        order = await place.house.queued(trader)
        await place.later(75)

        await place.heal_all()

        assert (await place.house.load(order.id)).state is OrderState.EXPIRED


async def test_an_unattended_order_gets_a_worker_unless_somebody_came() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        order = await place.house.in_state(trader, OrderState.SENDING)
        finding = HealOrphan(
            user_id=trader.user, finding=Finding.UNATTENDED_ORDER, order_id=order.id
        )

        served = await heal(finding, place.services)
        await place.services.store.leases.release(trader.lease)
        [start] = await heal(finding, place.services)

        assert served == ()
        assert isinstance(start, StartWorker)
        assert start.cause == order.id


async def test_a_command_left_in_the_outbox_is_said_again() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        order = await place.house.queued(trader, expires_at=place.clock.now() + timedelta(hours=1))
        await place.later(31)

        messages = await place.heal_all()

        hint = ExecuteOrder(user_id=trader.user, order_id=order.id, account_id=order.account_id)
        assert hint in messages
        assert any(isinstance(each, StartWorker) for each in messages)


async def test_a_command_that_is_done_with_is_not_said_again() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        order = await place.house.in_state(trader, OrderState.FILLED)
        finding = HealOrphan(
            user_id=trader.user, finding=Finding.OUTBOX_LEFTOVER, order_id=order.id
        )

        assert await heal(finding, place.services) == ()


@pytest.mark.parametrize("finding", list(Finding))
async def test_healing_what_is_well_twice_changes_nothing(finding: Finding) -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        order = await place.house.in_state(trader, OrderState.FILLED)
        worker = trader.lease.worker_id
        await place.launcher.launch(worker, trader.user)
        await place.seen(worker, trader.user, epoch=1)
        await place.bus.hints.mark(trader.user, worker, ttl=MARK)
        message = HealOrphan(
            user_id=trader.user, finding=finding, worker_id=worker, epoch=1, order_id=order.id
        )

        for _ in range(2):
            assert await heal(message, place.services) == ()

        assert await place.services.store.leases.holder(trader.user) == trader.lease
        assert await mark_of(place, trader.user) == worker
        assert worker in place.launcher.running
        assert (await place.house.load(order.id)).state is OrderState.FILLED


def due(trader: Trader) -> HealOrphan:
    return HealOrphan(
        user_id=trader.user, finding=Finding.COMPARISON_DUE, account_id=trader.account.id
    )


async def test_the_worker_that_runs_is_asked_to_compare() -> None:
    async with a_place() as place:
        trader = await place.house.trader()

        asked = await heal(due(trader), place.services)

        assert asked == (CompareAccount(user_id=trader.user, account_id=trader.account.id),)


async def test_a_worker_is_started_to_compare_where_none_runs() -> None:
    async with a_place() as place:
        trader = await place.house.trader()
        await place.services.store.leases.release(trader.lease)

        command, start = await heal(due(trader), place.services)

        assert isinstance(command, CompareAccount)
        assert isinstance(start, StartWorker)
        assert start.user_id == trader.user
