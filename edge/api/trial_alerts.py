"""A test alert: the way of a webhook, its strategy named by a session, and always on paper."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
from litestar import MediaType, Request, Response, post

from edge.alerts.alert import Alert
from edge.alerts.dispatch import follow_up, hint
from edge.alerts.intake import take_in_test
from edge.alerts.webhooks import BODY_LIMIT
from edge.api.own import recognised_own
from edge.door.doing import DoerGiven
from edge.door.guards import in_session
from edge.errors import ApiError, unavailable
from edge.given import Caller, IdInPath, PortsGiven
from edge.language import language_of
from edge.trace import trace_of
from handlers.errors import StoreUnavailableError
from handlers.records.audit import told

if TYPE_CHECKING:
    from edge.alerts.alert import Taken
    from edge.door.doing import Doer
    from edge.ports import Ports

_RECORD_TIME = 2.0


@post(
    "/api/strategies/{strategy_id:uuid}/test",
    guards=[in_session],
    status_code=202,
    tags=["Strategies"],
    summary="Send a strategy a test alert",
)
async def send_test_alert(
    request: Request[Any, Any, Any],
    ports: PortsGiven,
    doer: DoerGiven,
    principal: Caller,
    strategy_id: IdInPath,
) -> Response[bytes]:
    """Take the raw body in as the strategy's webhook would; whoever is signed in needs no token.

    It is recorded under the dialect `test`, and its orders are paper orders: at a live account
    they are denied.
    """
    if "trade" not in principal.scopes:
        raise ApiError(403, "forbidden", "This needs the scope `trade`.")
    body = await request.body()
    if len(body) > BODY_LIMIT:
        raise ApiError(413, "body_too_large", f"A body may be {BODY_LIMIT // 1024} KiB at most.")
    alert = Alert(
        token=None,
        body=body,
        is_paper_only=True,
        received_at=ports.clock.now(),
        trace=trace_of(request.scope),
        is_test=True,
        language=language_of(request),
    )
    look = partial(recognised_own, ports, principal.user_id, strategy_id)
    try:
        with anyio.fail_after(_RECORD_TIME):
            taken = await take_in_test(ports, alert, look)
    except (StoreUnavailableError, TimeoutError) as error:
        raise unavailable() from error
    hinted = await hint(ports, taken.user_id, *taken.hints) if taken.hints else None
    await follow_up(ports, taken, hinted)
    await _tell(ports, doer, taken, str(strategy_id))
    answer = taken.answer
    return Response(answer.body, status_code=answer.status, media_type=MediaType.JSON)


async def _tell(ports: Ports, doer: Doer, taken: Taken, strategy: str) -> None:
    """Write the test into the log; it is done by now, whether or not that succeeds."""
    after = {"signal": str(taken.answer.signal_id), "outcome": taken.answer.outcome}
    entry = told(doer.does("strategy.test"), taken.user_id, f"strategy:{strategy}", after=after)
    try:
        if entry is not None:
            await ports.store.audit.append(entry)
    except StoreUnavailableError:
        return


ROUTES = (send_test_alert,)
