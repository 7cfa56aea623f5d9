"""The broker sessions of a user's accounts: opened when first needed, closed with the lease."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio

from handlers.asking.replies import Reason
from handlers.errors import StoreUnavailableError
from worker_runtime.errors import SessionUnavailableError
from worker_runtime.session import Session, SessionState

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from anyio.abc import TaskGroup

    from bus.values import AccountId, UserId
    from handlers.orders.desk import Desk
    from handlers.records.accounts import Account
    from handlers.store.people import CatalogueStore
    from worker_runtime.session import SessionParts


class Sessions:
    """Each account's session, and the accounts themselves as they were last read."""

    def __init__(self, parts: SessionParts, *, user: UserId, catalogue: CatalogueStore) -> None:
        self._parts = parts
        self._user = user
        self._catalogue = catalogue
        self._open: dict[AccountId, Session] = {}
        self._reading = anyio.Lock()
        self._tasks: TaskGroup | None = None

    @property
    def sessions(self) -> Mapping[AccountId, Session]:
        """The sessions asked for so far."""
        return self._open

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Hold what is opened inside; leaving closes every session."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            tasks.start_soon(self._look_for_changes)
            try:
                yield
            finally:
                self._tasks = None
                tasks.cancel_scope.cancel()

    @asynccontextmanager
    async def use(self, account: AccountId) -> AsyncGenerator[Desk, None]:
        """Work at an account's desk for a moment; the session is not closed under one's hands.

        Raises:
            SessionUnavailableError: There is none now; it is being tried again by itself.
            StoreUnavailableError: The account could not be read.
        """
        session = await self._session(account)
        async with session.use() as desk:
            yield desk

    @asynccontextmanager
    async def watch(self, account: AccountId) -> AsyncGenerator[Desk, None]:
        """Work at an account's desk for long: waits for the session, and is cancelled with it.

        Raises:
            StoreUnavailableError: The account could not be read.
        """
        session = await self._session(account)
        async with session.watch() as desk:
            yield desk

    def serves(self, desk: Desk) -> bool:
        """Say whether who is at this desk may begin more there; not where it is opened anew."""
        session = self._open.get(desk.account.id)
        return session is not None and session.serves(desk)

    async def open(self, account: AccountId) -> None:
        """See to it that the account's session is opened and listened to.

        Raises:
            StoreUnavailableError: The account could not be read.
        """
        await self._session(account)

    async def reload(self, account: AccountId) -> None:
        """Open the session anew, with the account as it is now, once nobody uses the old one."""
        session = self._open.get(account)
        if session is None:
            return
        self._take(session, await self._read(account))

    async def _look_for_changes(self) -> None:
        """Take in what was changed while nobody could tell this worker of it."""
        while True:
            await anyio.sleep(self._parts.pace.accounts)
            with suppress(StoreUnavailableError):
                await self._compare()

    async def _compare(self) -> None:
        if not self._open:
            return
        accounts = {each.id: each for each in await self._catalogue.accounts(self._user)}
        for account, session in list(self._open.items()):
            found = accounts.get(account)
            if found != session.account:
                self._take(session, found)

    def _take(self, session: Session, account: Account | None) -> None:
        if account is not None:
            session.reload(account)
        else:
            self._open.pop(session.account.id, None)
            session.end()

    async def try_again(self, account: AccountId) -> None:
        """Open a session anew that could not be opened, or whose account was changed meanwhile.

        One that is open for the account as it is now is left alone.

        Raises:
            StoreUnavailableError: The account could not be read.
        """
        session = self._open.get(account)
        if session is None:
            return
        found = await self._read(account)
        has_failed = session.state in {SessionState.FAILED, SessionState.REFUSED}
        if has_failed or found != session.account:
            self._take(session, found)

    async def is_refused(self, account: AccountId) -> bool:
        """Say whether the venue refuses the account as it stands now; a changed one is tried anew.

        Raises:
            StoreUnavailableError: The account could not be read.
        """
        session = self._open.get(account)
        if session is None or not session.is_refused:
            return False
        found = await self._read(account)
        if found != session.account:
            self._take(session, found)
        return session.is_refused

    async def is_gone(self, account: AccountId) -> bool:
        """Say whether the user has no such account any more: nobody will ever open it.

        Raises:
            StoreUnavailableError: The account could not be read.
        """
        return account not in self._open and await self._read(account) is None

    async def _session(self, account: AccountId) -> Session:
        session = self._open.get(account)
        if session is not None:
            return session
        async with self._reading:
            if account not in self._open:
                found = await self._read(account)
                if found is None or self._tasks is None:
                    why = "the account is not this user's"
                    raise SessionUnavailableError(why, code=Reason.NOT_FOUND, retry_after=60.0)
                session = self._open[account] = Session(found, self._parts)
                self._tasks.start_soon(session.run)
        return self._open[account]

    async def _read(self, account: AccountId) -> Account | None:
        accounts = await self._catalogue.accounts(self._user)
        return next((each for each in accounts if each.id == account), None)
