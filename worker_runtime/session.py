"""One broker session: opened, listened to, and opened again after it failed or was reloaded."""

from __future__ import annotations

import gc
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import anyio

from broker_adapters.errors import (
    AuthFailedError,
    BrokerError,
    BrokerUnavailableError,
    InvalidOptionsError,
    OtherVenueAccountError,
    UnknownBrokerError,
)
from handlers.asking.account_probe import code_of
from handlers.asking.replies import Reason
from worker_runtime.errors import SessionUnavailableError
from worker_runtime.pace import Pauses

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from anyio import CancelScope

    from broker_adapters.base import Broker, SessionInfo
    from bus.values import AccountId, Clock
    from handlers.orders.desk import Desk
    from handlers.records.accounts import Account
    from worker_runtime.pace import Pace
    from worker_runtime.ports import OpenBroker

_RETRY_AFTER = 0.5
# Trying again does not help until the account is changed.
_HOPELESS = (
    AuthFailedError,
    InvalidOptionsError,
    OtherVenueAccountError,
    UnknownBrokerError,
)

_log = logging.getLogger(__name__)


class SessionState(StrEnum):
    """How a session stands; `REFUSED` waits for the account to be changed."""

    CONNECTING = "connecting"
    OPEN = "open"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionParts:
    """What every session of a worker is made from.

    Attributes:
        bind: Holds the account to the one that the venue told of before; raises
            `OtherVenueAccountError`.
        listen: Takes in what the venue tells; raises `BrokerError` when the session is broken.
        on_open: Called whenever an account's session is open (again).
    """

    open_broker: OpenBroker
    make_desk: Callable[[Account, Broker], Desk]
    bind: Callable[[Account, SessionInfo], Awaitable[None]]
    listen: Callable[[Desk], Awaitable[None]]
    on_open: Callable[[AccountId], None]
    clock: Clock
    pace: Pace


class Session:
    """The session of one account, for as long as the worker has the lease."""

    def __init__(self, account: Account, parts: SessionParts) -> None:
        self.account = account
        self.state = SessionState.CONNECTING
        self.why = ""
        self.code = Reason.BROKER_UNAVAILABLE
        self._parts = parts
        self._pauses = Pauses(parts.pace)
        self._desk: Desk | None = None
        self._users = 0
        self._watchers: set[CancelScope] = set()
        self._life = anyio.CancelScope()
        self._changed = anyio.Event()
        self._is_stale = False
        self._failure: BrokerError | None = None

    @property
    def is_refused(self) -> bool:
        """Whether it can be opened only once its account is changed, which it was not yet."""
        return self.state is SessionState.REFUSED and not self._is_stale

    async def run(self) -> None:
        """Keep the session open until it is ended; a failure is waited out, longer each time."""
        with self._life:
            while True:
                pause = await self._hold()
                _let_go()
                self._notify()
                with anyio.move_on_after(pause):
                    await self._stale()
        _let_go()
        self.state, self.why, self._is_stale = SessionState.REFUSED, "the account is gone", False
        self._notify()

    @asynccontextmanager
    async def use(self) -> AsyncGenerator[Desk, None]:
        """Use the desk for a moment; the session stays open meanwhile.

        Raises:
            SessionUnavailableError: It could not be opened; it is tried again by itself.
        """
        while (desk := self._usable()) is None:
            if not self._is_stale and self.state in {SessionState.FAILED, SessionState.REFUSED}:
                raise SessionUnavailableError(self.why, code=self.code, retry_after=_RETRY_AFTER)
            await self._changed.wait()
        self._users += 1
        try:
            yield desk
        finally:
            self._users -= 1
            if self._is_stale:
                self._notify()

    @asynccontextmanager
    async def watch(self) -> AsyncGenerator[Desk, None]:
        """Use the desk for as long as the session lasts; waits until there is one.

        The body is cancelled, without an error, when the session closes.
        """
        while (desk := self._usable()) is None:
            await self._changed.wait()
        with anyio.CancelScope() as scope:
            self._watchers.add(scope)
            try:
                yield desk
            finally:
                self._watchers.discard(scope)

    def reload(self, account: Account) -> None:
        """Close the session when nobody uses it, and open it for the account as it is now."""
        self.account = account
        self._is_stale = True
        self._notify()

    def serves(self, desk: Desk) -> bool:
        """Say whether who is at this desk may begin more there, or shall leave it for a new one."""
        return self._usable() is desk

    def end(self) -> None:
        """Close the session for good: its account was deleted."""
        self._life.cancel()

    def _usable(self) -> Desk | None:
        return None if self._is_stale else self._desk

    async def _hold(self) -> float | None:
        """Open the session and keep it; returns the pause before the next attempt."""
        self.state, self._is_stale, self._failure = SessionState.CONNECTING, False, None
        account = self.account
        try:
            async with self._parts.open_broker(account) as broker:
                await self._connect(broker, account)
                await self._serve(self._parts.make_desk(account, broker))
        except _HOPELESS as error:
            return self._failed(SessionState.REFUSED, error)
        except (BrokerError, OSError) as error:
            return self._failed(SessionState.FAILED, error)
        except Exception as error:  # noqa: BLE001 - one adapter's fault must not end the others'
            _log.exception("session_fault", extra={"account_id": str(account.id)})
            return self._failed(SessionState.FAILED, error)
        return 0.0

    async def _connect(self, broker: Broker, account: Account) -> None:
        span = self._parts.pace.connect
        with anyio.fail_after(span):
            deadline = self._parts.clock.now() + timedelta(seconds=span)
            info = await broker.connect(deadline=deadline)
            await self._parts.bind(account, info)

    async def _serve(self, desk: Desk) -> None:
        self._desk, self.state, self.why = desk, SessionState.OPEN, ""
        self._pauses.reset()
        self._notify()
        self._parts.on_open(desk.account.id)
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._listen, desk)
                await self._stale()
                while self._users:
                    await self._changed.wait()
                tasks.cancel_scope.cancel()
        finally:
            self._desk = None
            for scope in self._watchers:
                scope.cancel()
        if self._failure is not None:
            raise self._failure

    async def _listen(self, desk: Desk) -> None:
        try:
            await self._parts.listen(desk)
        except* (BrokerError, OSError) as errors:
            self._failure = BrokerUnavailableError(f"the event stream broke: {errors.exceptions}")
            self._is_stale = True
            self._notify()

    async def _stale(self) -> None:
        while not self._is_stale:
            await self._changed.wait()

    def _failed(self, state: SessionState, error: Exception) -> float | None:
        self.state, self._is_stale = state, False
        name = type(error).__name__
        self.why, self.code = str(error) or name, code_of(error)
        _log.warning(
            "broker_session_failed",
            extra={
                "account_id": str(self.account.id),
                "state": state.value,
                "why": f"{name}: {error}",
            },
        )
        return None if state is SessionState.REFUSED else self._pauses.take()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()


def _let_go() -> None:
    """Free what hangs together in circles after a session, its credentials among it, at once.

    Cancelled tasks leave tracebacks that hold the broker, and a collection that reaches them may be
    hours away. What is freed is not overwritten: Python promises nothing about that.
    """
    gc.collect()
