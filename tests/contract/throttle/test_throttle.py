"""What a throttle promises, whether it counts in this process or in Valkey."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import anyio
import pytest

from bus.settings import parse_address
from handlers.throttle.base import Counter, Rule
from handlers.throttle.errors import ThrottleUnavailableError
from handlers.throttle.memory import MemoryThrottle
from handlers.throttle.open import open_throttle
from tests.builders import ManualClock
from tests.servers.valkey import (
    ValkeyOptions,
    empty_valkey,
    running_valkey,
    shared_valkey,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from handlers.throttle.base import Throttle

pytestmark = pytest.mark.anyio

RULE = Rule(name="test", windows=((3, 60), (5, 3600)))


@pytest.fixture(
    params=[
        "memory",
        pytest.param("valkey", marks=pytest.mark.valkey),
        pytest.param("cluster", marks=pytest.mark.valkey),
    ]
)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def throttles(kind: str) -> AsyncIterator[tuple[Throttle, Throttle]]:
    """Return the throttle as two processes have it."""
    if kind == "memory":
        throttle = MemoryThrottle(ManualClock())
        yield throttle, throttle
        return
    server = next(empty_valkey(is_cluster=kind == "cluster"))
    address = parse_address(server.url)
    async with open_throttle(address) as first, open_throttle(address) as second:
        for throttle in (first, second):
            await connected(throttle)
        yield first, second


def a_counter(rule: Rule = RULE) -> Counter:
    return Counter(rule, secrets.token_hex(8))


async def connected(throttle: Throttle) -> None:
    """Have it connect: on a busy machine that may take longer than a caller waits."""
    for _ in range(10):
        with suppress(ThrottleUnavailableError):
            await throttle.wait(a_counter())
            return
    raise AssertionError("it does not connect")


async def test_what_nobody_counted_has_room(throttles: tuple[Throttle, Throttle]) -> None:
    assert await throttles[0].wait(a_counter()) == 0


async def test_full_window_says_for_how_long(throttles: tuple[Throttle, Throttle]) -> None:
    counter = a_counter()
    for _ in range(3):
        assert await throttles[0].wait(counter) == 0
        await throttles[0].count(counter)

    assert 0 < await throttles[0].wait(counter) <= 60


async def test_asking_counts_nothing(throttles: tuple[Throttle, Throttle]) -> None:
    counter = a_counter()

    for _ in range(20):
        await throttles[0].wait(counter)

    assert await throttles[0].wait(counter) == 0


async def test_what_one_process_counts_another_sees(
    throttles: tuple[Throttle, Throttle],
) -> None:
    first, second = throttles
    counter = a_counter()

    for _ in range(3):
        await first.count(counter)

    assert await second.wait(counter) > 0


async def test_longest_of_several_waits_counts(throttles: tuple[Throttle, Throttle]) -> None:
    full, free = a_counter(), a_counter()
    for _ in range(3):
        await throttles[0].count(full)

    assert await throttles[0].wait(free, full) > 0
    assert await throttles[0].wait(free) == 0


async def test_count_of_many_at_once_loses_none(throttles: tuple[Throttle, Throttle]) -> None:
    counter = a_counter(Rule(name="many", windows=((20, 60),)))
    for throttle in throttles:
        # Connected before they are hurried: a cluster is asked for its slots first.
        assert await throttle.wait(counter) == 0

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(throttles[number % 2].count, counter)

    assert await throttles[0].wait(counter) > 0


@pytest.mark.valkey
async def test_server_that_is_away_is_told_and_comes_back() -> None:
    with running_valkey(ValkeyOptions(password="a-long-one:@/")) as server:
        address = parse_address(server.url.replace("a-long-one:@/", "a-long-one%3A%40%2F"))
        async with open_throttle(address) as throttle:
            assert await throttle.wait(a_counter()) == 0
            server.kill()
            with pytest.raises(ThrottleUnavailableError):
                await throttle.wait(a_counter())
            with pytest.raises(ThrottleUnavailableError):
                await throttle.count(a_counter())
            server.start()

            assert await throttle.wait(a_counter()) == 0


@pytest.mark.valkey
async def test_server_that_hangs_is_given_up_soon() -> None:
    with running_valkey() as server:
        async with open_throttle(parse_address(server.url)) as throttle:
            await throttle.wait(a_counter())
            server.freeze()
            with anyio.fail_after(5), pytest.raises(ThrottleUnavailableError):
                await throttle.wait(a_counter())
            server.thaw()


@pytest.mark.valkey
async def test_unix_socket_is_spoken_to() -> None:
    with running_valkey(ValkeyOptions(has_socket=True)) as server:
        async with open_throttle(parse_address(f"unix://{server.socket_path}")) as throttle:
            assert await throttle.wait(a_counter()) == 0


@pytest.mark.valkey
async def test_no_address_stands_in_the_server_in_the_clear() -> None:
    server = shared_valkey()
    server.ask("FLUSHALL")
    async with open_throttle(parse_address(server.url)) as throttle:
        await throttle.count(a_counter())

    names = cast("list[bytes]", server.ask("KEYS", "*"))

    assert len(names) == 2
    assert all(name.startswith(b"ratelimit") for name in names)


async def test_what_has_room_is_taken_until_it_is_full(
    throttles: tuple[Throttle, Throttle],
) -> None:
    counter = Counter(Rule(name="pace", windows=((3, 60),)), secrets.token_hex(8))

    waits = [await throttles[number % 2].take(counter) for number in range(5)]

    assert waits[:3] == [0, 0, 0]
    assert all(0 < wait <= 60 for wait in waits[3:])


async def test_of_many_who_take_at_once_no_more_get_room_than_there_is(
    throttles: tuple[Throttle, Throttle],
) -> None:
    counter = Counter(Rule(name="pace", windows=((10, 60),)), secrets.token_hex(8))
    waits: list[float] = []

    async def take(throttle: Throttle) -> None:
        waits.append(await throttle.take(counter))

    async with anyio.create_task_group() as tasks:
        for number in range(40):
            tasks.start_soon(take, throttles[number % 2])

    assert waits.count(0) == 10
