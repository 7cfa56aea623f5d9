"""Every kind of disorder, made by hand in real servers, is gone after two turns of maintenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from bus.envelope import InTrace, seal
from bus.ids import uuid7
from bus.messages import Drain, Finding, FindOrphans, HealOrphan, Message, StartWorker
from bus.values import HOUSE, OrderState, SystemClock, UserId, WorkerId
from handlers.control.healing import heal
from handlers.control.maintenance import find_orphans
from handlers.records.views import WorkerView
from handlers.services import Services
from tests.unit.handlers.control.control_places import Tasks

if TYPE_CHECKING:
    from handlers.records.orders import Lease
    from tests.integration.worker_runtime.hosts import Trader, World
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]

CLOCK = SystemClock()


@dataclass(frozen=True, kw_only=True)
class Place:
    """Real servers, and a control plane's hands."""

    world: World
    services: Services
    launcher: Tasks
    valkey: ValkeyServer

    async def sql(self, statement: str, *arguments: Any) -> None:
        connection = await asyncpg.connect(self.world.environment["FOURPASS_DATABASE_URL"])
        try:
            await connection.execute(statement, *arguments)
        finally:
            await connection.close()

    async def turn(self) -> tuple[list[Finding], list[Message]]:
        """Take one turn and heal what it finds."""
        found: list[Finding] = []
        asked: list[Message] = []
        for told in await find_orphans(FindOrphans(user_id=HOUSE), self.services):
            each = told.message if isinstance(told, InTrace) else told
            assert isinstance(each, HealOrphan)
            found.append(each.finding)
            asked += await heal(each, self.services)
        return found, asked

    async def served(self, trader: Trader) -> Lease:
        """Have a worker serve the user that is well in every way."""
        worker = WorkerId(uuid7())
        lease = await self.services.store.leases.take(trader.user, worker)
        assert lease is not None
        await self.launcher.launch(worker, trader.user)
        self.valkey.ask("SET", f"worker:active:{{{trader.user}}}", str(worker))
        await self.row(worker, trader.user, state="active", epoch=lease.epoch)
        return lease

    async def row(self, worker: WorkerId, user: UserId | None, **fields: Any) -> None:
        now = CLOCK.now()
        told: dict[str, Any] = {"state": "warm", "epoch": None} | fields
        view = WorkerView(
            id=worker, user_id=user, pid=1, host="x", started_at=now, last_seen_at=now, **told
        )
        await self.services.store.workers.put(view)


@pytest.fixture
def place(world: World, valkey: ValkeyServer) -> Place:
    launcher = Tasks()
    services = Services(
        store=world.store,
        pool=world.bus.pool,
        hints=world.bus.hints,
        launcher=launcher,
        clock=CLOCK,
    )
    return Place(world=world, services=services, launcher=launcher, valkey=valkey)


async def test_a_house_in_order_is_left_alone(place: Place) -> None:
    await place.served(await place.world.add_trader())

    assert await place.turn() == ([], [])


async def make_a_mark_without_worker(place: Place, trader: Trader) -> None:
    lease = await place.served(trader)
    await place.services.store.leases.end(lease)
    place.launcher.running.clear()
    await place.services.store.workers.drop(lease.worker_id)


async def delete_the_mark(place: Place, trader: Trader) -> None:
    await place.served(trader)
    place.valkey.ask("DEL", f"worker:active:{{{trader.user}}}")


async def leave_an_inflight_list(place: Place, trader: Trader) -> None:
    lease = await place.served(trader)
    command = seal(Drain(user_id=trader.user, reason=""), clock=CLOCK, dedup_id=uuid7().hex)
    await place.services.hints.hint(trader.user, command)
    async with place.services.hints.commands(trader.user, lease.epoch) as commands:
        await anext(commands)
    await place.services.store.leases.end(lease)
    place.valkey.ask("DEL", f"worker:active:{{{trader.user}}}")


async def prolong_a_dead_workers_lease(place: Place, trader: Trader) -> None:
    lease = await place.served(trader)
    place.launcher.running.clear()
    await place.services.store.workers.drop(lease.worker_id)
    await place.sql("UPDATE worker_leases SET expires_at = now() + interval '1 day'")


async def claim_without_a_lease(place: Place, trader: Trader) -> None:
    worker = WorkerId(uuid7())
    await place.launcher.launch(worker, None)
    await place.row(worker, trader.user, state="claimed")
    await place.sql("UPDATE workers SET since = since - interval '11 seconds'")


async def hang_in_the_pool(place: Place, trader: Trader) -> None:
    del trader
    worker = WorkerId(uuid7())
    await place.launcher.launch(worker, None)
    await place.row(worker, None)
    await place.services.pool.offer(worker)
    await place.sql("UPDATE workers SET last_seen_at = last_seen_at - interval '31 seconds'")


async def let_an_order_grow_old(place: Place, trader: Trader) -> None:
    await place.world.record(trader)
    await place.sql("UPDATE orders SET expires_at = now() - interval '11 seconds'")


async def kill_a_worker_in_mid_send(place: Place, trader: Trader) -> None:
    await place.world.record(trader)
    await place.sql(
        "UPDATE orders SET state = 'sending', epoch = 1, attempts = 1,"
        " send_by = now() - interval '6 seconds'"
    )
    await place.sql("DELETE FROM outbox")


async def lose_the_relay(place: Place, trader: Trader) -> None:
    await place.world.record(trader)
    await place.sql("UPDATE outbox SET created_at = now() - interval '31 seconds'")


async def let_an_account_grow_old(place: Place, trader: Trader) -> None:
    await kill_a_worker_in_mid_send(place, trader)
    await place.sql("UPDATE accounts SET created_at = now() - interval '26 hours'")


HANDS = {
    Finding.MARK_WITHOUT_WORKER: make_a_mark_without_worker,
    Finding.WORKER_WITHOUT_MARK: delete_the_mark,
    Finding.DEAD_INFLIGHT: leave_an_inflight_list,
    Finding.STALE_LEASE: prolong_a_dead_workers_lease,
    Finding.CLAIMED_WITHOUT_LEASE: claim_without_a_lease,
    Finding.EXPIRED_POOL_MEMBER: hang_in_the_pool,
    Finding.QUEUED_PAST_TTL: let_an_order_grow_old,
    Finding.UNATTENDED_ORDER: kill_a_worker_in_mid_send,
    Finding.OUTBOX_LEFTOVER: lose_the_relay,
    Finding.COMPARISON_DUE: let_an_account_grow_old,
}
# Healed by a worker: one is asked for, and what it does is shown where workers are tested.
BY_A_WORKER = {Finding.UNATTENDED_ORDER, Finding.OUTBOX_LEFTOVER, Finding.COMPARISON_DUE}


def test_each_kind_is_made_by_hand() -> None:
    assert set(HANDS) == set(Finding)


@pytest.mark.parametrize("finding", list(Finding))
async def test_what_was_broken_by_hand_is_healed_within_two_turns(
    place: Place, finding: Finding
) -> None:
    trader = await place.world.add_trader()
    await HANDS[finding](place, trader)

    first, asked = await place.turn()
    await place.turn()
    third, _ = await place.turn()

    assert finding in first
    if finding in BY_A_WORKER:
        assert any(isinstance(each, StartWorker) for each in asked)
    else:
        assert finding not in third


async def test_an_expired_order_says_so(place: Place) -> None:
    trader = await place.world.add_trader()
    order = await place.world.record(trader)
    await place.sql("UPDATE orders SET expires_at = now() - interval '11 seconds'")

    await place.turn()

    assert (await place.world.order(order)).state is OrderState.EXPIRED
