"""A cluster of two real nodes: slots that move, and nodes that go."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from bus.errors import TransportUnavailableError
from bus.open import open_bus
from bus.valkey.slots import slot_of
from bus.values import UserId, WorkerId
from tests.contract.bus.letters import a_letter, a_user, ms, text_of
from tests.contract.bus.transports import settings_of
from tests.servers.valkey import running_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.valkey import ValkeyServer

    Nodes = tuple[ValkeyServer, ValkeyServer]

pytestmark = [pytest.mark.anyio, pytest.mark.valkey]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Nodes]:
    """Two nodes, the first with the lower half of the slots."""
    with running_cluster() as nodes:
        yield nodes


async def test_each_user_is_served_by_the_node_of_his_slot(cluster: Nodes) -> None:
    first, second = cluster
    low, high = _user_below(8192), _user_from(8192)
    async with open_bus(settings_of(first)) as bus:
        await bus.hints.hint(low, a_letter())
        await bus.hints.hint(high, a_letter())

    assert first.ask("LLEN", _requests(low)) == 1
    assert second.ask("LLEN", _requests(high)) == 1


async def test_any_node_can_be_asked_first(cluster: Nodes) -> None:
    async with open_bus(settings_of(cluster[1])) as bus:
        assert (await bus.hints.hint(_user_below(8192))).should_claim


async def test_streams_go_to_the_node_of_their_key(cluster: Nodes) -> None:
    async with open_bus(settings_of(cluster[0])) as bus:
        for user in (_user_below(8192), _user_from(8192)):
            await bus.hints.hint(user, a_letter("a"))
            async with bus.hints.commands(user, 1) as commands:
                assert text_of((await anext(commands)).envelope) == "a"


async def test_an_announcement_is_heard_on_the_other_node(cluster: Nodes) -> None:
    async with (
        open_bus(settings_of(cluster[0])) as here,
        open_bus(settings_of(cluster[1])) as there,
        here.broadcast.listen("t") as heard,
    ):
        await there.broadcast.announce("t", b"a")

        assert await anext(heard) == b"a"


async def test_a_slot_that_moved_is_followed(cluster: Nodes) -> None:
    user = _user_below(8192)
    async with open_bus(settings_of(cluster[0])) as bus:
        assert (await bus.hints.hint(user)).should_claim
        await _empty(cluster[0], user)
        _move(cluster, slot_of(_requests(user)))

        assert (await bus.hints.hint(user)).should_claim
        assert not (await bus.hints.hint(user)).should_claim


async def test_a_stream_follows_its_slot(cluster: Nodes) -> None:
    user = _user_below(8192)
    async with (
        open_bus(settings_of(cluster[0])) as bus,
        open_bus(settings_of(cluster[0])) as edge,
        bus.hints.commands(user, 1) as commands,
    ):
        await edge.hints.hint(user, a_letter("a"))
        await (await anext(commands)).done()
        await _empty(cluster[0], user)
        _move(cluster, slot_of(_requests(user)))
        await edge.hints.hint(user, a_letter("b"))

        assert text_of((await anext(commands)).envelope) == "b"


async def test_a_slot_on_its_way_is_asked_for_at_the_other_end(cluster: Nodes) -> None:
    user, worker = _user_below(8192), WorkerId(uuid4())
    slot = slot_of(_requests(user))
    async with open_bus(settings_of(cluster[0])) as bus:
        await bus.ping()
        _begin_to_move(cluster, slot)
        # No key of it is left on the first node, so that one answers ASK.
        await bus.hints.mark(user, worker, ttl=ms(15_000))
        _move(cluster, slot)

        assert (await bus.hints.hint(user)).worker_id == worker


async def test_a_script_on_a_slot_on_its_way_is_unavailable(cluster: Nodes) -> None:
    user = _user_below(8192)
    slot = slot_of(_requests(user))
    async with open_bus(settings_of(cluster[0])) as bus:
        await bus.ping()
        _begin_to_move(cluster, slot)
        with pytest.raises(TransportUnavailableError):
            await bus.hints.hint(user)
        _move(cluster, slot)

        assert (await bus.hints.hint(user)).should_claim


async def test_listeners_find_a_node_that_lives(cluster: Nodes) -> None:
    first, second = cluster
    async with open_bus(settings_of(first, timeout=ms(200))) as bus:
        await bus.hints.hint(_user_below(8192))
        first.freeze()
        try:
            async with bus.broadcast.listen("t") as heard:
                second.ask("PUBLISH", "t", "a")
                while (payload := await anext(heard)) == b"":
                    second.ask("PUBLISH", "t", "a")
                assert payload == b"a"
        finally:
            first.thaw()


async def test_a_cluster_without_a_node_of_the_slot_is_unavailable(cluster: Nodes) -> None:
    first, second = cluster
    second.freeze()
    try:
        async with open_bus(settings_of(first)) as bus:
            with pytest.raises(TransportUnavailableError):
                await bus.hints.hint(_user_from(8192))
    finally:
        second.thaw()


def _requests(user: UserId) -> str:
    return f"trading:user:{{{user}}}:requests"


def _user_below(slot: int) -> UserId:
    while True:
        user = a_user()
        if slot_of(_requests(user)) < slot:
            return user


def _user_from(slot: int) -> UserId:
    while True:
        user = UserId(UUID(int=a_user().int))
        if slot_of(_requests(user)) >= slot:
            return user


async def _empty(node: ValkeyServer, user: UserId) -> None:
    prefix = f"{{{user}}}"
    node.ask("DEL", f"worker:claiming:{prefix}", f"trading:user:{prefix}:inflight:1")


def _begin_to_move(cluster: Nodes, slot: int) -> None:
    cluster[1].ask("CLUSTER", "SETSLOT", slot, "IMPORTING", _name(cluster[0]))
    cluster[0].ask("CLUSTER", "SETSLOT", slot, "MIGRATING", _name(cluster[1]))


def _move(cluster: Nodes, slot: int) -> None:
    """Give a slot without keys to the second node."""
    for node in cluster:
        node.ask("CLUSTER", "SETSLOT", slot, "NODE", _name(cluster[1]))


def _name(node: ValkeyServer) -> str:
    name = node.ask("CLUSTER", "MYID")
    assert isinstance(name, bytes)
    return name.decode()
