"""The warm workers that wait for a user, on Valkey."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import anyio
from typing_extensions import override

from bus.base import Pool
from bus.valkey import keys
from bus.valkey.scripts import Script
from bus.values import UserId, WorkerId

if TYPE_CHECKING:
    from datetime import timedelta

    from bus.base import Broadcast
    from bus.valkey.client import Client

_OFFER = Script("pool", "pool_offer")
_CLAIM = Script("pool", "pool_claim")
_FORGET = Script("pool_forget")
_FETCH = Script("pool", "pool_fetch")
_READY = Script("pool", "pool_ready")
_MADE_MS = 3_000
_KEYS = (keys.POOL_READY, keys.POOL_CLAIMS, keys.POOL_HANDED)


class ValkeyPool(Pool):
    """Ready workers, and who was handed whom; a hand-over wakes its worker by pub/sub.

    The worker is not known before the claim, so a list of its own could not be among the declared
    keys of the script: the hand-over lies in one hash for all.
    """

    def __init__(self, client: Client, broadcast: Broadcast) -> None:
        self._client = client
        self._broadcast = broadcast

    @override
    async def offer(self, worker: WorkerId) -> None:
        await _OFFER.run(self._client, _KEYS, str(worker))

    @override
    async def withdraw(self, worker: WorkerId) -> None:
        await self._client.call(keys.POOL_READY, "ZREM", keys.POOL_READY, str(worker))

    @override
    async def claim(self, user: UserId) -> WorkerId | None:
        names = (*_KEYS, f"{keys.POOL_MADE_PREFIX}{user}")
        arguments = (str(user), keys.POOL_CLAIM_PREFIX, _MADE_MS)
        worker = await _CLAIM.run(self._client, names, *arguments)
        return None if worker is None else WorkerId(UUID(worker.decode()))

    @override
    async def forget(self, user: UserId, worker: WorkerId) -> None:
        await _FORGET.run(self._client, (f"{keys.POOL_MADE_PREFIX}{user}",), str(worker))

    @override
    async def await_claim(self, worker: WorkerId, *, timeout: timedelta) -> UserId | None:
        channel = f"{keys.POOL_CLAIM_PREFIX}{worker}"
        ends = anyio.current_time() + timeout.total_seconds()
        is_over = False
        async with self._broadcast.listen(channel) as wakes:
            # Fetching takes the hand-over away, so the time-out must never cut it short.
            while (user := await self._fetched(worker)) is None and not is_over:
                with anyio.CancelScope(deadline=ends) as waiting:
                    await anext(wakes)
                is_over = waiting.cancelled_caught
        return user

    @override
    async def ready(self) -> int:
        count: int = await _READY.run(self._client, _KEYS)
        return count

    async def _fetched(self, worker: WorkerId) -> UserId | None:
        user = await _FETCH.run(self._client, _KEYS, str(worker))
        return None if user is None else UserId(UUID(user.decode()))
