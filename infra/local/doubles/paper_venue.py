"""The paper venue as a process of its own, honest to its ledger and hostile to its callers.

    python -m infra.local.doubles.paper_venue --database-url URL --listen 127.0.0.1:0 --seed 1

It prints one line of JSON, `{"address": "tcp://…"}`, when it listens, and ends at SIGTERM. Besides
the venue's questions it takes `{"type": "set_hostility", "kinds": […], "hostility": {…}}`.
"""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import anyio
import asyncpg
import msgspec
from anyio.abc import SocketAttribute
from anyio.streams.buffered import BufferedByteReceiveStream

from broker_adapters.paper.questions import AnyQuestion
from broker_adapters.paper.remote import MAX_LINE_BYTES, Failed
from broker_adapters.paper.venue import AnswerLostError, NeverAskedError
from broker_adapters.registry import migrate_paper_ledger, open_paper_venue
from bus.values import SystemClock
from infra.local.doubles.hostile_venue import HostileVenue
from infra.local.doubles.hostility import KINDS, Fates, Hostility
from infra.local.doubles.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anyio.abc import SocketStream

_CONNECTIONS = 8


class SetHostility(msgspec.Struct, frozen=True, kw_only=True, tag="set_hostility"):
    """Treat requests of these kinds like this from now on; honest again with `{}`."""

    kinds: tuple[str, ...]
    hostility: Hostility


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The answer to what only has to be done."""


_line = msgspec.json.Decoder(AnyQuestion | SetHostility)
_encoder = msgspec.json.Encoder()
_GONE = (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)
_NO_LINE = (anyio.IncompleteRead, anyio.DelimiterNotFound, anyio.EndOfStream)


class Door:
    """Takes one line from each connection, and answers it with one, or with silence."""

    def __init__(self, venue: HostileVenue, fates: Fates) -> None:
        self._venue = venue
        self._oracle = fates

    async def serve(self, connection: SocketStream) -> None:
        """Serve one connection."""
        async with connection:
            try:
                line = await BufferedByteReceiveStream(connection).receive_until(
                    b"\n", MAX_LINE_BYTES
                )
                reply = await self._answer(line)
                if reply is not None:
                    await connection.send(_encoder.encode(reply) + b"\n")
            except (*_GONE, *_NO_LINE):
                return

    async def _answer(self, line: bytes) -> msgspec.Struct | None:
        try:
            said = _line.decode(line)
        except msgspec.DecodeError as error:
            return Failed(was_asked=False, why=f"not understood: {error}")
        if isinstance(said, SetHostility):
            self._oracle.set(said.hostility, *said.kinds)
            return Done()
        try:
            return await self._venue.ask(said)
        except NeverAskedError as error:
            return Failed(was_asked=False, why=str(error))
        except AnswerLostError:
            return None


async def run(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    fates = Fates(arguments.seed)
    fates.set(hostility_of(arguments), *arguments.kinds.split(","))
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(
            asyncpg.create_pool(arguments.database_url, min_size=1, max_size=_CONNECTIONS)
        )
        async with pool.acquire() as connection:
            await migrate_paper_ledger(connection)
        journal = Journal(pool)
        await journal.open()
        honest = await stack.enter_async_context(open_paper_venue(pool, clock=SystemClock()))
        door = Door(HostileVenue(honest, fates, receive=journal.write), fates)
        await _listen(door, arguments.listen)


async def _listen(door: Door, where: str) -> None:
    host, _, port = where.rpartition(":")
    listener = await anyio.create_tcp_listener(local_host=host, local_port=int(port))
    bound = listener.extra(SocketAttribute.local_port)  # noqa: S610 - this is no Django
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, door.serve)
            sys.stdout.write(f'{{"address": "tcp://{host}:{bound}"}}\n')
            sys.stdout.flush()
            async for _ in signals:
                break
            tasks.cancel_scope.cancel()


def hostility_of(arguments: argparse.Namespace) -> Hostility:
    """Return how the command line wants the venue to misbehave."""
    return Hostility(
        late_share=arguments.late_share,
        late_ms=_span_ms(arguments.late_ms),
        held_share=arguments.held_share,
        held_ms=_span_ms(arguments.held_ms),
        swallow_after=arguments.swallow_after,
        swallow_before=arguments.swallow_before,
    )


def _span_ms(text: str) -> tuple[int, int]:
    least, _, most = text.partition(":")
    return int(least), int(most or least)


def parsed(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="paper_venue", description=__doc__)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--listen", default="127.0.0.1:0")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default=",".join(sorted(KINDS)))
    for share in ("--late-share", "--held-share", "--swallow-after", "--swallow-before"):
        parser.add_argument(share, type=float, default=0.0)
    for span in ("--late-ms", "--held-ms"):
        parser.add_argument(span, default="60:200")
    return parser.parse_args(words)


if __name__ == "__main__":
    anyio.run(run, parsed())
