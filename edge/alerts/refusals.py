"""The refusals of an alert that are no fault of its body."""

from __future__ import annotations

from math import ceil

from edge.errors import ApiError
from handlers.phrases import phrase


class WrittenError(ApiError):
    """A refusal that the record decided, and has written down already."""


_FORBIDDEN = {
    "strategy_paused": (phrase("strategy_paused"), phrase("resume_it")),
    "kill_switch_active": (phrase("kill_switch_active"), phrase("release_it")),
    "account_disabled": (phrase("accounts_disabled"), phrase("enable_one")),
}


def unknown_token(kind: type[ApiError] = ApiError) -> ApiError:
    """Return the one answer to a token that is wrong in whatever way."""
    return kind(
        401,
        "unknown_token",
        phrase("unknown_token"),
        hint=phrase("copy_address"),
    )


def too_fast(refusal: ApiError, *, rate: float) -> ApiError:
    """Return the answer to an alert that is refused anyway, and comes faster than its limit."""
    said = ApiError(
        429,
        "rate_limited",
        "The strategy's alerts come faster than their limit, and this one was refused anyway.",
        hint=f"It would have been {refusal.status} {refusal.code}: {refusal.message}",
    )
    said.retry_after_s = ceil(1 / rate)
    return said


def refused_with(code: str, kind: type[ApiError] = ApiError) -> ApiError:
    """Return the refusal of this code: 403, or 401 where the token is gone meanwhile."""
    if code == "unknown_token":
        return unknown_token(kind)
    message, hint = _FORBIDDEN.get(code, (phrase("refused"), None))
    return kind(403, code, message, hint=hint)
