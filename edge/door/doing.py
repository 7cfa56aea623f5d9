"""Who does something through the API, in the words of the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request  # noqa: TC002 - Litestar reads these annotations when it starts
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from edge.door.client_address import address_of
from edge.trace import trace_of
from handlers.records.audit import Deed
from telemetry.propagation import TraceContext

if TYPE_CHECKING:
    from edge.ports import Ports
    from handlers.records.access import Principal


class Doer(msgspec.Struct, frozen=True, kw_only=True):
    """A caller, before it is known what they do."""

    actor: str
    address: str | None
    trace: TraceContext

    def does(self, action: str) -> Deed:
        """Return a deed of this caller, `action` as `thing.verb`."""
        return Deed(
            actor=self.actor,
            action=action,
            address=self.address,
            trace_id=self.trace.trace_id,
        )


DoerGiven = NamedDependency[SkipValidation[Doer]]


def doer_of(request: Request[Any, Any, Any]) -> Doer:
    """Return who calls, by the key or the session they came with; the guard found them."""
    principal: Principal = request.scope["user"]
    session = principal.session
    actor = f"api_key:{principal.key_id}" if session is None else f"session:{session.id}"
    return doer_as(request, actor)


def doer_as(request: Request[Any, Any, Any], actor: str) -> Doer:
    """Return who calls where no guard knows them: somebody with a token, a session that begins."""
    ports: Ports = request.app.state.ports
    address = address_of(request.scope, hops=ports.settings.proxy_hops)
    return Doer(
        actor=actor,
        address=None if address is None else str(address),
        trace=trace_of(request.scope),
    )
