"""Who does something through the API, in the words of the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request  # noqa: TC002 - Litestar reads these annotations when it starts
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from edge.trace import trace_of
from handlers.audit import Deed
from telemetry.propagation import TraceContext

if TYPE_CHECKING:
    from handlers.records import Principal


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
    """Return who calls, by the key they came with, and from where; the guard found them."""
    principal: Principal = request.scope["user"]
    return Doer(
        actor=f"api_key:{principal.key_id}",
        address=None if request.client is None else request.client.host,
        trace=trace_of(request.scope),
    )
