"""The edge's socket: bound by the supervisor, inherited by every edge process.

So the port is found taken before anything is started, the edges share one queue of connections,
and a connection that arrives while an edge is restarted waits instead of being refused.
"""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from infra.local.errors import AddressInUseError

if TYPE_CHECKING:
    from collections.abc import Generator

BACKLOG = 2048


@contextmanager
def listening(host: str, port: int) -> Generator[socket.socket]:
    """Listen while the context is open.

    Raises:
        AddressInUseError: Another program listens there, or the address is not ours.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind)
    except OSError as error:
        msg = f"{host} is no address of this machine: {error}"
        raise AddressInUseError(msg) from error
    with bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(address)
            bound.listen(BACKLOG)
        except OSError as error:
            why = f"port {port} on {host} cannot be used: {error.strerror}"
            hint = "choose another with --port or FOURPASS_PORT"
            msg = f"{why}; {hint}"
            raise AddressInUseError(msg) from error
        yield bound


def base_url(bound: socket.socket) -> str:
    """Return the URL under which this machine reaches the socket."""
    host, port = cast("tuple[str, int]", bound.getsockname()[:2])
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - shown, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
