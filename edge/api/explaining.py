"""What an alert's body means, asked before it is ever sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from litestar import MediaType, Request, Response, post
from litestar.params import QueryParameter

from edge.alerts.alert import Alert
from edge.alerts.preview import preview
from edge.api.own import recognised_own
from edge.door.guards import needs
from edge.given import Caller, PortsGiven
from edge.language import language_of
from edge.trace import trace_of

if TYPE_CHECKING:
    from handlers.records.accounts import Recognised

StrategyQuery = Annotated[
    UUID | None, QueryParameter(description="Plan it for this strategy of yours.")
]


@post(
    "/api/signals/explain",
    guards=[needs("read")],
    status_code=200,
    tags=["Signals"],
    summary="Explain an alert's body",
)
async def explain_signal(
    request: Request[Any, Any, Any],
    ports: PortsGiven,
    principal: Caller,
    strategy_id: StrategyQuery = None,
) -> Response[bytes]:
    """Say what the raw body would mean as an alert, and plan it where a strategy is named."""
    recognised: Recognised | None = None
    if strategy_id is not None:
        recognised = await recognised_own(ports, principal.user_id, strategy_id)
    alert = Alert(
        token=None,
        body=await request.body(),
        is_paper_only=False,
        received_at=ports.clock.now(),
        trace=trace_of(request.scope),
    )
    said = await preview(ports, alert, recognised, language=language_of(request))
    return Response(said, media_type=MediaType.JSON)


ROUTES = (explain_signal,)
