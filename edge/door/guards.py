"""Who calls the API, by a key or by a cookie, and whether that allows it.

A request with an Authorization header is judged by its key alone: its cookies are not looked at,
so no other site can make a browser add anything to it.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from edge.door.client_address import address_of, place_of
from edge.door.cookies import read_cookie, session_cookie
from edge.door.csrf import require_own_page, require_token
from edge.door.sessions import session_of
from edge.errors import ApiError
from handlers.identity.tokens import KEY_PREFIX, hash_secret
from handlers.records.access import Principal
from handlers.records.people import Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

    from edge.ports import Ports

    Connection = ASGIConnection[Any, Any, Any, Any]
    Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]

SCOPES = ("read", "trade", "admin")
# Of a route that is not counted for its user: see `_authenticate`.
TAKES_RISK_AWAY: dict[str, Any] = {"takes_risk_away": True}
_SCOPES_OF = {
    Role.TRADER: frozenset(SCOPES),
    Role.OPERATOR: frozenset({"read", "admin"}),
}


def needs(scope: str) -> Guard:
    """Return a guard that lets in who has this scope."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        principal = await _authenticate(connection, handler)
        if scope not in principal.scopes:
            raise ApiError(403, "forbidden", f"This needs the scope `{scope}`.")
        _refuse_unknown_parameters(connection, handler)
        connection.scope["user"] = principal

    return guard


async def in_session(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let in who is signed in; a key is not, so no key changes how its owner signs in."""
    principal = await _authenticate(connection, handler)
    session_of(principal)
    _refuse_unknown_parameters(connection, handler)
    connection.scope["user"] = principal


async def operates(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let in operators who are signed in; no key sees what is everybody's."""
    await in_session(connection, handler)
    if Role.OPERATOR not in connection.scope["user"].roles:
        raise ApiError(403, "forbidden", "This is for operators.")


async def at_the_door(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Let in anybody who is not sent by a foreign page: signing in must be one's own wish."""
    await _count_address(connection)
    require_own_page(connection.scope, _ports(connection).settings)


def _refuse_unknown_parameters(connection: Connection, handler: BaseRouteHandler) -> None:
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


async def _authenticate(connection: Connection, handler: BaseRouteHandler) -> Principal:
    """Say who calls, and count it; what only takes risk away is never too much of its user."""
    await _count_address(connection)
    header = connection.headers.get("authorization")
    found = await (_by_cookie(connection) if header is None else _by_key(connection, header))
    if not handler.opt.get("takes_risk_away"):
        await _ports(connection).quotas.take_for_user(found.user_id)
    return found


async def _count_address(connection: Connection) -> None:
    ports = _ports(connection)
    place = place_of(address_of(connection.scope, hops=ports.settings.proxy_hops))
    await ports.quotas.take_for_address(place)


async def _by_key(connection: Connection, header: str) -> Principal:
    ports = _ports(connection)
    key = _bearer(header)
    principal = await ports.store.identity.principal(hash_secret(key)) if key else None
    if principal is None:
        raise _unauthenticated()
    if principal.expires_at is not None and principal.expires_at <= ports.clock.now():
        raise _unauthenticated()
    if principal.networks and not _is_within(connection, principal.networks):
        raise ApiError(403, "forbidden", "This key may not be used from this address.")
    return principal


async def _by_cookie(connection: Connection) -> Principal:
    ports = _ports(connection)
    token = read_cookie(connection.scope, session_cookie(ports.settings))
    session = await ports.store.sessions.find(hash_secret(token)) if token else None
    if token is None or session is None:
        raise _unauthenticated()
    require_own_page(connection.scope, ports.settings)
    require_token(connection.scope, token)
    return Principal(
        user_id=session.user_id,
        key_id=None,
        scopes=scopes_of(session.roles),
        expires_at=session.expires_at,
        roles=session.roles,
        session=session,
    )


def scopes_of(roles: frozenset[str]) -> frozenset[str]:
    """Return what a session may do, by its user's roles."""
    return frozenset(scope for role in roles for scope in _SCOPES_OF[Role(role)])


def _is_within(connection: Connection, networks: tuple[str, ...]) -> bool:
    address = address_of(connection.scope, hops=_ports(connection).settings.proxy_hops)
    return address is not None and any(address in ip_network(each) for each in networks)


def _ports(connection: Connection) -> Ports:
    ports: Ports = connection.app.state.ports
    return ports


def _bearer(header: str) -> str | None:
    scheme, _, key = header.partition(" ")
    key = key.strip()
    return key if scheme.lower() == "bearer" and key.startswith(KEY_PREFIX) else None


def _unauthenticated() -> ApiError:
    return ApiError(
        401,
        "unauthenticated",
        "A valid API key or a session is needed.",
        hint="Send a key as `Authorization: Bearer fp_…`, or sign in.",
    )
