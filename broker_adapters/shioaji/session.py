"""One session at SinoPac: the only file that sees the SDK's threads.

Its calls block, so each runs in a thread of ours; its callbacks come on threads of its own, and do
nothing but put what they got where the loop finds it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.to_thread

from broker_adapters.errors import BrokerError, SessionTakenError, TooManyLoginsError
from broker_adapters.shioaji.errors import NeverSentError
from broker_adapters.shioaji.labels import Trouble, trouble_of
from broker_adapters.shioaji.mishaps import call_error, login_error
from broker_adapters.shioaji.signing_in import Attempt, SignedIn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from broker_adapters.shioaji.port import Client, Sdk
    from broker_adapters.shioaji.signing_in import Access
    from bus.values import Clock

_T = TypeVar("_T")
_THREADS = 8
_LOGOUT_S = 5.0
# The SDK's own time-out comes first; it says more than ours.
_GRACE_S = 0.5
_BUSY = "StatusCode: 503"
# Solace's numbers: down, cannot connect, reconnecting; up, reconnected.
_LOST, _BACK = frozenset({1, 2, 12}), frozenset({0, 13})


class State(Enum):
    """How a session is."""

    CLOSED = auto()
    UP = auto()
    RECONNECTING = auto()  # the SDK mends it by itself
    DOWN = auto()  # it takes a new login


class Session:
    """Opened, closed and opened again.

    Attributes:
        inbox: Events of orders, as the SDK handed them over.
        gap: Why events may have been missed; empty if none were.
        signed_in: The accounts; from the first opening on.
    """

    def __init__(self, access: Access, clock: Clock) -> None:
        self.sdk: Sdk = access.sdk
        self._access = access
        self._logins = access.logins
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._opening = anyio.Lock()
        self._limiter = anyio.CapacityLimiter(_THREADS)
        self._client: Client | None = None
        self._opened_at = 0.0
        self._in_flight = 0
        self._is_contested = False
        self._bell = anyio.Event()
        self.inbox: deque[tuple[str, Mapping[str, Any]]] = deque()
        self.state = State.CLOSED
        self.gap = ""
        self.signed_in: SignedIn | None = None

    async def open(self, *, patience: float) -> None:
        """Open it, if it is not open; a session that ended is given back first.

        Raises:
            AuthFailedError: SinoPac refuses the key or the certificate.
            BrokerUnavailableError: It cannot be opened now, or not yet.
        """
        async with self._opening:
            if self.state in {State.UP, State.RECONNECTING}:
                return
            await self._give_back()
            self._loop = asyncio.get_running_loop()
            opened = await self._signed_in(patience)
            self._client, self.signed_in = opened.client, opened
            self._opened_at = self._clock.monotonic()
            self.gap = self.gap if self.state is State.DOWN else ""
            self.state = State.UP
            self.ring()

    async def close(self) -> None:
        """Give its place back; never raises, may be called twice."""
        self.state, self.gap = State.CLOSED, ""
        with anyio.CancelScope(shield=True):
            await self._give_back()
        self.ring()

    async def renew(self, *, older_than: float, patience: float) -> None:
        """Sign in anew at a quiet moment, before the token ends in a busy one."""
        is_old = self._clock.monotonic() - self._opened_at > older_than
        if self.state is State.UP and is_old and not self._in_flight:
            self.state, self.gap = State.DOWN, "the daily login"
            await self.open(patience=patience)

    async def call(self, work: Callable[[Client], _T], *, patience: float) -> _T:
        """Make one call of the SDK in a thread, once.

        Raises:
            NeverSentError: It was not made.
            AnswerLostError: It may have reached SinoPac.
            RefusedError: SinoPac refused it before doing anything.
            AuthFailedError: SinoPac refuses the key.
        """
        client = self._client
        if self.state is not State.UP or client is None:
            msg = f"the session is {self.state.name.lower()}"
            raise NeverSentError(msg)
        self._in_flight += 1
        try:
            with anyio.fail_after(patience + _GRACE_S):
                return await self._in_thread(partial(work, client))
        except Exception as error:  # noqa: BLE001 - the SDK's errors are told by their names
            raise self._translated(error) from None
        finally:
            self._in_flight -= 1

    async def heard(self, *, within: float) -> None:
        """Return when there is news, or after so many seconds."""
        bell = self._bell
        with anyio.move_on_after(within):
            await bell.wait()

    def ring(self) -> None:
        """Let all who wait for news look."""
        bell, self._bell = self._bell, anyio.Event()
        bell.set()

    async def _signed_in(self, patience: float) -> SignedIn:
        """Sign in, if the budget of logins allows it."""
        now = self._clock.monotonic()
        wait = self._logins.wait_s(now)
        if wait:
            msg = f"SinoPac is signed in to again in {wait:.0f} s"
            if self._is_contested:
                msg_0 = f"another program uses this account at SinoPac; {msg}"
                raise SessionTakenError(msg_0)
            raise TooManyLoginsError(msg)
        self._logins.take(now)
        attempt = Attempt(self._access)
        try:
            with anyio.fail_after(patience):
                return await self._in_thread(partial(attempt.run, self._listen))
        except Exception as error:  # noqa: BLE001 - the SDK's errors are told by their names
            trouble = trouble_of(error)
            if trouble in {Trouble.SUSPENDED, Trouble.MAINTENANCE} or _BUSY in str(error):
                self._logins.suspend(now)
            await self._given_up(attempt)
            raise login_error(trouble, self._scrubbed(error)) from None
        except anyio.get_cancelled_exc_class():
            await self._given_up(attempt)
            raise

    async def _given_up(self, attempt: Attempt) -> None:
        """Let no login stay behind that nobody waits for."""
        with anyio.CancelScope(shield=True), anyio.move_on_after(_LOGOUT_S):
            await self._in_thread(attempt.give_up)

    async def _give_back(self) -> None:
        """Sign out before anybody signs in anew."""
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(Exception), anyio.move_on_after(_LOGOUT_S):
            await self._in_thread(client.logout)

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=self._limiter)

    def _translated(self, error: Exception) -> BrokerError:
        """Return the house's error for one of the SDK's, and note what it says of the session."""
        text, trouble = self._scrubbed(error), trouble_of(error)
        if trouble in {Trouble.KEY, Trouble.TOKEN, Trouble.SUSPENDED}:
            self._down(text)
        if trouble is Trouble.SUSPENDED:
            self._logins.suspend(self._clock.monotonic())
        return call_error(trouble, text)

    def _scrubbed(self, error: Exception) -> str:
        """Return an error's words without what is secret in them."""
        text = f"{type(error).__name__}: {error}"
        for name in self._access.credentials.__struct_fields__:
            secret: str | None = getattr(self._access.credentials, name)
            text = text.replace(secret, "***") if secret else text
        return text

    def _listen(self, client: Client) -> None:
        """Set the callbacks, which are called on threads of the SDK's."""
        client.set_order_callback(self._on_order)
        client.set_event_callback(self._on_event)
        client.set_session_down_callback(partial(self._on_down, client))

    def _on_order(self, state: Any, event: Mapping[str, Any]) -> None:  # noqa: ANN401 - the SDK's own
        self.inbox.append((str(getattr(state, "value", state)), dict(event)))
        self._ring_from_there()

    def _on_event(self, resp_code: int, event_code: int, info: str, event: str) -> None:
        del resp_code, event
        if event_code in _LOST and self.state is State.UP:
            self.state, self.gap = State.RECONNECTING, f"the connection was lost: {info}"
        elif event_code in _BACK and self.state is State.RECONNECTING:
            self.state = State.UP
        self._ring_from_there()

    def _on_down(self, client: Client) -> None:
        if client is self._client:
            self._down("SinoPac ended the session")
        self._ring_from_there()

    def _down(self, why: str) -> None:
        """Take in that the session ended from outside."""
        if self.state in {State.UP, State.RECONNECTING}:
            self.state, self.gap = State.DOWN, why
            self._is_contested = self._logins.note_taken(self._clock.monotonic())

    def _ring_from_there(self) -> None:
        """Ring from any thread; a loop that has ended needs to hear nothing."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self.ring)
