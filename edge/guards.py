"""Who calls the API, and whether the key's scopes allow it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from edge.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

    from edge.ports import Ports
    from handlers.records import Principal

KEY_PREFIX = "fp_"
SCOPES = ("read", "trade", "admin")


def hash_key(key: str) -> bytes:
    """Return what is kept of an API key."""
    return sha256(key.encode("utf-8", "surrogatepass")).digest()


def needs(
    scope: str,
) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]:
    """Return a guard that lets in keys with this scope."""

    async def guard(
        connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        principal = await _authenticate(connection)
        if scope not in principal.scopes:
            raise ApiError(403, "forbidden", f"This key lacks the scope `{scope}`.")
        _refuse_unknown_parameters(connection, handler)
        connection.scope["user"] = principal

    return guard


def _refuse_unknown_parameters(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """A filter that is not known, or misspelt, would show more than was asked for."""
    takes: frozenset[str] | None = handler.opt.get("takes")
    for name in connection.query_params if takes is not None else ():
        if takes is not None and name not in takes:
            raise ApiError(
                400,
                "invalid_field",
                f"{name[:64]} is no parameter of this list.",
                field=name[:64],
                hint="It takes " + ", ".join(sorted(takes)) + ".",
            )


async def _authenticate(connection: ASGIConnection[Any, Any, Any, Any]) -> Principal:
    ports: Ports = connection.app.state.ports
    key = _bearer(connection.headers.get("authorization", ""))
    principal = await ports.store.identity.principal(hash_key(key)) if key else None
    if principal is None:
        raise _unauthenticated()
    if principal.expires_at is not None and principal.expires_at <= ports.clock.now():
        raise _unauthenticated()
    return principal


def _bearer(header: str) -> str | None:
    scheme, _, key = header.partition(" ")
    key = key.strip()
    return key if scheme.lower() == "bearer" and key.startswith(KEY_PREFIX) else None


def _unauthenticated() -> ApiError:
    return ApiError(
        401,
        "unauthenticated",
        "A valid API key is needed.",
        hint="Send it as `Authorization: Bearer fp_…`.",
    )
