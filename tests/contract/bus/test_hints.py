"""What a user's list and the marks of workers promise."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
import pytest

from bus.base import Destination, HintDelivery
from bus.envelope import seal
from bus.messages import Drain
from bus.values import UserId, WorkerId
from tests.contract.bus.letters import A_MOMENT, CLOCK, PATIENCE, a_user, ms
from tests.contract.bus.transports import NO_LANES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bus.envelope import Envelope
    from tests.contract.bus.transports import Transport

pytestmark = pytest.mark.anyio


async def test_commands_come_oldest_first(transport: Transport) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus, bus.hints.commands(user, 1) as commands:
        await bus.hints.hint(user, _command(user, "a"), _command(user, "b"))
        await bus.hints.hint(user, _command(user, "c"))

        assert [await _text(commands) for _ in "abc"] == ["a", "b", "c"]


async def test_commands_pushed_before_anybody_listens_are_kept(transport: Transport) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus:
        await bus.hints.hint(user, _command(user, "a"))
        async with bus.hints.commands(user, 1) as commands:
            assert await _text(commands) == "a"


async def test_a_backlog_is_served_in_order(transport: Transport) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus:
        await bus.hints.hint(user, *(_command(user, str(number)) for number in range(100)))
        async with bus.hints.commands(user, 1) as commands:
            texts = [await _text(commands) for _ in range(100)]

    assert texts == [str(number) for number in range(100)]


async def test_a_waiting_worker_is_woken_at_once(transport: Transport) -> None:
    user = a_user()
    arrived: list[float] = []
    async with transport.open(NO_LANES) as bus, bus.hints.commands(user, 1) as commands:

        async def wait() -> None:
            await _text(commands)
            arrived.append(monotonic())

        began = monotonic()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            await anyio.sleep(0.05)
            began = monotonic()
            await bus.hints.hint(user, _command(user))

    assert arrived[0] - began < 0.3


async def test_a_command_is_not_lost_on_a_worker_that_stopped_waiting(
    transport: Transport,
) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus, bus.hints.commands(user, 1) as commands:
        assert await _nothing_comes(commands)
        await bus.hints.hint(user, _command(user, "a"))

        assert await _text(commands) == "a"


async def test_users_know_nothing_of_each_other(transport: Transport) -> None:
    user, other = a_user(), a_user()
    async with transport.open(NO_LANES) as bus, bus.hints.commands(user, 1) as commands:
        await bus.hints.hint(other, _command(other))

        assert await _nothing_comes(commands)


async def test_a_command_is_given_to_one_worker_only(transport: Transport) -> None:
    user = a_user()
    async with (
        transport.open(NO_LANES) as bus,
        bus.hints.commands(user, 1) as old,
        bus.hints.commands(user, 2) as new,
    ):
        await bus.hints.hint(user, _command(user, "a"))
        await _text(new)

        assert await _nothing_comes(old)


async def test_a_finished_command_does_not_come_again(transport: Transport) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus:
        await bus.hints.hint(user, _command(user))
        async with bus.hints.commands(user, 1) as commands:
            await (await _next(commands)).done()
        async with bus.hints.commands(user, 2) as commands:
            assert await _nothing_comes(commands)


async def test_a_hint_names_the_running_worker(transport: Transport) -> None:
    user, worker = a_user(), _worker()
    async with transport.open(NO_LANES) as bus:
        await bus.hints.mark(user, worker, ttl=ms(15_000))
        hinted = await bus.hints.hint(user, _command(user))

    assert (hinted.worker_id, hinted.should_claim) == (worker, False)


async def test_only_the_first_asker_should_claim(transport: Transport) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus:
        hinted = [await bus.hints.hint(user, _command(user)) for _ in range(3)]

    assert [found.worker_id for found in hinted] == [None, None, None]
    assert [found.should_claim for found in hinted] == [True, False, False]


async def test_of_many_askers_at_once_one_should_claim(transport: Transport) -> None:
    user = a_user()
    claims: list[bool] = []
    async with transport.open(NO_LANES) as bus, anyio.create_task_group() as tasks:

        async def ask() -> None:
            claims.append((await bus.hints.hint(user, _command(user))).should_claim)

        for _ in range(50):
            tasks.start_soon(ask)

    assert claims.count(True) == 1


async def test_one_users_claim_is_not_anothers(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus:
        hinted = [await bus.hints.hint(a_user()) for _ in range(2)]

    assert [found.should_claim for found in hinted] == [True, True]


async def test_a_mark_ends_by_itself(transport: Transport) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus:
        await bus.hints.mark(user, _worker(), ttl=ms(40))
        await anyio.sleep(0.05)

        assert (await bus.hints.hint(user)).worker_id is None


async def test_a_worker_takes_its_own_mark_away(transport: Transport) -> None:
    user, worker = a_user(), _worker()
    async with transport.open(NO_LANES) as bus:
        await bus.hints.mark(user, worker, ttl=ms(15_000))
        await bus.hints.unmark(user, worker)

        assert (await bus.hints.hint(user)).worker_id is None


async def test_a_worker_leaves_the_mark_of_another(transport: Transport) -> None:
    user, old, new = a_user(), _worker(), _worker()
    async with transport.open(NO_LANES) as bus:
        await bus.hints.mark(user, old, ttl=ms(15_000))
        await bus.hints.mark(user, new, ttl=ms(15_000))
        await bus.hints.unmark(user, old)

        assert (await bus.hints.hint(user)).worker_id == new


async def test_forgetting_older_inflight_lists_keeps_the_requests(transport: Transport) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus:
        await bus.hints.hint(user, _command(user, "a"), _command(user, "b"))
        async with bus.hints.commands(user, 1) as commands:
            await _next(commands)
        await bus.hints.forget_inflight(user, before_epoch=2)
        async with bus.hints.commands(user, 2) as commands:
            assert await _text(commands) == "b"


async def test_published_orders_reach_their_users_lists(transport: Transport) -> None:
    user, other = a_user(), a_user()
    async with transport.open(NO_LANES) as bus:
        await bus.publisher.publish(
            Destination.ORDERS, _command(user, "a"), _command(other, "b"), _command(user, "c")
        )
        async with bus.hints.commands(user, 1) as commands:
            assert [await _text(commands) for _ in "ac"] == ["a", "c"]
        async with bus.hints.commands(other, 1) as commands:
            assert await _text(commands) == "b"


async def test_publishing_an_order_does_not_use_the_claim_up(transport: Transport) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus:
        await bus.publisher.publish(Destination.ORDERS, _command(user))

        assert (await bus.hints.hint(user)).should_claim


def _worker() -> WorkerId:
    return WorkerId(uuid4())


def _command(user: UserId, text: str = "") -> Envelope:
    return seal(Drain(user_id=user, reason=text), clock=CLOCK, dedup_id=str(uuid4()))


async def _next(commands: AsyncIterator[HintDelivery]) -> HintDelivery:
    with anyio.fail_after(PATIENCE):
        return await anext(commands)


async def _text(commands: AsyncIterator[HintDelivery]) -> str:
    message = (await _next(commands)).envelope.message
    assert isinstance(message, Drain)
    return message.reason


async def _nothing_comes(commands: AsyncIterator[HintDelivery]) -> bool:
    with anyio.move_on_after(A_MOMENT):
        await anext(commands)
        return False
    return True
