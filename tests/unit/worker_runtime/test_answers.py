"""A worker answers who waits: cancels, look-ups and tried accounts, beside its order lanes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.errors import AuthFailedError, BrokerUnavailableError
from bus.ids import uuid7
from bus.messages import CancelOrder, VerifyFills
from bus.values import AccountId, OrderId, OrderState
from handlers.asking.account_probe import probe_account
from handlers.asking.ask import ask_worker
from tests.unit.worker_runtime.gated_broker import accept, report_of_order
from tests.unit.worker_runtime.world import a_world

if TYPE_CHECKING:
    from handlers.asking.replies import Reply
    from tests.unit.worker_runtime.world import World

pytestmark = pytest.mark.anyio


async def probe(world: World, account: AccountId) -> Reply:
    return await probe_account(world.user, account, world.bus, clock=world.clock)


async def ask_to_cancel(world: World, account: AccountId, order: OrderId) -> Reply:
    request = uuid7()
    command = CancelOrder(user_id=world.user, order_id=order, account_id=account, request=request)
    return await ask(world, command, request)


async def ask_to_verify(world: World, account: AccountId, order: OrderId) -> Reply:
    request = uuid7()
    command = VerifyFills(
        user_id=world.user, order_id=order, account_id=account, attempt=1, request=request
    )
    return await ask(world, command, request)


async def ask(world: World, command: CancelOrder | VerifyFills, request: object) -> Reply:
    assert command.request == request
    within = timedelta(seconds=5)
    return await ask_worker(
        command, command.request or uuid7(), world.bus, clock=world.clock, within=within
    )


async def a_working_order(world: World, account: AccountId) -> OrderId:
    broker = world.brokers[account]
    broker.script.append(accept)
    order = await world.record(account)
    await world.hint(account, order)
    working = await world.until(order, {OrderState.ACCEPTED})
    broker.known[working.client_order_id] = report_of_order(working)
    return order


async def test_a_new_account_is_tried_without_any_order() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()

        reply = await probe(world, account)

        assert (reply.is_ok, reply.code) == (True, "account_reachable")
        assert world.brokers[account].submitted == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AuthFailedError("the key was revoked"), "auth"),
        (BrokerUnavailableError("503"), "broker_unavailable"),
    ],
)
async def test_an_account_that_does_not_open_says_why(error: Exception, code: str) -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        world.brokers[account].connect_error = error

        reply = await probe(world, account)

        assert (reply.is_ok, reply.code) == (False, code)
        assert str(error) in (reply.why or "")


async def test_an_account_that_was_mended_is_tried_anew() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        world.brokers[account].connect_error = AuthFailedError("the key was revoked")
        await probe(world, account)
        world.brokers[account].connect_error = None

        assert (await probe(world, account)).is_ok


async def test_nobody_tries_anothers_account() -> None:
    async with a_world() as world, world.served():
        reply = await probe(world, AccountId(uuid7()))

        assert (reply.is_ok, reply.code) == (False, "not_found")


async def test_a_probe_does_not_wait_behind_an_order_that_is_being_sent() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.close_gate()
        order = await world.record(account)
        await world.hint(account, order)
        await broker.until(lambda: bool(broker.submitted))

        assert (await probe(world, account)).is_ok
        assert (await world.order(order)).state is OrderState.SENDING
        broker.gate.set()
        assert (await world.until(order)).state is OrderState.FILLED


async def test_a_cancel_that_somebody_waits_for_is_answered_with_the_venues_word() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        order = await a_working_order(world, account)
        await world.store.orders.request_cancel(world.user, order)

        reply = await ask_to_cancel(world, account, order)

        # The venue had filled it before the cancel came.
        assert (reply.code, reply.state) == ("already_final", OrderState.FILLED)


async def test_a_cancel_of_an_account_that_does_not_open_is_answered_at_once() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        world.brokers[account].connect_error = BrokerUnavailableError("503")

        reply = await ask_to_cancel(world, account, OrderId(uuid7()))

        assert reply.code == "broker_unavailable"


async def test_a_look_up_that_somebody_waits_for_is_answered_with_the_state() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        order = await a_working_order(world, account)

        reply = await ask_to_verify(world, account, order)

        assert (reply.code, reply.state) == ("verified", OrderState.FILLED)


async def test_a_look_up_of_no_order_says_so() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()

        assert (await ask_to_verify(world, account, OrderId(uuid7()))).code == "not_found"


async def test_many_who_ask_at_once_are_all_answered() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        codes: list[str] = []

        async def one() -> None:
            codes.append((await probe(world, account)).code)

        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(one)

        assert codes == ["account_reachable"] * 20
