"""One socket: commands share writes, replies keep their order, deadlines and limits hold."""

from __future__ import annotations

import asyncio

import hiredis
import pytest
from typing_extensions import override

from bus.errors import TransportUnavailableError
from bus.valkey.connection import MAX_PENDING, Connection, PushConnection
from bus.valkey.wire import pack

pytestmark = pytest.mark.anyio

_PING = pack("PING")


class _Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_aborted = False

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    @override
    def abort(self) -> None:
        self.is_aborted = True


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def _connected(timeout: float = 5.0) -> tuple[Connection, _Wire]:
    connection, wire = Connection(timeout=timeout), _Wire()
    connection.connection_made(wire)
    return connection, wire


async def test_commands_of_one_turn_are_one_write() -> None:
    connection, wire = _connected()
    for number in range(3):
        connection.send(pack("ECHO", number))
    await asyncio.sleep(0)
    connection.send(_PING)
    await asyncio.sleep(0)

    assert wire.written == [b"".join(pack("ECHO", number) for number in range(3)), _PING]


async def test_replies_answer_in_the_order_of_commands() -> None:
    connection, _ = _connected()
    first, second, third = (connection.send(_PING) for _ in range(3))
    connection.data_received(b"+a\r\n+b\r\n+c\r\n")

    assert [await first, await second, await third] == [b"a", b"b", b"c"]


async def test_replies_may_come_in_pieces() -> None:
    connection, _ = _connected()
    answer = connection.send(_PING)
    for piece in (b"$", b"3\r\na", b"bc\r", b"\n"):
        connection.data_received(piece)

    assert await answer == b"abc"


async def test_several_commands_behind_one_another_give_a_list() -> None:
    connection, _ = _connected()
    three = connection.send(_PING * 3, 3)
    one = connection.send(_PING)
    connection.data_received(b"+a\r\n:2\r\n*-1\r\n+d\r\n")

    assert await three == [b"a", 2, None]
    assert await one == b"d"


async def test_an_error_reply_is_a_value() -> None:
    connection, _ = _connected()
    answer = connection.send(_PING)
    connection.data_received(b"-ERR no\r\n")

    assert isinstance(await answer, hiredis.ReplyError)


async def test_the_reply_of_a_caller_that_left_goes_to_nobody() -> None:
    connection, _ = _connected()
    left, stayed = connection.send(_PING), connection.send(_PING)
    left.cancel()
    connection.data_received(b"+a\r\n+b\r\n")

    assert await stayed == b"b"


async def test_a_lost_connection_fails_what_is_not_answered() -> None:
    connection, _ = _connected()
    answered, waiting = connection.send(_PING), connection.send(_PING * 2, 2)
    connection.data_received(b"+a\r\n+half\r\n")
    connection.connection_lost(None)

    assert await answered == b"a"
    with pytest.raises(TransportUnavailableError):
        await waiting


async def test_a_lost_connection_takes_no_more_commands() -> None:
    connection, wire = _connected()
    connection.connection_lost(None)

    with pytest.raises(TransportUnavailableError):
        connection.send(_PING)
    assert not wire.written


async def test_a_command_that_was_not_written_yet_is_not_written_after_the_loss() -> None:
    connection, wire = _connected()
    waiting = connection.send(_PING)
    connection.connection_lost(None)
    await asyncio.sleep(0)

    assert not wire.written
    with pytest.raises(TransportUnavailableError):
        await waiting


async def test_a_server_that_does_not_answer_is_given_up() -> None:
    connection, wire = _connected(timeout=0.02)
    with pytest.raises(TransportUnavailableError, match="in time"):
        await connection.send(_PING)

    assert wire.is_aborted
    assert connection.is_lost


async def test_an_answer_to_a_later_command_does_not_excuse_the_first() -> None:
    connection, _ = _connected(timeout=0.05)
    first = connection.send(_PING * 2, 2)
    for _ in range(3):
        await asyncio.sleep(0.01)
        connection.send(_PING)
    with pytest.raises(TransportUnavailableError, match="in time"):
        await first


async def test_answered_commands_leave_the_next_its_full_time() -> None:
    connection, _ = _connected(timeout=0.05)
    for _ in range(8):
        answer = connection.send(_PING)
        await asyncio.sleep(0.01)
        connection.data_received(b"+a\r\n")
        assert await answer == b"a"

    assert not connection.is_lost


async def test_a_blocking_command_may_take_its_time() -> None:
    connection, _ = _connected(timeout=0.01)
    answer = connection.send(_PING, wait=5.0)
    await asyncio.sleep(0.03)
    connection.data_received(b"+a\r\n")

    assert await answer == b"a"


@pytest.mark.parametrize("noise", [b"nonsense\r\n", b"+unasked\r\n"])
async def test_bytes_that_nobody_asked_for_end_the_connection(noise: bytes) -> None:
    connection, wire = _connected()
    connection.data_received(noise)

    assert connection.is_lost
    assert wire.is_aborted


async def test_a_full_socket_makes_callers_wait() -> None:
    connection, _ = _connected()
    connection.pause_writing()
    waiting = asyncio.create_task(connection.room())
    await asyncio.sleep(0)
    assert connection.is_full
    assert not waiting.done()
    connection.resume_writing()
    await waiting

    assert not connection.is_full


async def test_too_many_unanswered_commands_make_callers_wait() -> None:
    connection, _ = _connected()
    for _ in range(MAX_PENDING):
        connection.send(_PING)
    waiting = asyncio.create_task(connection.room())
    await asyncio.sleep(0)
    assert connection.is_full
    connection.data_received(b"+a\r\n")
    await waiting

    assert not connection.is_full


async def test_those_who_wait_for_room_are_let_go_when_the_connection_is_lost() -> None:
    connection, _ = _connected()
    connection.pause_writing()
    waiting = asyncio.create_task(connection.room())
    await asyncio.sleep(0)
    connection.connection_lost(None)
    await waiting


async def test_one_who_stops_waiting_for_room_leaves_the_others_waiting() -> None:
    connection, _ = _connected()
    connection.pause_writing()
    leaving, staying = (asyncio.create_task(connection.room()) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    assert not staying.done()
    connection.resume_writing()
    await staying


async def test_published_messages_come_between_the_replies() -> None:
    heard: list[tuple[bytes, bytes]] = []
    connection = PushConnection(
        timeout=5.0, on_message=lambda topic, payload: heard.append((topic, payload))
    )
    connection.connection_made(_Wire())
    answer = connection.send(_PING)
    connection.data_received(b"*3\r\n$7\r\nmessage\r\n$1\r\nt\r\n$1\r\np\r\n+pong\r\n")

    assert await answer == b"pong"
    assert heard == [(b"t", b"p")]
