"""The paper venue in a process of its own, asked over TCP: a line of JSON each way.

Every question has a connection of its own. So one that was refused was provably never asked, and
anything that goes wrong after the first byte was handed over leaves the question open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import msgspec
from anyio.streams.buffered import BufferedByteReceiveStream
from typing_extensions import override

from broker_adapters.paper.answers import AnyAnswer
from broker_adapters.paper.venue import AnswerLostError, NeverAskedError, Venue

if TYPE_CHECKING:
    from anyio.abc import SocketStream

    from broker_adapters.paper.questions import AnyQuestion

MAX_LINE_BYTES = 64 * 1024 * 1024
_CONNECT_PATIENCE = 2.0
_BROKEN = (
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
    anyio.IncompleteRead,
    anyio.DelimiterNotFound,
    OSError,
)
_encoder = msgspec.json.Encoder()


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """What the venue's process answers when its own venue could not be asked."""

    was_asked: bool
    why: str


_reply = msgspec.json.Decoder(AnyAnswer | Failed)


class RemoteVenue(Venue):
    """A venue process at an address."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    @override
    async def ask(self, question: AnyQuestion) -> AnyAnswer:
        line = _encoder.encode(question) + b"\n"
        connection = await self._connect()
        async with connection:
            reply = await _exchange(connection, line)
        try:
            answer = _reply.decode(reply)
        except msgspec.DecodeError as error:
            raise AnswerLostError("the venue's answer cannot be read") from error
        if isinstance(answer, Failed):
            raise (AnswerLostError if answer.was_asked else NeverAskedError)(answer.why)
        return answer

    async def _connect(self) -> SocketStream:
        try:
            with anyio.fail_after(_CONNECT_PATIENCE):
                return await anyio.connect_tcp(self._host, self._port)
        except (OSError, TimeoutError) as error:
            msg = f"no connection to the venue: {error!r}"
            raise NeverAskedError(msg) from error


async def _exchange(connection: SocketStream, line: bytes) -> bytes:
    try:
        await connection.send(line)
        return await BufferedByteReceiveStream(connection).receive_until(b"\n", MAX_LINE_BYTES)
    except _BROKEN as error:
        msg = f"the venue broke off: {error!r}"
        raise AnswerLostError(msg) from error
