"""The shared connection: made when needed, left alone while the server is away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from bus.errors import TransportUnavailableError
from bus.settings import ValkeyAddress
from bus.valkey.client import Node, StandaloneClient
from bus.valkey.connection import Connection
from bus.valkey.dialling import Backoff, Dialler

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class _Echo(asyncio.Transport):
    """A transport whose server gives one answer to everything."""

    def __init__(self, connection: Connection, answer: bytes) -> None:
        super().__init__()
        self._connection = connection
        self._answer = answer

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        commands = max(bytes(data).count(b"!"), 1)
        self._connection.data_received(self._answer * commands)

    @override
    def abort(self) -> None:
        pass


class _Dials(Dialler):
    """Counts how often it was asked to connect."""

    def __init__(self, *, answer: bytes | None) -> None:
        super().__init__(ValkeyAddress(), timeout=1.0)
        self.count = 0
        self._answer = answer

    @override
    async def dial(
        self,
        host: str | None = None,
        port: int | None = None,
        *,
        factory: Callable[[], Connection] | None = None,
    ) -> Connection:
        self.count += 1
        await asyncio.sleep(0)
        if self._answer is None:
            raise TransportUnavailableError("refused")
        connection = Connection(timeout=1.0)
        connection.connection_made(_Echo(connection, self._answer))
        return connection


async def test_callers_share_one_connection() -> None:
    dials = _Dials(answer=b"+a\r\n")
    node = Node(dials)

    assert [await node.send(b"!") for _ in range(2)] == [b"a", b"a"]
    assert dials.count == 1


async def test_callers_that_come_while_it_connects_share_it_too() -> None:
    dials = _Dials(answer=b"+a\r\n")
    node = Node(dials)

    await asyncio.gather(*(node.send(b"!") for _ in range(3)))

    assert dials.count == 1


async def test_a_server_that_is_away_is_not_tried_by_every_caller() -> None:
    dials = _Dials(answer=None)
    node = Node(dials)

    for _ in range(10):
        with pytest.raises(TransportUnavailableError):
            await node.send(b"!")

    assert dials.count == 1


async def test_a_server_that_was_away_is_tried_again_after_the_back_off() -> None:
    dials = _Dials(answer=None)
    node = Node(dials)
    with pytest.raises(TransportUnavailableError):
        await node.send(b"!")
    await asyncio.sleep(0.06)
    with pytest.raises(TransportUnavailableError):
        await node.send(b"!")

    assert dials.count == 2


async def test_a_server_that_became_a_replica_is_left() -> None:
    dials = _Dials(answer=b"-READONLY You can't write against a read only replica.\r\n")
    client = StandaloneClient(dials)
    for _ in range(2):
        with pytest.raises(TransportUnavailableError):
            await client.call("k", "SET", "k", "v")

    assert dials.count == 2


def test_waits_grow_to_two_seconds_and_start_anew() -> None:
    backoff = Backoff()
    waits = [backoff.grow() for _ in range(12)]
    backoff.reset()

    assert 0.0 < waits[0] <= 0.05
    assert 1.0 <= waits[-1] <= 2.0
    assert backoff.grow() <= 0.05
