"""What API handlers may ask for by name: the ports, who calls, and which part of a list."""

from __future__ import annotations

from typing import Any

from litestar import Request  # noqa: TC002 - Litestar reads these annotations when it starts
from litestar.di import Provide

from edge.api.paging import read_filter, read_span
from edge.door.doing import doer_of
from edge.ports import Ports  # noqa: TC001 - as above
from handlers.records.access import Principal  # noqa: TC001 - as above


def read_ports(request: Request[Any, Any, Any]) -> Ports:
    """Return the open ports of this process."""
    ports: Ports = request.app.state.ports
    return ports


def read_principal(request: Request[Any, Any, Any]) -> Principal:
    """Return who calls, as the route's guard found."""
    principal: Principal = request.scope["user"]
    return principal


DEPENDENCIES = {
    "ports": Provide(read_ports, sync_to_thread=False),
    "principal": Provide(read_principal, sync_to_thread=False),
    "doer": Provide(doer_of, sync_to_thread=False),
    "where": Provide(read_filter, sync_to_thread=False),
    "span": Provide(read_span, sync_to_thread=False),
}
