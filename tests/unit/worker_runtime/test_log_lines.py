"""Every line that a worker writes about an order names the order and its trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from broker_adapters.base import Reason, Rejected, Unknown
from bus.ids import uuid7
from bus.messages import CancelOrder, ExecuteOrder, VerifyFills
from bus.values import OrderId, OrderState, UserId
from handlers.errors import StoreUnavailableError
from handlers.orders import sending
from tests.contract.store.house import TRACE_ID
from tests.unit.worker_runtime.gated_broker import accept, fill, report_of_order
from tests.unit.worker_runtime.world import FAST, HINTS_ONLY, a_world
from worker_runtime import account_lane, execution

if TYPE_CHECKING:
    import logging

    from broker_adapters.base import OrderRequest, SubmitOutcome
    from tests.unit.worker_runtime.world import World

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


async def test_place_of_a_fault_is_told_at_the_first_attempt_alone(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "execute", fault)
    monkeypatch.setattr(account_lane, "_FAULT_PAUSE", timedelta(milliseconds=1))
    async with a_world(FAST) as world, world.served():
        await world.record(await world.add_account())
        with anyio.fail_after(5):
            while len(lines := _failed(caplog)) < 3:  # noqa: ASYNC110 - a log rings no bell
                await anyio.sleep(0.005)

    assert [bool(each.exc_info) for each in lines[:3]] == [True, False, False]


def _failed(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [each for each in caplog.records if each.msg == "order_attempt_failed"]


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


async def refuse(request: OrderRequest) -> SubmitOutcome:
    return Rejected(reason=Reason.INSUFFICIENT_FUNDS, message=request.symbol)


async def lose(request: OrderRequest) -> SubmitOutcome:
    return Unknown(why=request.symbol)


async def traced(world: World, **fields: Any) -> tuple[OrderId, str]:
    """Record an order of a trace of its own."""
    [account], trace = world.brokers, token_hex(16)
    return await world.record(account, trace_id=trace, **fields), trace


async def test_each_line_of_a_chained_burst_names_its_own_order(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.close_gate()
        broker.script.extend([fill, fault, fill, refuse, fill, fill, lose])
        burst = [await traced(world, symbol=f"S{n}") for n in range(7)]
        await world.hint(account, *(order for order, _ in burst))
        await broker.until(lambda: bool(broker.submitted))
        claimed = world.store.orders.settle_and_claim
        chained = list[OrderId]()

        async def noted(settlement: Any, claim: Any) -> Any:
            chained.append(claim.order_id)
            return await claimed(settlement, claim)

        world.store.orders.settle_and_claim = noted
        broker.gate.set()
        await told(caplog, "order_in_doubt")

    lines = {
        line.msg: (line.__dict__["order_id"], line.__dict__["trace_id"])
        for line in caplog.records
        if "order_id" in line.__dict__
    }
    named = [(str(order), trace) for order, trace in burst]
    assert chained == [burst[n][0] for n in (1, 3, 5, 6)]
    assert lines == {
        "order_attempt_failed": named[1],
        "order_refused": named[3],
        "order_in_doubt": named[6],
    }


async def test_older_order_that_another_made_way_for(caplog: pytest.LogCaptureFixture) -> None:
    # Nothing but the newer order's hint leads to either.
    async with a_world(replace(HINTS_ONLY, settle_in=60)) as world, world.served():
        account = await world.add_account()
        await world.until_marked()
        older, trace = await traced(world)
        newer, _ = await traced(world)
        world.brokers[account].script.append(fault)
        await world.hint(account, newer)

        assert await told(caplog, "order_attempt_failed") == (str(older), trace)


async def test_cancel_that_failed_is_told_in_the_trace_of_its_order(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await world.add_account()
        world.brokers[account].script.append(accept)
        await world.until_marked()
        order, trace = await traced(world)
        await world.hint(account, order)
        await world.until(order, {OrderState.ACCEPTED})
        await world.store.orders.request_cancel(world.user, order)
        # The venue knows of no such order, which its double answers by raising.
        await world.send(CancelOrder(user_id=world.user, order_id=order, account_id=account))

        assert await told(caplog, "order_attempt_failed") == (str(order), trace)


async def test_event_that_could_not_be_taken(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await world.add_account()
        world.brokers[account].script.append(accept)
        await world.until_marked()
        order, trace = await traced(world)
        await world.hint(account, order)
        accepted = await world.until(order, {OrderState.ACCEPTED})
        monkeypatch.setattr(world.store.orders, "settle", fault)
        world.brokers[account].tell(report_of_order(accepted))

        assert await told(caplog, "event_not_taken") == (str(order), trace)


async def test_look_names_the_trace_of_its_order_and_not_its_own(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO")
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await world.add_account()
        world.brokers[account].script.append(accept)
        await world.until_marked()
        order, trace = await traced(world)
        await world.hint(account, order)
        await world.until(order, {OrderState.ACCEPTED})
        monkeypatch.setattr(world.store.orders, "settle", away)
        look = VerifyFills(user_id=world.user, order_id=order, account_id=account, attempt=1)
        world.brokers[account].known[order.hex] = report_of_order(await world.order(order))
        await world.send(look)

        assert await told(caplog, "fills_not_verified") == (str(order), trace)


async def test_fault_of_the_order_behind_leaves_no_doubt_of_the_one_before(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def freeze_behind(*_: Any) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(sending, "freeze_behind", freeze_behind)
    async with a_world(HINTS_ONLY) as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.close_gate()
        orders = [(await traced(world))[0] for _ in range(3)]
        await world.hint(account, *orders)
        await broker.until(lambda: bool(broker.submitted))
        broker.gate.set()
        states = [(await world.until(order)).state for order in orders]

    assert states == [OrderState.FILLED] * 3
    assert not caplog.records
