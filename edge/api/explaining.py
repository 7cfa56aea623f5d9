"""What an alert's body means, asked before it is ever sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from litestar import MediaType, Request, Response, post
from litestar.params import QueryParameter

from edge.alert import Alert
from edge.errors import not_found
from edge.given import Caller, PortsGiven
from edge.guards import needs
from edge.preview import preview
from edge.trace import trace_of
from handlers.records.accounts import Recognised

if TYPE_CHECKING:
    from bus.values import UserId
    from edge.ports import Ports

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
        recognised = await _strategy(ports, principal.user_id, strategy_id)
    alert = Alert(
        token=None,
        body=await request.body(),
        is_paper_only=False,
        received_at=ports.clock.now(),
        trace=trace_of(request.scope),
    )
    said = await preview(ports, alert, recognised, language=_language(request))
    return Response(said, media_type=MediaType.JSON)


async def _strategy(ports: Ports, user: UserId, strategy_id: UUID) -> Recognised:
    for strategy in await ports.store.catalogue.strategies(user):
        if strategy.id == strategy_id:
            known = {account.id: account for account in await ports.store.catalogue.accounts(user)}
            switch = await ports.store.switches.read(user)
            return Recognised(
                strategy=strategy,
                accounts=tuple(known[account] for account in strategy.accounts),
                is_switch_engaged=switch.is_engaged,
                overrides=tuple(await ports.store.symbols.overrides(user)),
            )
    raise not_found("strategy")


def _language(request: Request[Any, Any, Any]) -> str:
    """Read the first language that the caller takes; all but Chinese is answered in English."""
    first = request.headers.get("accept-language", "").strip().lower()
    return "zh-TW" if first.startswith("zh") else "en"


ROUTES = (explain_signal,)
