"""Each user's list of commands and the marks of running workers, on Valkey."""

from __future__ import annotations

from collections import deque
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from typing_extensions import override

from bus.base import HintDelivery, Hinted, Hints, Leftovers
from bus.codec import decode, encode
from bus.errors import TransportUnavailableError, UndecodableError
from bus.valkey import keys
from bus.valkey.line import Line
from bus.valkey.scripts import Script
from bus.valkey.wire import pack
from bus.values import WorkerId

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from datetime import timedelta

    from bus.envelope import Envelope
    from bus.valkey.client import Client
    from bus.values import UserId

_HINT = Script("hint")
_PUSH = Script("hint_push")
_UNMARK = Script("unmark")
_LOOK = Script("hint_look")

_KEPT_MS = 3_600_000
_CLAIMING_MS = 3_000
_OLDER_EPOCHS = 16
_BLOCK_SECONDS = 5.0
# While commands come faster than they are asked for, one write takes up to this many at once.
_BATCH = 32


class ValkeyHints(Hints):
    """The hot half of the bus."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @override
    async def hint(self, user: UserId, *envelopes: Envelope) -> Hinted:
        names = _hint_keys(user)
        bodies = map(encode, envelopes)
        worker, claim = await _HINT.run(self._client, names, _KEPT_MS, _CLAIMING_MS, *bodies)
        return Hinted(
            worker_id=None if worker is None else _worker_in(worker),
            should_claim=bool(claim),
        )

    async def push(self, user: UserId, *envelopes: Envelope) -> None:
        """Push commands without asking for the worker."""
        await _PUSH.run(self._client, (keys.requests(user),), _KEPT_MS, *map(encode, envelopes))

    @override
    async def mark(self, user: UserId, worker: WorkerId, *, ttl: timedelta) -> None:
        milliseconds = round(ttl.total_seconds() * 1000)
        key = keys.active(user)
        await self._client.call(key, "SET", key, str(worker), "PX", milliseconds)

    @override
    async def unmark(self, user: UserId, worker: WorkerId) -> None:
        await _UNMARK.run(self._client, (keys.active(user),), str(worker))

    @override
    @asynccontextmanager
    async def commands(
        self, user: UserId, epoch: int
    ) -> AsyncGenerator[AsyncIterator[HintDelivery], None]:
        stream = ValkeyCommands(self._client, keys.requests(user), keys.inflight(user, epoch))
        try:
            yield stream
        finally:
            stream.close()

    @override
    async def forget_inflight(self, user: UserId, *, before_epoch: int) -> None:
        names = _older_lists(user, before_epoch)
        if names:
            await self._client.call(names[0], "UNLINK", *names)

    @override
    async def look(self, user: UserId, *, before_epoch: int) -> Leftovers:
        names = (keys.active(user), *_older_lists(user, before_epoch))
        worker, lists = await _LOOK.run(self._client, names)
        return Leftovers(
            worker_id=None if worker is None else _worker_in(worker), has_old_inflight=lists > 0
        )


class ValkeyCommands:
    """The endless stream of one user's commands, in batches while they come fast."""

    def __init__(self, client: Client, requests: str, inflight: str) -> None:
        self._client = client
        self._inflight = inflight
        self._line = Line(client, requests)
        self._taken: deque[bytes] = deque()
        first = pack("BLMOVE", requests, inflight, "LEFT", "RIGHT", f"{_BLOCK_SECONDS:.0f}")
        keep = pack("PEXPIRE", inflight, _KEPT_MS)
        more = pack("LMOVE", requests, inflight, "LEFT", "RIGHT")
        left = pack("LLEN", requests)
        self._one = first + keep + left
        self._many = first + keep + more * (_BATCH - 1) + left
        self._is_hot = False

    def __aiter__(self) -> AsyncIterator[HintDelivery]:
        return self

    async def __anext__(self) -> HintDelivery:
        while True:
            while self._taken:
                body = self._taken.popleft()
                try:
                    return ValkeyHintDelivery(self._client, self._inflight, body)
                except UndecodableError:
                    # A hint is no truth: what it pointed at is found in the records.
                    await self._drop(body)
            try:
                await self._take()
            except TransportUnavailableError:
                await self._line.rest()

    def close(self) -> None:
        """Stop taking."""
        self._line.close()

    async def _take(self) -> None:
        packed, replies = (self._many, _BATCH + 2) if self._is_hot else (self._one, 3)
        first, _, *more, left = await self._line.exchange(packed, replies, wait=_BLOCK_SECONDS)
        self._taken.extend(body for body in (first, *more) if body is not None)
        self._is_hot = left > 0

    async def _drop(self, body: bytes) -> None:
        try:
            await self._client.call(self._inflight, "LREM", self._inflight, 1, body)
        except TransportUnavailableError:
            return


class ValkeyHintDelivery(HintDelivery):
    """A command taken from a user's list."""

    def __init__(self, client: Client, inflight: str, body: bytes) -> None:
        self._client = client
        self._inflight = inflight
        self._body = body
        self.envelope = decode(body)

    @override
    async def done(self) -> None:
        await self._client.call(self._inflight, "LREM", self._inflight, 1, self._body)


@lru_cache(maxsize=4096)
def _hint_keys(user: UserId) -> tuple[str, ...]:
    return keys.requests(user), keys.active(user), keys.claiming(user)


def _older_lists(user: UserId, before_epoch: int) -> list[str]:
    older = range(max(before_epoch - _OLDER_EPOCHS, 0), before_epoch)
    return [keys.inflight(user, epoch) for epoch in older]


def _worker_in(mark: bytes) -> WorkerId | None:
    """Read a mark; one that is no id counts as none."""
    try:
        return WorkerId(UUID(mark.decode("ascii")))
    except ValueError:
        return None
