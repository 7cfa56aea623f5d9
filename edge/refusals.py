"""The refusals of an alert that are no fault of its body."""

from __future__ import annotations

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


def refused_with(code: str, kind: type[ApiError] = ApiError) -> ApiError:
    """Return the refusal of this code: 403, or 401 where the token is gone meanwhile."""
    if code == "unknown_token":
        return unknown_token(kind)
    message, hint = _FORBIDDEN.get(code, (phrase("refused"), None))
    return kind(403, code, message, hint=hint)
