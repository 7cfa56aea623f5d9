"""The hot route: an alert comes in as raw ASGI, and leaves as 202 once it is on record.

It never answers 504, and no 5xx but 503: after 503 alone TradingView sends an alert again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import structlog

from bus.errors import BusError
from edge.alerts.address import read_address
from edge.alerts.alert import Alert
from edge.alerts.body import DisconnectedError, read_body
from edge.alerts.dispatch import follow_up, push_hints
from edge.alerts.dry_run import try_dry
from edge.alerts.intake import take_in
from edge.alerts.replies import send_json
from edge.errors import ApiError, at_fault, encode_error, unavailable
from edge.trace import trace_of
from handlers.errors import StoreUnavailableError

if TYPE_CHECKING:
    from litestar.types import HTTPScope, Receive, Send

    from bus.base import Hinted
    from bus.values import OrderId
    from edge.alerts.address import Address
    from edge.alerts.alert import Taken
    from edge.ports import Ports

BODY_LIMIT = 16 * 1024
# The logger, the event, and what every answered alert's line says beside it.
ALERT_LINE = (
    "edge.alerts.webhooks", "alert",
    "status", "outcome", "code", "signal_id", "order_ids", "user_id", "trace_id",
)  # fmt: skip

_PREFIX = "/webhook"
_RECORD_TIME = 2.0
_HINT_TIME = 0.3
_POST = ((b"allow", b"POST"),)
_RETRY = ((b"retry-after", b"5"),)

_log = structlog.get_logger("edge.alerts.webhooks")


def is_webhook(path: str) -> bool:
    """Say whether an address is one of the webhooks'."""
    return path.startswith(_PREFIX) and (len(path) == len(_PREFIX) or path[len(_PREFIX)] == "/")


async def serve_webhook(ports: Ports, scope: HTTPScope, receive: Receive, send: Send) -> None:
    """Answer one request below `/webhook`, whatever it is."""
    scope["state"] = {}
    began = ports.clock.monotonic()
    try:
        answered = await _answer(ports, scope, receive, send)
    except DisconnectedError:
        _log.debug("caller_left", trace_id=trace_of(scope).trace_id)
    except Exception as error:  # noqa: BLE001 - a fault of ours, and the alert must be sent again
        refusal = _refusal_of(error, scope)
        await _send_error(refusal, scope, send)
        ports.answers.count(refusal.status, ports.clock.monotonic() - began)
    else:
        if answered is not None:
            ports.answers.count(answered[0].answer.status, ports.clock.monotonic() - began)
            await _follow_up(ports, *answered)


async def _answer(
    ports: Ports, scope: HTTPScope, receive: Receive, send: Send
) -> tuple[Taken, Hinted | None] | None:
    """Take the alert in and answer; returns what is left to do, if it was more than a trial.

    It is read and recorded within one time, and hinted within another; not recorded in time is
    503. One limit serves them all: one for each would cost more than the reading does.
    """
    address = read_address(scope["path"][len(_PREFIX) :], scope["query_string"])
    if scope["method"] != "POST":
        raise ApiError(405, "method_not_allowed", "A webhook takes POST.")
    if address.is_dry:
        await send_json(send, 200, await _try_dry(ports, address, scope, receive))
        return None
    alert: Alert | None = None
    taken: Taken | None = None
    hinted: Hinted | None = None
    with ports.patience.within(_RECORD_TIME) as limit:
        alert = await _read(ports, address, scope, receive)
        taken = await take_in(ports, alert)
        if taken.hints:
            limit.renew(_HINT_TIME)
            hinted = await push_hints(ports, taken)
    if alert is None:
        raise ApiError(408, "request_timeout", "The body did not arrive within 2 s.")
    if taken is None:
        msg = f"not within {_RECORD_TIME:g} s"
        raise StoreUnavailableError(msg)
    await send_json(send, taken.answer.status, taken.answer.body)
    return taken, hinted


def _refusal_of(error: Exception, scope: HTTPScope) -> ApiError:
    """Say in one line why an alert is not taken, and return its answer."""
    trace_id = trace_of(scope).trace_id
    if isinstance(error, ApiError):
        _log.info(
            "alert_refused", status=error.status, code=error.code, trace_id=trace_id, **error.whose
        )
        return error
    if isinstance(error, (StoreUnavailableError, BusError)):
        answer, why = unavailable(), f"{type(error).__name__}: {error}"
        _log.error("alert_not_recorded", status=answer.status, trace_id=trace_id, why=why)
    else:
        answer = at_fault()
        _log.error("alert_failed", status=answer.status, trace_id=trace_id, exc_info=error)
    return answer


async def _send_error(error: ApiError, scope: HTTPScope, send: Send) -> None:
    headers = _POST if error.status == 405 else _RETRY if error.status == 503 else ()
    if error.status == 429:
        headers = ((b"retry-after", b"%d" % (error.retry_after_s or 1)),)
    await send_json(send, error.status, encode_error(error, trace_of(scope).trace_id), headers)


async def _follow_up(ports: Ports, taken: Taken, hinted: Hinted | None) -> None:
    """Do what is left: nothing that fails here can change the answer."""
    answer = taken.answer
    ports.afterwards.log(
        answer.status,
        answer.outcome,
        answer.code,
        answer.signal_id,
        _named(taken.orders),
        taken.user_id,
        taken.trace.trace_id,
    )
    await follow_up(ports, taken, hinted)


def _named(orders: tuple[OrderId, ...]) -> OrderId | str:
    """Return what a line says of an alert's orders; one is spelt when the line is written."""
    return orders[0] if len(orders) == 1 else ",".join(map(str, orders))


async def _try_dry(ports: Ports, address: Address, scope: HTTPScope, receive: Receive) -> bytes:
    try:
        with anyio.fail_after(_RECORD_TIME):
            return await try_dry(ports, await _read(ports, address, scope, receive))
    except (StoreUnavailableError, TimeoutError) as error:
        raise unavailable() from error


async def _read(ports: Ports, address: Address, scope: HTTPScope, receive: Receive) -> Alert:
    """Read the body; one that is too large is known as such, so that it can be written down."""
    received_at, body, unreadable = ports.clock.now(), b"", None
    try:
        body = await read_body(receive, scope["headers"], limit=BODY_LIMIT)
    except ApiError as error:
        unreadable = error
    return Alert(
        token=address.token,
        body=body,
        is_paper_only=address.is_paper_only,
        received_at=received_at,
        trace=trace_of(scope),
        unreadable=unreadable,
    )
