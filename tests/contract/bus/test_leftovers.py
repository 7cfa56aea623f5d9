"""What can be read of a user's marks and lists without taking anything."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from bus.base import Leftovers
from bus.envelope import seal
from bus.messages import Drain
from bus.values import UserId, WorkerId
from tests.contract.bus.letters import CLOCK, a_user, ms
from tests.contract.bus.transports import NO_LANES

if TYPE_CHECKING:
    from bus.bundle import Bus
    from tests.contract.bus.transports import Transport

pytestmark = pytest.mark.anyio

NOTHING = Leftovers(worker_id=None, has_old_inflight=False)


async def leave_inflight(bus: Bus, user: UserId, *, epoch: int) -> None:
    command = Drain(user_id=user, reason="test")
    await bus.hints.hint(user, seal(command, clock=CLOCK, dedup_id=str(uuid4())))
    async with bus.hints.commands(user, epoch) as commands:
        await anext(commands)


async def test_of_a_user_without_workers_nothing_is_left(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus:
        assert await bus.hints.look(a_user(), before_epoch=1) == NOTHING


async def test_the_mark_is_read(transport: Transport) -> None:
    user, worker = a_user(), WorkerId(uuid4())
    async with transport.open(NO_LANES) as bus:
        await bus.hints.mark(user, worker, ttl=ms(60_000))

        assert (await bus.hints.look(user, before_epoch=1)).worker_id == worker


async def test_looking_leaves_the_claim_to_who_hints(transport: Transport) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus:
        await bus.hints.look(user, before_epoch=1)

        assert (await bus.hints.hint(user)).should_claim


async def test_a_list_of_an_older_epoch_is_seen_until_it_is_forgotten(
    transport: Transport,
) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus:
        await leave_inflight(bus, user, epoch=3)

        assert (await bus.hints.look(user, before_epoch=4)).has_old_inflight
        await bus.hints.forget_inflight(user, before_epoch=4)
        assert await bus.hints.look(user, before_epoch=4) == NOTHING


async def test_the_list_of_the_epoch_that_runs_is_not_old(transport: Transport) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus:
        await leave_inflight(bus, user, epoch=4)

        assert not (await bus.hints.look(user, before_epoch=4)).has_old_inflight
