"""The throttle in Valkey, by the `limits` library's windows; asyncio only."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import anyio
from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisClusterStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter
from typing_extensions import override

from handlers.throttle.base import Throttle
from handlers.throttle.errors import ThrottleUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

    from limits import WindowStats

    from bus.settings import ValkeyAddress
    from handlers.throttle.base import Counter

_PATIENCE = 1.5
_PREFIX = "ratelimit"


class ValkeyThrottle(Throttle):
    """Counts in a server or a cluster, which may be away when this is made."""

    def __init__(self, storage: RedisStorage) -> None:
        self._limiter = MovingWindowRateLimiter(storage)
        self._pacer = SlidingWindowCounterRateLimiter(storage)
        found = storage.base_exceptions
        self._faults = found if isinstance(found, tuple) else (found,)

    @override
    async def wait(self, *counters: Counter) -> float:
        longest = 0.0
        with self._answering():
            for counter in counters:
                for item in _items(counter):
                    longest = max(longest, await self._wait_of(item, counter))
        return longest

    @override
    async def count(self, *counters: Counter) -> None:
        with self._answering():
            for counter in counters:
                for item in _items(counter):
                    await self._limiter.hit(item, counter.rule.name, counter.key)

    @override
    async def take(self, counter: Counter) -> float:
        name, key = counter.rule.name, counter.key
        with self._answering():
            for item in _items(counter):
                if not await self._pacer.hit(item, name, key):
                    return _until(await self._pacer.get_window_stats(item, name, key))
        return 0.0

    async def _wait_of(self, item: RateLimitItemPerSecond, counter: Counter) -> float:
        stats = await self._limiter.get_window_stats(item, counter.rule.name, counter.key)
        return 0.0 if stats.remaining > 0 else _until(stats)

    @contextmanager
    def _answering(self) -> Generator[None]:
        try:
            with anyio.fail_after(_PATIENCE):
                yield
        except (*self._faults, OSError, TimeoutError) as error:
            raise ThrottleUnavailableError(type(error).__name__) from error


@asynccontextmanager
async def open_windows(address: ValkeyAddress) -> AsyncGenerator[ValkeyThrottle]:
    """Open the throttle; nothing is connected before its first use."""
    kind = RedisClusterStorage if address.is_cluster else RedisStorage
    storage = kind(url_of(address), key_prefix=_PREFIX, **_options(address))
    # The bridge knows either server's client; its own types are generic beyond reading.
    client = cast("Any", storage).bridge.get_connection()
    try:
        yield ValkeyThrottle(storage)
    finally:
        with anyio.CancelScope(shield=True):
            await client.aclose()


def url_of(address: ValkeyAddress) -> str:
    """Return the address as the library reads it. It holds the password: never log it."""
    password = quote(address.password.plain, safe="") if address.password else ""
    who = f"{quote(address.username or '', safe='')}:{password}@" if password else ""
    if address.socket_path:
        return f"async+valkey+unix://{who}{address.socket_path}?db={address.database}"
    host = f"[{address.host}]" if ":" in address.host else address.host
    if address.is_cluster:
        return f"async+valkey+cluster://{who}{host}:{address.port}"
    scheme = "async+valkeys" if address.is_tls else "async+valkey"
    return f"{scheme}://{who}{host}:{address.port}/{address.database}"


def _options(address: ValkeyAddress) -> dict[str, Any]:
    options: dict[str, Any] = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}
    if address.is_tls and address.is_cluster:
        options["ssl"] = True
    if address.is_tls and address.ca_file:
        options["ssl_ca_certs"] = address.ca_file
    return options


def _until(stats: WindowStats) -> float:
    # The library goes by the wall clock, so what it says is compared with that.
    return max(stats.reset_time - time.time(), 0.001)  # noqa: TID251 - as the line above says


def _items(counter: Counter) -> list[RateLimitItemPerSecond]:
    return [RateLimitItemPerSecond(most, seconds) for most, seconds in counter.rule.windows]
