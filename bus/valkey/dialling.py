"""Open a connection: TCP, TLS or a unix socket, then the greeting."""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
from typing import TYPE_CHECKING

import hiredis

from bus.errors import TransportUnavailableError
from bus.valkey.connection import Connection
from bus.valkey.wire import pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.settings import ValkeyAddress
    from bus.valkey.connection import Reply

_FIRST_DELAY = 0.05
_LAST_DELAY = 2.0


class Backoff:
    """How long to wait after each failure in a row: doubling, with jitter, never over 2 s."""

    def __init__(self) -> None:
        self._delay = 0.0

    def grow(self) -> float:
        """Count a failure and return the seconds to wait."""
        self._delay = min(max(self._delay * 2, _FIRST_DELAY), _LAST_DELAY)
        return self._delay * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, hides nothing

    def reset(self) -> None:
        """Forget the failures."""
        self._delay = 0.0


class Dialler:
    """Knows how to reach one server, or the nodes of one cluster."""

    def __init__(self, address: ValkeyAddress, *, timeout: float) -> None:
        self.address = address
        self.timeout = timeout
        self._tls = _tls_context(address) if address.is_tls else None
        self._greeting, self._answers = _greeting(address)

    async def dial(
        self,
        host: str | None = None,
        port: int | None = None,
        *,
        factory: Callable[[], Connection] | None = None,
    ) -> Connection:
        """Connect and greet.

        Raises:
            TransportUnavailableError: No connection within the time-out, or the greeting failed.
        """
        make = factory or self._connection
        try:
            async with asyncio.timeout(self.timeout):
                connection = await self._open(make, host, port)
                try:
                    await self._greet(connection)
                except BaseException:
                    connection.abort()
                    raise
        except (OSError, TimeoutError) as error:
            where = self.address.socket_path or f"{host or self.address.host}"
            msg = f"cannot connect to {where}: {error}"
            raise TransportUnavailableError(msg) from error
        return connection

    def _connection(self) -> Connection:
        return Connection(timeout=self.timeout)

    async def _open(
        self, make: Callable[[], Connection], host: str | None, port: int | None
    ) -> Connection:
        loop = asyncio.get_running_loop()
        path = self.address.socket_path
        if path is not None:
            return (await loop.create_unix_connection(make, path))[1]
        transport, connection = await loop.create_connection(
            make, host or self.address.host, port or self.address.port, ssl=self._tls
        )
        plain = transport.get_extra_info("socket")
        if plain is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return connection

    async def _greet(self, connection: Connection) -> None:
        received = await connection.send(self._greeting, self._answers)
        replies: list[Reply] = [received] if self._answers == 1 else received
        for reply in replies:
            if isinstance(reply, hiredis.ReplyError):
                msg = f"the server refused the greeting: {reply}"
                raise TransportUnavailableError(msg)


def _greeting(address: ValkeyAddress) -> tuple[bytes, int]:
    commands: list[bytes] = []
    if address.password is not None:
        who = (address.username,) if address.username else ()
        commands.append(pack("AUTH", *who, address.password.plain))
    if address.database:
        commands.append(pack("SELECT", address.database))
    # A server that still loads its data accepts connections, but answers a PING by an error.
    commands.append(pack("PING"))
    return b"".join(commands), len(commands)


def _tls_context(address: ValkeyAddress) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if address.ca_file is not None:
        context.load_verify_locations(address.ca_file)
    return context
