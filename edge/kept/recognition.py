"""What a webhook token stands for: looked up by its SHA-256, and remembered for a moment.

The memory is a convenience: what it says wrongly is put right when the alert is recorded.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

import anyio

from bus.topics import STRATEGIES
from bus.values import UserId

if TYPE_CHECKING:
    from bus.base import Broadcast
    from bus.values import Clock
    from handlers.records.accounts import Recognised
    from handlers.store.people import IdentityStore

_FOUND_FOR = 10.0
_UNKNOWN_FOR = 5.0
_SIZE = 10_000


def hash_token(token: str) -> bytes:
    """Return what is kept of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


class _Memory:
    """A bounded dictionary whose entries end; the oldest goes first."""

    def __init__(self, lifetime: float) -> None:
        self._lifetime = lifetime
        self._entries: dict[bytes, tuple[float, Recognised | None]] = {}

    def get(self, key: bytes, now: float) -> tuple[float, Recognised | None] | None:
        entry = self._entries.get(key)
        return entry if entry is not None and entry[0] > now else None

    def put(self, key: bytes, now: float, what: Recognised | None) -> None:
        self._entries.pop(key, None)
        if len(self._entries) >= _SIZE:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = (now + self._lifetime, what)

    def forget(self, user: UserId | None) -> None:
        if user is None:
            self._entries.clear()
            return
        theirs = [
            key
            for key, (_, what) in self._entries.items()
            if what is not None and what.strategy.user_id == user
        ]
        for key in theirs:
            del self._entries[key]

    def __len__(self) -> int:
        return len(self._entries)


class Recognition:
    """Recognises tokens; of many who ask for one at a time, one looks it up."""

    def __init__(self, identity: IdentityStore, clock: Clock) -> None:
        self._identity = identity
        self._clock = clock
        self._found = _Memory(_FOUND_FOR)
        self._unknown = _Memory(_UNKNOWN_FOR)
        self._asking: dict[bytes, anyio.Event] = {}
        self._generation = 0

    async def recognise(self, token: str) -> Recognised | None:
        """Return what the token stands for, from memory where it is there.

        Raises:
            StoreUnavailableError: It is not in memory, and the record cannot be asked.
        """
        key = hash_token(token)
        while True:
            now = self._clock.monotonic()
            entry = self._found.get(key, now) or self._unknown.get(key, now)
            if entry is not None:
                return entry[1]
            asking = self._asking.get(key)
            if asking is None:
                return await self._ask(key)
            await asking.wait()

    async def ask_again(self, token: str) -> Recognised | None:
        """Return what the record says now: before refusing, memory is not believed."""
        return await self._ask(hash_token(token))

    def forget(self, user: UserId | None) -> None:
        """Drop what is remembered of a user, or everything."""
        self._generation += 1
        self._found.forget(user)
        self._unknown.forget(None)

    async def listen(self, broadcast: Broadcast) -> None:
        """Forget whatever another process says has changed; runs for ever."""
        async with broadcast.listen(STRATEGIES) as payloads:
            self.forget(None)
            async for payload in payloads:
                self.forget(_user_in(payload))

    def __len__(self) -> int:
        return len(self._found) + len(self._unknown)

    async def _ask(self, key: bytes) -> Recognised | None:
        asked = self._asking[key] = anyio.Event()
        generation = self._generation
        try:
            what = await self._identity.recognise(key)
        finally:
            if self._asking.get(key) is asked:
                del self._asking[key]
            asked.set()
        if generation == self._generation:
            memory = self._unknown if what is None else self._found
            memory.put(key, self._clock.monotonic(), what)
        return what


def _user_in(payload: bytes) -> UserId | None:
    try:
        return UserId(UUID(payload.decode("ascii")))
    except ValueError:
        return None
