"""A worker and what went wrong before it or at its venues."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest

from broker_adapters.errors import AuthFailedError, BrokerUnavailableError
from bus.messages import ReloadAccount
from bus.values import OrderState
from handlers.records.lifecycle import FINAL
from handlers.store.accounts import NewCredentials
from handlers.vault.base import Sealed
from tests.unit.worker_runtime.gated_broker import accept, refuse_before_sending, report_of
from tests.unit.worker_runtime.world import FAST, HINTS_ONLY, a_world
from worker_runtime.drain import Drain as LeaveWish

if TYPE_CHECKING:
    from handlers.records.accounts import Account

pytestmark = pytest.mark.anyio


async def test_a_send_of_a_dead_worker_is_looked_for_and_never_sent_again() -> None:
    async with a_world(HINTS_ONLY) as world:
        account = await world.add_account()
        order = await world.die_in_mid_send(account, is_at_venue=True)

        async with world.served():
            state = (await world.until(order)).state

        assert state is OrderState.FILLED
        assert world.brokers[account].submitted == []


async def test_an_unknown_outcome_blocks_its_symbol_and_no_other() -> None:
    async with a_world() as world:
        account = await world.add_account()
        await world.die_in_mid_send(account, is_at_venue=False, symbol="BTCUSDT")
        same = await world.record(account, symbol="BTCUSDT")
        other = await world.record(account, symbol="ETHUSDT")

        async with world.served():
            assert (await world.until(other)).state is OrderState.FILLED
            assert (await world.order(same)).state is OrderState.QUEUED


async def test_what_an_unknown_outcome_blocked_goes_on_when_it_is_resolved() -> None:
    async with a_world() as world:
        account = await world.add_account()
        await world.die_in_mid_send(account, is_at_venue=True)
        same = await world.record(account)

        async with world.served():
            assert (await world.until(same)).state is OrderState.FILLED


async def test_an_unanswered_send_is_looked_for_by_the_same_worker() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.script.append(broker.swallow)
        order = await world.record(account)

        await world.hint(account, order)

        assert (await world.until(order)).state is OrderState.FILLED
        assert len(broker.submitted) == 1


async def test_a_fill_that_the_venue_tells_is_recorded() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.script.append(accept)
        order = await world.record(account)
        await world.hint(account, order)
        await world.until(order, {OrderState.ACCEPTED})

        broker.tell(report_of(broker.submitted[0]))

        assert (await world.until(order)).state is OrderState.FILLED


async def test_what_was_filled_while_nobody_listened_is_looked_up() -> None:
    async with a_world() as world:
        account = await world.add_account()
        broker = world.brokers[account]
        broker.script.append(accept)
        order = await world.record(account)
        async with world.served():
            await world.until(order, {OrderState.ACCEPTED})
        broker.known[order.hex] = report_of(broker.submitted[0])

        world.drain = LeaveWish()
        async with world.served():
            state = (await world.until(order)).state

        assert state is OrderState.FILLED


async def test_a_wanted_cancel_reaches_the_venue() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.script.append(accept)
        order = await world.record(account)
        await world.until(order, {OrderState.ACCEPTED})
        cancelled = report_of(broker.submitted[0], OrderState.CANCELLED)
        broker.known[order.hex] = cancelled

        await world.store.orders.request_cancel(world.user, order)

        assert (await world.until(order)).state is OrderState.CANCELLED


async def test_a_send_that_never_left_is_tried_again() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.script.append(refuse_before_sending)
        order = await world.record(account)

        await world.hint(account, order)

        assert (await world.until(order)).state is OrderState.FILLED
        assert len(broker.submitted) == 2


async def test_orders_wait_for_a_venue_that_cannot_be_reached() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.connect_error = BrokerUnavailableError("down")
        order = await world.record(account)
        await broker.until(lambda: broker.opened > 2)

        broker.connect_error = None

        assert (await world.until(order)).state is OrderState.FILLED


async def test_an_order_that_no_session_could_take_expires_visibly() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        world.brokers[account].connect_error = BrokerUnavailableError("down")

        order = await world.record(account, lives=0.1)

        assert (await world.until_polled(order)).state is OrderState.EXPIRED


async def test_an_order_of_an_account_that_the_venue_refuses_is_denied_and_says_why() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        world.brokers[account].connect_error = AuthFailedError("wrong key")

        order = await world.until(await world.record(account))

        assert (order.state, order.error_code) == (OrderState.DENIED, "auth")
        assert order.error_message == "The venue refuses these credentials."


async def test_an_order_that_is_denied_without_a_session_is_a_line_with_its_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        world.brokers[account].connect_error = AuthFailedError("wrong key")

        order = await world.until(await world.record(account))

    [told] = [each.__dict__ for each in caplog.records if each.msg == "order_refused"]
    assert (told["order_id"], told["account_id"]) == (str(order.id), str(account))
    assert (told["code"], told["trace_id"]) == ("auth", order.trace_id)
    assert "order_attempt_failed" not in {each.msg for each in caplog.records}


async def test_an_order_is_not_denied_for_credentials_that_were_replaced() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.connect_error = AuthFailedError("wrong key")
        await world.until(await world.record(account))

        broker.connect_error = None
        # Nobody tells the worker: the account itself is all that says so.
        new = NewCredentials(sealed=Sealed(record=b"new", key_version=1), hint="cdef")
        await world.store.accounts.put_credentials(world.user, account, new)

        assert (await world.until(await world.record(account))).state is OrderState.FILLED


async def test_a_hint_that_names_a_refused_account_does_not_deny_another_account_s_order() -> None:
    async with a_world() as world, world.served():
        refused, other = await world.add_account(), await world.add_account()
        world.brokers[refused].connect_error = AuthFailedError("wrong key")
        world.brokers[other].door = anyio.Event()
        foreign, own = await world.record(other), await world.record(refused)

        await world.hint(refused, foreign)
        await world.hint(refused, own)

        assert (await world.until(own)).state is OrderState.DENIED
        assert (await world.order(foreign)).state is OrderState.QUEUED
        world.brokers[other].door.set()
        assert (await world.until(foreign)).state is OrderState.FILLED


async def test_other_credentials_open_a_refused_session() -> None:
    async with a_world() as world, world.served():
        account = await world.add_account()
        broker = world.brokers[account]
        broker.connect_error = AuthFailedError("wrong key")
        await world.until(await world.record(account))

        broker.connect_error = None
        await world.send(ReloadAccount(user_id=world.user, account_id=account))
        await broker.until(lambda: broker.opened == 2)

        assert (await world.until(await world.record(account))).state is OrderState.FILLED


async def test_an_order_whose_venue_never_opens_is_left_for_review_and_told_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with a_world(replace(FAST, review=0.05)) as world:
        account = await world.add_account()
        world.brokers[account].connect_error = BrokerUnavailableError("down for maintenance")
        order = await world.die_in_mid_send(account, is_at_venue=True)

        async with world.served():
            reviewed = await world.until(order, {OrderState.NEEDS_REVIEW})

        assert reviewed.error_code == "needs_review"
        [told] = [each.__dict__ for each in caplog.records if each.msg == "order_needs_review"]
        assert (told["order_id"], told["trace_id"]) == (str(order), reviewed.trace_id)


async def test_an_order_whose_account_is_refused_is_left_for_review_and_never_not_placed() -> None:
    async with a_world(replace(FAST, review=0.05)) as world:
        account = await world.add_account()
        world.brokers[account].connect_error = AuthFailedError("the key was revoked")
        order = await world.die_in_mid_send(account, is_at_venue=False)

        async with world.served():
            reviewed = await world.until(order, FINAL | {OrderState.NEEDS_REVIEW})

        assert reviewed.state is OrderState.NEEDS_REVIEW


async def test_what_was_left_for_review_is_still_looked_for_when_the_venue_is_back() -> None:
    async with a_world(replace(FAST, review=0.05)) as world:
        account = await world.add_account()
        broker = world.brokers[account]
        broker.connect_error = BrokerUnavailableError("down for maintenance")
        order = await world.die_in_mid_send(account, is_at_venue=True)

        async with world.served():
            await world.until(order, {OrderState.NEEDS_REVIEW})
            broker.connect_error = None
            assert (await world.until(order)).state is OrderState.FILLED


async def test_an_order_recorded_while_its_account_was_deleted_is_denied_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_world(FAST) as world:
        order = await world.record(await world.add_account())

        async def none_left(_user: object) -> tuple[Account, ...]:
            return ()

        monkeypatch.setattr(world.store.catalogue, "accounts", none_left)
        async with world.served():
            denied = await world.until(order)

        assert (denied.state, denied.error_code) == (OrderState.DENIED, "account_disabled")
