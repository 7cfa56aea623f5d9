"""The sessions of a user follow their accounts: told or untold, changed or deleted."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.values import SystemClock
from handlers.store.accounts import NewCredentials
from handlers.store.memory import MemoryStore
from handlers.vault.base import Sealed
from tests.builders import a_user, an_account
from tests.unit.worker_runtime.gated_broker import GatedBroker
from tests.unit.worker_runtime.test_session import a_desk, listen_for_ever
from worker_runtime.binding import bind_account
from worker_runtime.errors import SessionUnavailableError
from worker_runtime.pace import Pace
from worker_runtime.session import SessionParts
from worker_runtime.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bus.values import UserId
    from handlers.records.accounts import Account

pytestmark = pytest.mark.anyio

NEVER = Pace(shortest_pause=0.005, longest_pause=0.01, accounts=3600)
OFTEN = Pace(shortest_pause=0.005, longest_pause=0.01, accounts=0.005)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    sessions: Sessions
    broker: GatedBroker
    store: MemoryStore
    account: Account

    async def is_open(self) -> None:
        async with self.sessions.use(self.account.id):
            return

    async def set_credentials(self) -> None:
        new = NewCredentials(sealed=Sealed(record=b"new", key_version=1), hint="cdef")
        await self.store.accounts.put_credentials(self.account.user_id, self.account.id, new)


@asynccontextmanager
async def running(pace: Pace) -> AsyncGenerator[Running]:
    store, broker = MemoryStore(SystemClock()), GatedBroker()
    account = await store.catalogue.add_account(an_account(a_user()))
    parts = SessionParts(
        open_broker=broker.opening,
        make_desk=a_desk,
        bind=partial(bind_account, store.accounts),
        listen=listen_for_ever,
        on_open=lambda _: None,
        clock=SystemClock(),
        pace=pace,
    )
    sessions = Sessions(parts, user=account.user_id, catalogue=store.catalogue)
    with anyio.fail_after(5):
        async with sessions.running():
            one = Running(sessions=sessions, broker=broker, store=store, account=account)
            await one.is_open()
            yield one


async def test_new_credentials_open_the_session_anew_when_told() -> None:
    async with running(NEVER) as one:
        await one.set_credentials()

        await one.sessions.reload(one.account.id)

        await one.broker.until(lambda: one.broker.opened == 2)


async def test_new_credentials_open_the_session_anew_although_nobody_told() -> None:
    async with running(OFTEN) as one:
        await one.set_credentials()

        await one.broker.until(lambda: one.broker.opened == 2)


async def test_a_session_is_left_alone_while_its_account_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(OFTEN) as one:
        read, looks, has_looked = one.store.catalogue.accounts, 0, anyio.Event()

        async def counted(user: UserId) -> Sequence[Account]:
            nonlocal looks
            looks += 1
            if looks == 3:
                has_looked.set()
            return await read(user)

        monkeypatch.setattr(one.store.catalogue, "accounts", counted)
        await has_looked.wait()

        assert one.broker.opened == 1


@pytest.mark.parametrize("pace", [NEVER, OFTEN], ids=["told", "untold"])
async def test_the_session_of_a_deleted_account_ends(pace: Pace) -> None:
    async with running(pace) as one:
        async with one.sessions.watch(one.account.id):
            await one.store.accounts.delete(one.account.user_id, one.account.id)
            if pace is NEVER:
                await one.sessions.reload(one.account.id)
            await anyio.sleep_forever()

        assert one.account.id not in one.sessions.sessions
        with pytest.raises(SessionUnavailableError):
            await one.is_open()
