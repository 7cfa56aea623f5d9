"""Running the application on a port, with uvicorn and uvloop."""

from __future__ import annotations

import gc
import socket
from typing import TYPE_CHECKING, Any

import anyio
import uvicorn
from typing_extensions import override

from edge.door.slow_callers import BoundedProtocol, SlowCallers

if TYPE_CHECKING:
    from types import FrameType

    from litestar import Litestar

    from edge.settings import EdgeSettings

_KEEP_ALIVE_S = 75
_GRACE_S = 20
_BACKLOG = 2048
# The server ticks ten times a second.
_TICKS_OF_A_LOOK = 10
_ROUND_AFTER = 10_000


class EdgeServer(uvicorn.Server):
    """A server that ends its endless replies first, and leaves with exit code 0 when told to.

    Uvicorn would wait for live streams until its patience ends, and then raise the signal again.
    """

    def __init__(self, config: uvicorn.Config, app: Litestar) -> None:
        super().__init__(config)
        self._app = app
        self._slow_callers = SlowCallers()

    @override
    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS_OF_A_LOOK == 0:
            connections = self.server_state.connections
            self._slow_callers.hang_up(connections, anyio.current_time())
        return await super().on_tick(counter)

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.ports.streams.stopping.set()
        await super().shutdown(sockets)

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.should_exit = True


def serve_app(app: Litestar, settings: EdgeSettings) -> None:
    """Serve until SIGTERM or SIGINT, and then at most 20 s longer for what is under way.

    Raises:
        OSError: The port cannot be had.
    """
    config = server_config(app)
    spare_the_collector()
    with _listen(settings) as listener:
        EdgeServer(config, app).run(sockets=[listener])


def server_config(app: Any) -> uvicorn.Config:  # noqa: ANN401 - any ASGI application
    """Return how an application is served here."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=BoundedProtocol,
        lifespan="on",
        ws="none",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )


def spare_the_collector() -> None:
    """Take what is loaded by now, and stays, out of the garbage collector's rounds.

    It would go through all of it again and again, in the middle of somebody's alert; what alerts
    leave behind is seldom in a circle, so a round is worth while less often, too.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ROUND_AFTER, *gc.get_threshold()[1:])


def _listen(settings: EdgeSettings) -> socket.socket:
    """Take the port; it is shared only where that is asked for, or two servers would mix."""
    if settings.listen_fd is not None:
        return socket.socket(fileno=settings.listen_fd)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server(
        (settings.host, settings.port),
        family=family,
        backlog=_BACKLOG,
        reuse_port=settings.shares_port,
    )
