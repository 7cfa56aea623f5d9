"""The hot route: an alert comes in as raw ASGI, and leaves as 202 once it is on record.

It never answers 504, and no 5xx but 503: after 503 alone TradingView sends an alert again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import anyio
import msgspec
import structlog
from litestar import MediaType, Response, asgi

from bus.errors import BusError
from edge.alert import Alert
from edge.body import DisconnectedError, read_body
from edge.dispatch import follow_up
from edge.dry_run import try_dry
from edge.errors import ApiError, encode_error, unavailable
from edge.intake import take_in
from edge.replies import send_json
from edge.trace import trace_of
from handlers.errors import StoreUnavailableError

if TYPE_CHECKING:
    from litestar import Request
    from litestar.handlers import ASGIRouteHandler
    from litestar.types import Receive, Scope, Send

    from edge.alert import Taken
    from edge.ports import Ports

BODY_LIMIT = 16 * 1024

_DEADLINE = 2.0
_POST = ((b"allow", b"POST"),)
_RETRY = ((b"retry-after", b"5"),)
_TRUE = frozenset({"", "true", "1"})
_FALSE = frozenset({"false", "0"})

_log = structlog.get_logger("edge.webhooks")


class Address(msgspec.Struct, frozen=True):
    """What the address of a webhook says. Without a token, the body holds it."""

    token: str | None
    is_dry: bool = False
    is_seed: bool = False


def webhook_route() -> ASGIRouteHandler:
    """Return the handler that takes everything below `/webhook`."""
    return asgi(
        "/webhook",
        is_mount=True,
        copy_scope=False,
        exception_handlers={Exception: answer_fault},
    )(serve_webhook)


def answer_fault(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer a fault of ours 503, so that the alert is sent again; nothing of it is shown."""
    trace_id = trace_of(request.scope).trace_id
    _log.error("alert failed", trace_id=trace_id, exc_info=error)
    return Response(
        encode_error(unavailable(), trace_id),
        status_code=503,
        media_type=MediaType.JSON,
        headers={name.decode(): value.decode() for name, value in _RETRY},
    )


async def serve_webhook(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request below `/webhook`, whatever it is."""
    trace = trace_of(scope)
    try:
        await _serve(scope, receive, send)
    except DisconnectedError:
        return
    except ApiError as error:
        headers = _POST if error.status == 405 else _RETRY if error.status == 503 else ()
        await send_json(send, error.status, encode_error(error, trace.trace_id), headers)
        _log.info("alert refused", status=error.status, code=error.code, trace_id=trace.trace_id)


def read_address(path: str) -> Address:
    """Read the path below `/webhook`.

    Raises:
        ApiError: 404 where there is no such address.
    """
    match path.strip("/").split("/"):
        case ["tradingview"]:
            return Address(None)
        case ["tradingview", token]:
            return Address(token)
        case ["tradingview", token, "dry-run"]:
            return Address(token, is_dry=True)
        case [token, "order"]:
            return Address(token, is_seed=True)
        case _:
            raise ApiError(404, "not_found", "There is no webhook at this address.")


async def _serve(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        raise DisconnectedError
    address = read_address(scope["path"])
    if scope["method"] != "POST":
        raise ApiError(405, "method_not_allowed", "A webhook takes POST.")
    ports: Ports = scope["litestar_app"].state.ports
    alert = Alert(
        token=address.token,
        body=b"",
        is_paper_only=address.is_seed and _is_simulation(scope["query_string"]),
        received_at=ports.clock.now(),
        trace=trace_of(scope),
    )
    alert = await _with_body(alert, scope, receive)
    if address.is_dry:
        await send_json(send, 200, await _try_dry(ports, alert))
        return
    taken = await _take_in(ports, alert)
    await send_json(send, taken.answer.status, taken.answer.body)
    _log.info(
        "alert",
        status=taken.answer.status,
        outcome=taken.answer.outcome,
        code=taken.answer.code,
        signal_id=taken.answer.signal_id,
        user_id=str(taken.user_id),
        trace_id=taken.trace.trace_id,
    )
    await follow_up(ports, taken)


async def _with_body(alert: Alert, scope: Scope, receive: Receive) -> Alert:
    """Read the body; one that is too large is known as such, so that it can be written down."""
    try:
        body = await read_body(receive, scope["headers"], limit=BODY_LIMIT)
    except ApiError as error:
        return msgspec.structs.replace(alert, unreadable=error)
    return msgspec.structs.replace(alert, body=body)


async def _try_dry(ports: Ports, alert: Alert) -> bytes:
    try:
        with anyio.fail_after(_DEADLINE):
            return await try_dry(ports, alert)
    except (StoreUnavailableError, TimeoutError) as error:
        raise unavailable() from error


async def _take_in(ports: Ports, alert: Alert) -> Taken:
    """Take the alert in, or say 503: so that it is sent again, and nothing waits for us."""
    try:
        with anyio.fail_after(_DEADLINE):
            return await take_in(ports, alert)
    except (StoreUnavailableError, BusError, TimeoutError) as error:
        _log.warning("alert not recorded", trace_id=alert.trace.trace_id, why=type(error).__name__)
        raise unavailable() from error


def _is_simulation(query: bytes) -> bool:
    """Read the seed form's switch; only an explicit false leaves the strategy's mode as it is."""
    values = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("simulation", [""])
    word = values[-1].strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ApiError(400, "invalid_mode", "simulation is true or false.", field="simulation")
