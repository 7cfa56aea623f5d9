"""What silence, noise and refusal on the wire mean."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import pytest
from anyio.abc import SocketAttribute
from anyio.streams.buffered import BufferedByteReceiveStream

from broker_adapters.base import NotSent, OrderRef, Rejected, SubmitOutcome, Unknown
from broker_adapters.errors import BrokerUnavailableError
from broker_adapters.opening import BrokerAccount, BrokerMeans
from broker_adapters.paper.adapter import PaperBroker
from broker_adapters.paper.remote import RemoteVenue
from bus.ids import uuid7
from bus.values import Mode, SystemClock, UserId
from infra.local.embedded.addresses import free_port
from tests.unit.broker_adapters.paper.markets import ACCOUNT, a_request

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from anyio.abc import SocketStream

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def answering(reply: bytes | None) -> AsyncGenerator[int]:
    """Listen, and answer every line with these bytes; without any, drop unread connections."""

    async def serve(connection: SocketStream) -> None:
        async with connection:
            if reply is not None:
                await BufferedByteReceiveStream(connection).receive_until(b"\n", 65536)
                await connection.send(reply)

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        yield listener.extra(SocketAttribute.local_port)
        tasks.cancel_scope.cancel()


def a_broker(port: int) -> PaperBroker:
    account = BrokerAccount(id=ACCOUNT, owner=UserId(uuid7()), broker="paper", mode=Mode.PAPER)
    return PaperBroker(RemoteVenue("127.0.0.1", port), account, BrokerMeans(clock=SystemClock()))


def a_ref() -> OrderRef:
    request = a_request()
    return OrderRef(
        client_order_id=request.client_order_id,
        broker_order_id=None,
        symbol=request.symbol,
        side=request.side,
        quantity=request.quantity,
        sent_at=SystemClock().now(),
    )


async def submitted(port: int) -> SubmitOutcome:
    send_by = SystemClock().now() + timedelta(seconds=2)
    return await a_broker(port).submit(a_request(), send_by=send_by)


async def test_refused_connection_was_never_asked() -> None:
    assert isinstance(await submitted(free_port()), NotSent)


@pytest.mark.parametrize(
    "reply",
    [
        None,
        b"",
        b'{"type":"placed","version":1',
        b"<html>502</html>\n",
        b'{"type":"placed","version":"x"}\n',
        b'{"type":"never_heard_of"}\n',
        b'{"type":"price_set","version":1,"moved":0}\n',
        b'{"type":"failed","was_asked":true,"why":"lost"}\n',
    ],
    ids=["dropped", "empty", "cut", "html", "mistyped", "foreign", "other-answer", "lost"],
)
async def test_anything_after_the_first_byte_is_unknown(reply: bytes | None) -> None:
    async with answering(reply) as port:
        assert isinstance(await submitted(port), Unknown)


async def test_what_the_venue_says_was_never_asked_is_not_sent() -> None:
    async with answering(b'{"type":"failed","was_asked":false,"why":"no ledger"}\n') as port:
        outcome = await submitted(port)

    assert outcome == NotSent(why="no ledger")


async def test_unknown_fields_of_an_answer_are_let_pass() -> None:
    reply = b'{"type":"refused","reason":"expired","message":"late","colour":"blue"}\n'
    async with answering(reply) as port:
        outcome = await submitted(port)

    assert isinstance(outcome, Rejected)


@pytest.mark.parametrize("reply", [None, b'{"type":"refused","reason":"auth","message":"no"}\n'])
async def test_read_without_a_usable_answer_says_so(reply: bytes | None) -> None:
    async with answering(reply) as port:
        with pytest.raises(BrokerUnavailableError):
            await a_broker(port).positions()


async def test_look_up_without_an_answer_is_unknown() -> None:
    async with answering(None) as port:
        broker = a_broker(port)
        ref = a_ref()

        assert isinstance(await broker.find(ref), Unknown)
        assert isinstance(await broker.cancel(ref), Unknown)


async def test_stream_needs_an_open_session() -> None:
    with pytest.raises(BrokerUnavailableError):
        await anext(aiter(a_broker(free_port()).events()))


async def test_session_cannot_be_opened_where_nobody_listens() -> None:
    broker = a_broker(free_port())

    with pytest.raises(BrokerUnavailableError):
        await broker.connect(deadline=SystemClock().now() + timedelta(seconds=2))

    assert not (await broker.health()).is_connected
