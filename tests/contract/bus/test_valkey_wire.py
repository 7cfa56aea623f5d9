"""What the post on Valkey costs on the wire, and the keys it uses there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import anyio
import pytest

import bus.valkey
from bus.base import Destination
from bus.open import open_bus
from bus.settings import BusSettings, parse_address
from bus.values import WorkerId
from tests.contract.bus.letters import LANE, a_lane, a_letter, a_user, ms, taken
from tests.contract.bus.transports import settings_of
from tests.servers.proxy import Proxy, running_proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bus.bundle import Bus
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.valkey]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def proxy(valkey: ValkeyServer) -> AsyncIterator[Proxy]:
    """The wire, watched."""
    async with running_proxy(valkey.host, valkey.port) as proxy:
        yield proxy


@pytest.fixture
async def watched(proxy: Proxy) -> AsyncIterator[Bus]:
    """A post on the watched wire, warm: connected, and the server knows its scripts."""
    settings = BusSettings(valkey=parse_address(f"redis://127.0.0.1:{proxy.port}"))
    async with open_bus(settings) as post:
        await post.hints.hint(a_user(), a_letter())
        await post.publisher.publish(LANE, a_letter())
        await post.pool.claim(a_user())
        proxy.reset_counts()
        yield post


async def test_a_webhooks_hint_is_one_round_trip(watched: Bus, proxy: Proxy) -> None:
    await watched.hints.hint(a_user(), a_letter(), a_letter())

    assert (proxy.bursts, proxy.round_trips, proxy.accepted) == (1, 1, 0)


async def test_a_claim_is_one_round_trip(watched: Bus, proxy: Proxy) -> None:
    worker = WorkerId(uuid4())
    await watched.pool.offer(worker)
    proxy.reset_counts()
    assert await watched.pool.claim(a_user()) == worker

    assert (proxy.bursts, proxy.round_trips, proxy.accepted) == (1, 1, 0)


async def test_publishing_many_envelopes_is_one_round_trip(watched: Bus, proxy: Proxy) -> None:
    await watched.publisher.publish(LANE, *(a_letter() for _ in range(20)))

    assert (proxy.bursts, proxy.round_trips, proxy.accepted) == (1, 1, 0)


async def test_commands_of_one_turn_of_the_loop_share_a_write(watched: Bus, proxy: Proxy) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(watched.hints.hint, a_user())

    assert (proxy.bursts, proxy.round_trips, proxy.accepted) == (1, 1, 0)


async def test_a_backlog_is_taken_in_batches(watched: Bus, proxy: Proxy) -> None:
    user = a_user()
    await watched.hints.hint(user, *(a_letter() for _ in range(65)))
    proxy.reset_counts()
    async with watched.hints.commands(user, 1) as commands:
        for _ in range(65):
            await anext(commands)

    # One alone, then 32 at a time; the greeting of the stream's connection is one more.
    assert proxy.round_trips == 1 + 1 + 2


async def test_many_waiting_for_replies_share_the_connections(watched: Bus, proxy: Proxy) -> None:
    user = a_user()
    requests = [uuid4() for _ in range(60)]

    async def wait(index: int) -> None:
        reply = await watched.replies.await_answer(user, requests[index], timeout=ms(5000))
        assert reply == b"yes"

    async with anyio.create_task_group() as tasks:
        for index in range(60):
            tasks.start_soon(wait, index)
        await anyio.sleep(0.05)
        assert proxy.open_connections == 2
        for request in requests:
            await watched.replies.answer(user, request, b"yes")


async def test_a_waiting_consumer_leaves_the_server_in_peace(watched: Bus, proxy: Proxy) -> None:
    async with watched.subscriber.receive(Destination.MAINTENANCE) as deliveries:
        with anyio.move_on_after(0.1):
            await anext(deliveries)
        proxy.reset_counts()
        with anyio.move_on_after(0.5):
            await anext(deliveries)

    # Greeting and script, the first look, the wait; and giving back what may have been taken.
    assert proxy.bursts <= 6


async def test_a_message_reaches_a_waiting_consumer_in_one_round_trip(
    watched: Bus, proxy: Proxy, valkey: ValkeyServer
) -> None:
    async with (
        open_bus(settings_of(valkey)) as other,
        watched.subscriber.receive(LANE) as deliveries,
        anyio.create_task_group() as tasks,
    ):
        await (await taken(deliveries)).ack()
        tasks.start_soon(_take_one, deliveries)
        await anyio.sleep(0.1)
        proxy.reset_counts()
        await other.publisher.publish(LANE, a_letter())

    # The consumer had asked before: nothing more went to the server.
    assert proxy.bursts == 0


async def test_the_keys_of_a_user_are_the_documented_ones(valkey: ValkeyServer) -> None:
    user, worker, request = a_user(), WorkerId(uuid4()), uuid4()
    async with open_bus(settings_of(valkey)) as post:
        await post.hints.hint(user, a_letter(), a_letter())
        async with post.hints.commands(user, 7) as commands:
            await anext(commands)
        await post.hints.mark(user, worker, ttl=ms(15_000))
        await post.replies.answer(user, request, b"yes")

    assert set(_names(valkey)) == {
        f"trading:user:{{{user}}}:requests",
        f"trading:user:{{{user}}}:inflight:7",
        f"trading:response:{{{user}}}:{request}",
        f"worker:active:{{{user}}}",
        f"worker:claiming:{{{user}}}",
    }


async def test_a_finished_command_leaves_the_inflight_list(valkey: ValkeyServer) -> None:
    user = a_user()
    async with open_bus(settings_of(valkey)) as post, post.hints.commands(user, 7) as commands:
        await post.hints.hint(user, a_letter(), a_letter())
        await (await anext(commands)).done()
        held = await anext(commands)

        assert valkey.ask("LLEN", f"trading:user:{{{user}}}:inflight:7") == 1
        await held.done()
        assert valkey.ask("LLEN", f"trading:user:{{{user}}}:inflight:7") == 0


async def test_every_key_of_a_user_ends_by_itself(valkey: ValkeyServer) -> None:
    user = a_user()
    async with open_bus(settings_of(valkey)) as post:
        await post.hints.hint(user, a_letter(), a_letter())
        async with post.hints.commands(user, 7) as commands:
            await anext(commands)
        await post.hints.mark(user, WorkerId(uuid4()), ttl=ms(15_000))
        await post.replies.answer(user, uuid4(), b"yes")

    lives = {name.split(":")[-1]: valkey.ask("PTTL", name) for name in _names(valkey)}
    limits = {"requests": 3_600_000, "7": 3_600_000}
    for name, life in lives.items():
        assert isinstance(life, int)
        assert 0 < life <= limits.get(name, 60_000)


async def test_a_claim_ends_after_three_seconds(valkey: ValkeyServer) -> None:
    user = a_user()
    async with open_bus(settings_of(valkey)) as post:
        await post.hints.hint(user)

    life = valkey.ask("PTTL", f"worker:claiming:{{{user}}}")
    assert isinstance(life, int)
    assert 2_000 < life <= 3_000


async def test_a_worker_not_seen_for_six_seconds_is_forgotten(valkey: ValkeyServer) -> None:
    worker = WorkerId(uuid4())
    async with open_bus(settings_of(valkey)) as post:
        await post.pool.offer(worker)
        assert await post.pool.ready() == 1
        valkey.ask("ZINCRBY", "{pool}:ready", -6000, str(worker))

        assert await post.pool.ready() == 0
        assert await post.pool.claim(a_user()) is None


async def test_a_claim_nobody_fetched_for_a_minute_is_dropped(valkey: ValkeyServer) -> None:
    worker = WorkerId(uuid4())
    async with open_bus(settings_of(valkey)) as post:
        await post.pool.offer(worker)
        await post.pool.claim(a_user())
        valkey.ask("ZINCRBY", "{pool}:handed", -60_000, str(worker))
        await post.pool.claim(a_user())

        kept = _names(valkey)

    # A claim is remembered for a moment, so that asking again names the same worker.
    assert [name.rsplit(":", 1)[0] for name in kept] == ["{pool}:made"]
    assert 0 < int(cast("int", valkey.ask("PTTL", kept[0]))) <= 3_000


async def test_forgotten_dedup_ids_take_no_room(valkey: ValkeyServer) -> None:
    async with open_bus(settings_of(valkey, a_lane(dedup_window_ms=20))) as post:
        await post.publisher.publish(LANE, *(a_letter() for _ in range(5)))
        await anyio.sleep(0.03)
        await post.publisher.publish(LANE, a_letter())

    assert valkey.ask("ZCARD", "lane:{worker-control}:dedup") == 1


async def test_an_emptied_lane_keeps_nothing_but_dedup_ids_and_its_count(
    valkey: ValkeyServer,
) -> None:
    async with open_bus(settings_of(valkey)) as post, post.subscriber.receive(LANE) as deliveries:
        await post.publisher.publish(LANE, a_letter(group="g"), a_letter(group="g"))
        await (await taken(deliveries)).retry(ms(0), "again")
        for _ in range(2):
            await (await taken(deliveries)).ack()

    assert valkey.ask("HKEYS", "lane:{worker-control}:messages") == [b"count"]
    assert {name.split(":")[-1] for name in _names(valkey)} <= {"messages", "dedup", "wake"}


def test_scripts_touch_declared_keys_only() -> None:
    folder = Path(bus.valkey.__file__).parent / "lua"
    calls = re.compile(r"redis\.call\('([A-Z]+)'(?:, ([^,)]+))?")
    bound = re.compile(r"^local ([\w, ]+) = KEYS\[", re.MULTILINE)
    shared = {"lane": "lane.lua", "pool": "pool.lua"}
    for script in folder.glob("*.lua"):
        text = script.read_text("utf-8")
        base = shared.get(script.stem.split("_")[0])
        heads = bound.findall(text + (folder / base).read_text("utf-8") if base else text)
        declared = {name for head in heads for name in head.split(", ")} | {"KEYS[1]"}
        for command, key in calls.findall(text):
            if command not in {"TIME", "PUBLISH"}:
                # A loop over declared keys names them `key`.
                assert key in declared | {"key"}, f"{script.name}: {command} {key}"


async def _take_one(deliveries: AsyncIterator[object]) -> None:
    await anext(deliveries)


def _names(valkey: ValkeyServer) -> list[str]:
    return [name.decode() for name in cast("list[bytes]", valkey.ask("KEYS", "*"))]
