"""What the control plane reads and notes, whichever record keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.ids import uuid7
from bus.messages import Finding
from bus.values import OrderId, OrderState
from handlers.errors import NotFoundError
from tests.contract.store.test_catalogue import a_worker

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.records.upkeep import DueCheck, LeaseSeen
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio

S = OrderState
ALL = 100_000


async def due(house: House, user: UserId) -> list[DueCheck]:
    checks = await house.store.upkeep.due_checks(limit=ALL)
    return [check for check in checks if check.order.user_id == user]


async def found(house: House, user: UserId) -> dict[Finding, list[OrderId]]:
    findings: dict[Finding, list[OrderId]] = {}
    for each in await house.store.upkeep.order_findings(limit=ALL):
        if each.user_id == user:
            findings.setdefault(each.finding, []).append(each.order_id)
    return findings


async def lease_of(house: House, user: UserId) -> LeaseSeen | None:
    leases = await house.store.upkeep.leases(limit=ALL)
    return next((seen for seen in leases if seen.lease.user_id == user), None)


@pytest.mark.parametrize(
    ("state", "is_due"),
    [(state, state in {S.ACCEPTED, S.PARTIALLY_FILLED, S.UNKNOWN, S.NEEDS_REVIEW}) for state in S],
)
async def test_orders_at_a_venue_are_looked_after(
    house: House, state: OrderState, *, is_due: bool
) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, state)

    assert [check.order.id for check in await due(house, trader.user)] == [order.id] * is_due


async def test_a_look_is_given_out_once(house: House) -> None:
    trader = await house.trader()
    await house.in_state(trader, S.ACCEPTED)
    given: list[DueCheck] = []

    async def ask() -> None:
        given.extend(await due(house, trader.user))

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(ask)

    assert [check.attempt for check in given] == [1]


async def test_looks_that_broke_off_begin_again_with_the_next_number(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, S.ACCEPTED)
    await due(house, trader.user)
    await house.store.upkeep.note_check(order.id, 7)

    await house.later(179)
    early = await due(house, trader.user)
    await house.later(2)

    assert early == []
    assert [check.attempt for check in await due(house, trader.user)] == [8]


async def test_a_look_that_another_has_overtaken_is_told_so(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, S.ACCEPTED)

    noted = [await house.store.upkeep.note_check(order.id, number) for number in (1, 3, 3, 2)]

    assert noted == [True, True, True, False]


async def test_nothing_is_noted_of_an_order_that_is_not_there(house: House) -> None:
    with pytest.raises(NotFoundError):
        await house.store.upkeep.note_check(OrderId(uuid7()), 1)


async def test_a_queued_order_long_past_its_time_is_found(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)

    await house.later(69)
    early = await found(house, trader.user)
    await house.later(2)

    assert Finding.QUEUED_PAST_TTL not in early
    assert (await found(house, trader.user))[Finding.QUEUED_PAST_TTL] == [order.id]


async def test_one_queued_order_is_ended_and_no_other(house: House) -> None:
    trader = await house.trader()
    order, other = await house.queued(trader), await house.queued(trader)
    await house.later(61)

    assert await house.store.upkeep.expire(order.id)
    assert not await house.store.upkeep.expire(order.id)

    assert (await house.load(order.id)).state is S.EXPIRED
    assert (await house.load(other.id)).state is S.QUEUED


@pytest.mark.parametrize("state", [S.QUEUED, S.ACCEPTED, S.SENDING])
async def test_an_order_within_its_time_or_sent_is_not_ended(
    house: House, state: OrderState
) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, state)
    if state is not S.QUEUED:
        await house.later(61)

    assert not await house.store.upkeep.expire(order.id)
    assert (await house.load(order.id)).state is state


async def test_a_send_that_nobody_settles_is_found_once_its_lease_is_over(house: House) -> None:
    trader = await house.trader()
    order = await house.in_state(trader, S.SENDING)

    await house.later(10)
    served = await found(house, trader.user)
    await house.later(6)

    assert Finding.UNATTENDED_ORDER not in served
    assert (await found(house, trader.user))[Finding.UNATTENDED_ORDER] == [order.id]


async def test_a_user_with_many_orders_and_no_worker_is_found_once(house: House) -> None:
    trader = await house.trader()
    for _ in range(3):
        await house.in_state(trader, S.ACCEPTED)

    await house.store.leases.release(trader.lease)

    assert len((await found(house, trader.user))[Finding.UNATTENDED_ORDER]) == 1


async def test_a_command_without_progress_is_found(house: House) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    await house.store.signals.mark_hinted([order.id])

    await house.later(29)
    early = await found(house, trader.user)
    await house.later(2)

    assert Finding.OUTBOX_LEFTOVER not in early
    assert (await found(house, trader.user))[Finding.OUTBOX_LEFTOVER] == [order.id]


async def test_a_command_that_is_done_with_is_no_leftover(house: House) -> None:
    trader = await house.trader()
    await house.in_state(trader, S.ACCEPTED)

    await house.later(31)

    assert Finding.OUTBOX_LEFTOVER not in await found(house, trader.user)


async def test_a_lease_is_told_with_whether_its_worker_was_seen(house: House) -> None:
    trader = await house.trader()
    unseen = await lease_of(house, trader.user)
    row = a_worker(house, trader.user, id=trader.lease.worker_id, epoch=1)
    await house.store.workers.put(row)

    seen = await lease_of(house, trader.user)

    assert unseen is not None
    assert seen is not None
    assert unseen.lease == seen.lease == trader.lease
    assert (unseen.is_running, unseen.is_seen, seen.is_seen) == (True, False, True)


@pytest.mark.parametrize(("seconds", "is_told"), [(16, True), (3700, False)])
async def test_a_lease_is_told_for_an_hour_after_its_end(
    house: House, seconds: int, *, is_told: bool
) -> None:
    trader = await house.trader()

    await house.later(seconds)

    told = await lease_of(house, trader.user)
    assert (told is not None) is is_told
    assert told is None or not told.is_running


async def lost(house: House, user: UserId) -> list[str]:
    rows = await house.store.upkeep.lost_workers(limit=ALL)
    return [row.state for row in rows if row.user_id == user]


async def test_a_worker_that_nobody_saw_for_long_is_lost(house: House) -> None:
    user = (await house.trader()).user
    await house.store.workers.put(a_worker(house, user, state="active", epoch=1))

    before = await lost(house, user)
    await house.later(31)

    assert (before, await lost(house, user)) == ([], ["active"])


async def test_a_worker_with_a_user_and_no_lease_is_lost_however_often_it_is_seen(
    house: House,
) -> None:
    user = (await house.trader()).user
    claimed = a_worker(house, user, state="claimed")
    await house.store.workers.put(claimed)
    await house.later(9)
    await house.store.workers.put(claimed)
    before = await lost(house, user)

    await house.later(2)
    await house.store.workers.put(claimed)

    assert (before, await lost(house, user)) == ([], ["claimed"])


async def test_a_worker_that_took_its_lease_in_time_is_not_lost(house: House) -> None:
    user = (await house.trader()).user
    worker = a_worker(house, user, state="claimed")
    await house.store.workers.put(worker)
    await house.later(9)
    await house.store.workers.put(msgspec.structs.replace(worker, state="active", epoch=2))
    await house.later(9)

    assert await lost(house, user) == []
