"""What each exception becomes on its way out: its status, its code, and words for who asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import structlog
from litestar import MediaType, Response
from litestar.exceptions import (
    HTTPException,
    ValidationException,
)

from broker_adapters.errors import BrokerUnavailableError
from bus.errors import TransportUnavailableError
from edge.errors import ApiError, encode_error, unavailable
from edge.trace import trace_of
from handlers.errors import (
    AlreadyExistsError,
    NotFoundError,
    RefusedError,
    StoreUnavailableError,
)
from handlers.identity.errors import TooBusyError, TooManyAttemptsError
from handlers.throttle.errors import ThrottleUnavailableError
from handlers.vault.errors import VaultUnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar import Request

_log = structlog.get_logger("edge.error_replies")
_UNKNOWN_FIELD = re.compile(r"unknown field `([^`]+)`")
_MISSING_FIELD = re.compile(r"missing required field `([^`]+)`")
_AT_PATH = re.compile(r"`\$\.?([^`]*)`")

# Where a request's state says that it was answered with an error.
FAILED = "fourpass_failed"
_CODES = {
    400: "invalid_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
}
_REFUSED = {
    "account_disabled": 403,
    "kill_switch_active": 403,
    "bad_credentials": 401,
    "totp_required": 401,
    "bad_code": 400,
    "invalid_email": 400,
    "weak_password": 400,
    "invalid_token": 400,
    "step_up_required": 403,
    "too_many_attempts": 429,
}
_PLAIN = {
    "account_disabled": "The account is disabled.",
    "kill_switch_active": "The kill switch is engaged.",
    "too_many_symbols": "You map as many symbols as can be kept.",
    "orders_working": "An order of this account is not over yet.",
    "live_trading_armed": "A live account is enabled; live trading needs a second factor.",
}
_MESSAGES = {
    401: "An API key is needed.",
    403: "This key may not do that.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The body is too large.",
}


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Turn any exception into a reply; nothing of its inside is shown."""
    known = translate(error)
    if known.status >= 500:
        _log_ours(request, known, error)
    request.scope["state"][FAILED] = True
    headers: Mapping[str, str] = getattr(error, "headers", None) or {}
    shown = {name: value for name, value in headers.items() if name.lower() == "allow"}
    if known.status == 401:
        shown["www-authenticate"] = "Bearer"
    if known.retry_after_s is not None:
        shown["retry-after"] = str(known.retry_after_s)
    return Response(
        encode_error(known, trace_of(request.scope).trace_id),
        status_code=known.status,
        media_type=MediaType.JSON,
        headers=shown,
    )


def _log_ours(request: Request[Any, Any, Any], known: ApiError, error: Exception) -> None:
    fields = {
        "path": _path_of(request.scope),
        "trace_id": trace_of(request.scope).trace_id,
        "error": type(error).__name__,
    }
    if known.status == 503:
        _log.warning("request_not_served", code=known.code, **fields)
    else:
        _log.error("request_failed", exc_info=error, **fields)


def _path_of(scope: Mapping[str, Any]) -> str:
    """Return the route's template: a path itself may hold a token."""
    return str(scope.get("path_template", ""))


def translate(error: Exception) -> ApiError:
    """Return what the caller is told about an exception."""
    match error:
        case ApiError():
            return error
        case RecursionError():
            return ApiError(400, "too_deep", "The body is nested too deeply.")
        case ValidationException() | HTTPException(status_code=400):
            return _invalid(error)
        case HTTPException():
            return _http(error)
        case _:
            return _away(error) or _at_the_door(error) or _ours(error)


def _away(error: Exception) -> ApiError | None:
    match error:
        case StoreUnavailableError():
            return unavailable()
        case TransportUnavailableError():
            return unavailable("The queue")
        case BrokerUnavailableError():
            return unavailable("The venue")
        case VaultUnavailableError():
            return unavailable("The keeper of the keys")
        case TimeoutError():
            return unavailable("The server")
        case _:
            return None


def _at_the_door(error: Exception) -> ApiError | None:
    match error:
        case TooManyAttemptsError():
            refusal = ApiError(429, error.code, str(error))
            refusal.retry_after_s = error.wait_s
            return refusal
        case ThrottleUnavailableError() | TooBusyError():
            message = "Nobody can sign in at the moment. Please try again."
            return ApiError(503, "sign_in_unavailable", message)
        case _:
            return None


def _ours(error: Exception) -> ApiError:
    match error:
        case NotFoundError():
            return ApiError(404, "not_found", str(error) or "There is no such thing of yours.")
        case AlreadyExistsError():
            return ApiError(409, "already_exists", str(error) or "It exists already.")
        case RefusedError():
            said = str(error)
            message = _PLAIN.get(error.code, "A rule refuses this.") if said == error.code else said
            return ApiError(_REFUSED.get(error.code, 409), error.code, message)
        case _:
            return ApiError(
                500, "internal_error", "This is our fault; the trace id helps us find it."
            )


def _http(error: HTTPException) -> ApiError:
    status = error.status_code
    code = _CODES.get(status, "invalid_request" if status < 500 else "internal_error")
    return ApiError(status, code, _MESSAGES.get(status, "The request cannot be served."))


def _invalid(error: HTTPException) -> ApiError:
    """Find the field that a decoder or a parameter parser complains about."""
    field, text = _complaint(error)
    if match := _MISSING_FIELD.search(text):
        return ApiError(400, "missing_field", f"{match[1]} is missing.", field=match[1])
    if match := _UNKNOWN_FIELD.search(text):
        return _in_field(match[1], "is not known here")
    if match := _AT_PATH.search(text):
        return _in_field(match[1].split(".")[0] or None, text)
    if field is not None:
        return _in_field(None if field == "data" else field, text)
    return ApiError(400, "invalid_request", "The request cannot be read.", hint=text[:200] or None)


def _complaint(error: HTTPException) -> tuple[str | None, str]:
    extra: Any = error.extra
    try:
        return extra[0].get("key"), str(extra[0]["message"])
    except (TypeError, LookupError, AttributeError):
        return None, str(error.detail)


def _in_field(field: str | None, problem: str) -> ApiError:
    if field == "limit":
        message = "limit is a whole number from 1 to 200."
        return ApiError(400, "invalid_limit", message, field="limit")
    return ApiError(400, "invalid_field", f"{field or 'The body'}: {problem}"[:300], field=field)
