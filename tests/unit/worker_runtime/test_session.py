"""One broker session: shared while it is open, and never closed under anybody's hands."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from broker_adapters.errors import (
    AuthFailedError,
    BrokerUnavailableError,
    OtherVenueAccountError,
)
from bus.ids import uuid7
from bus.values import AccountId, Mode, SystemClock, UserId, WorkerId
from handlers.asking.replies import Reason
from handlers.orders.desk import Desk
from handlers.records.accounts import Account
from handlers.records.orders import Lease
from handlers.store.memory import MemoryStore
from tests.unit.worker_runtime.gated_broker import GatedBroker
from worker_runtime.errors import SessionUnavailableError
from worker_runtime.pace import Pace
from worker_runtime.session import Session, SessionParts, SessionState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from broker_adapters.base import Broker, SessionInfo

pytestmark = pytest.mark.anyio

ACCOUNT = Account(
    id=AccountId(uuid7()), user_id=UserId(uuid7()), name="test", broker="scripted", mode=Mode.PAPER
)
FAST = Pace(shortest_pause=0.005, longest_pause=0.01)


def a_desk(account: Account, broker: Broker) -> Desk:
    store = MemoryStore(SystemClock())
    lease = Lease(user_id=account.user_id, worker_id=WorkerId(uuid7()), epoch=1)

    async def tell(_: UserId) -> None:
        return

    return Desk(
        orders=store.orders,
        work=store.work,
        clock=SystemClock(),
        lease=lease,
        account=account,
        broker=broker,
        tell=tell,
    )


async def listen_for_ever(_: Desk) -> None:
    await anyio.sleep_forever()


async def is_nobody_else_s(*_: object) -> None:
    return


@asynccontextmanager
async def a_session(
    *,
    listen: Callable[[Desk], Awaitable[None]] = listen_for_ever,
    bind: Callable[[Account, SessionInfo], Awaitable[None]] = is_nobody_else_s,
) -> AsyncGenerator[tuple[Session, GatedBroker]]:
    broker = GatedBroker()
    parts = SessionParts(
        open_broker=broker.opening,
        make_desk=a_desk,
        bind=bind,
        listen=listen,
        on_open=lambda _: None,
        clock=SystemClock(),
        pace=FAST,
    )
    session = Session(ACCOUNT, parts)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(session.run)
            yield session, broker
            tasks.cancel_scope.cancel()


async def test_a_session_is_used_by_several_at_a_time() -> None:
    async with a_session() as (session, broker), session.use() as one, session.use() as other:
        assert one is other
        assert broker.opened == 1


async def test_a_reload_waits_until_nobody_uses_the_session() -> None:
    async with a_session() as (session, broker):
        async with session.use():
            session.reload(ACCOUNT)
            with anyio.move_on_after(0.02):
                await broker.until(lambda: broker.opened > 1)
            assert broker.opened == 1

        await broker.until(lambda: broker.opened == 2)


async def test_a_session_at_another_venue_account_is_refused_until_the_account_is_changed() -> None:
    is_other = [True]

    async def bind(*_: object) -> None:
        if is_other:
            raise OtherVenueAccountError("orders are open")

    async with a_session(bind=bind) as (session, broker):
        with pytest.raises(SessionUnavailableError) as refused:
            async with session.use():
                pass
        is_refused, times = session.is_refused, broker.opened
        is_other.clear()
        session.reload(ACCOUNT)
        async with session.use():
            pass

        assert refused.value.code is Reason.VENUE_ACCOUNT_CHANGED
        assert (is_refused, times, broker.opened) == (True, 1, 2)


async def test_a_failed_session_says_so_and_is_tried_again() -> None:
    async with a_session() as (session, broker):
        broker.connect_error = BrokerUnavailableError("down for maintenance")

        await broker.until(lambda: broker.opened > 2)

        assert session.state is not SessionState.OPEN
        assert "maintenance" in session.why


async def test_nobody_waits_at_a_session_that_failed() -> None:
    async with a_session() as (session, broker):
        broker.connect_error = AuthFailedError("wrong key")

        with pytest.raises(SessionUnavailableError, match="wrong key"):
            async with session.use():
                pass


async def test_refused_credentials_are_not_tried_again() -> None:
    async with a_session() as (session, broker):
        broker.connect_error = AuthFailedError("wrong key")
        with pytest.raises(SessionUnavailableError):
            async with session.use():
                pass

        with anyio.move_on_after(0.05):
            await broker.until(lambda: broker.opened > 1)

        assert session.state is SessionState.REFUSED
        assert broker.opened == 1


async def test_a_broken_stream_opens_the_session_anew() -> None:
    async def listen(_: Desk) -> None:
        if broker.opened == 1:
            raise BrokerUnavailableError("the stream broke")
        await anyio.sleep_forever()

    async with a_session(listen=listen) as (session, broker):
        await broker.until(lambda: broker.opened == 2)

        async with session.use():
            assert session.state is SessionState.OPEN


async def test_who_watches_is_released_when_the_session_closes() -> None:
    async with a_session() as (session, _):
        has_ended = False
        async with anyio.create_task_group() as tasks:

            async def watch() -> None:
                nonlocal has_ended
                async with session.watch():
                    await anyio.sleep_forever()
                has_ended = True

            tasks.start_soon(watch)
            async with session.use():
                await anyio.lowlevel.checkpoint()
            session.reload(ACCOUNT)

        assert has_ended


async def test_a_closed_worker_closes_its_sessions() -> None:
    async with a_session() as (session, broker), session.use():
        assert broker.is_open

    assert not broker.is_open
