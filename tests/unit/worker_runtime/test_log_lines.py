"""Every line that a worker writes about an order names the order and its trace."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from bus.ids import uuid7
from bus.messages import ExecuteOrder, VerifyFills
from bus.values import OrderId, UserId
from handlers.errors import StoreUnavailableError
from tests.contract.store.house import TRACE_ID
from tests.unit.worker_runtime.world import FAST, HINTS_ONLY, a_world
from worker_runtime import execution

pytestmark = pytest.mark.anyio


async def fault(*_: Any, **__: Any) -> Any:
    raise ValueError("a fault of ours")


async def away(*_: Any, **__: Any) -> Any:
    raise StoreUnavailableError("away")


async def told(caplog: pytest.LogCaptureFixture, event: str) -> tuple[str, str]:
    """Wait for the first line of an event; return the order and the trace that it names."""
    with anyio.fail_after(5):
        while not (lines := [each for each in caplog.records if each.msg == event]):  # noqa: ASYNC110 - a log rings no bell
            await anyio.sleep(0.005)
    said = lines[0].__dict__
    return said["order_id"], said["trace_id"]


async def test_attempt_at_a_hinted_order_that_failed(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "execute", fault)
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await world.add_account()
        await world.until_marked()
        order = await world.record(account)
        await world.hint(account, order)

        assert await told(caplog, "order_attempt_failed") == (str(order), TRACE_ID)


async def test_attempt_at_an_order_out_of_the_record_that_failed(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "execute", fault)
    async with a_world(FAST) as world, world.served():
        order = await world.record(await world.add_account())

        assert await told(caplog, "order_attempt_failed") == (str(order), TRACE_ID)


async def test_look_that_could_not_be_taken(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO")
    async with a_world(HINTS_ONLY) as world, world.served():
        account, order = await world.add_account(), OrderId(uuid7())
        await world.until_marked()
        monkeypatch.setattr(world.store.orders, "load", away)
        look = VerifyFills(user_id=world.user, order_id=order, account_id=account, attempt=1)
        await world.send(look)

        assert await told(caplog, "fills_not_verified") == (str(order), TRACE_ID)


async def test_command_that_is_somebody_else_s(caplog: pytest.LogCaptureFixture) -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account, order = await world.add_account(), OrderId(uuid7())
        await world.until_marked()
        foreign = ExecuteOrder(user_id=UserId(uuid7()), order_id=order, account_id=account)
        await world.send_as_ours(foreign)

        assert await told(caplog, "foreign_command") == (str(order), TRACE_ID)
