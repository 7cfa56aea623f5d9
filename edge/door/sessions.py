"""Beginning a session: a new token, the cookies, and the reply that the page needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from litestar import Response

from bus.ids import uuid7
from edge.door.access import tell_of_access
from edge.door.client_address import address_of, place_of
from edge.door.cookies import device_cookie, read_cookie, session_cookie, set_device, set_session
from edge.door.doing import doer_as
from edge.errors import ApiError
from handlers.identity.tokens import csrf_token, hash_secret, new_secret
from handlers.records.people import NewSession, Opening

if TYPE_CHECKING:
    from litestar import Request
    from litestar.datastructures import Cookie

    from bus.values import UserId
    from edge.ports import Ports
    from handlers.records.access import Principal, Session

_LONGEST_AGENT = 200


class UserBody(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    id: UUID
    email: str
    locale: str
    roles: list[str]
    has_totp: bool


class SignedInBody(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, and what the page sends as `X-CSRF-Token` with every change."""

    user: UserBody
    csrf_token: str


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A session that is still to begin, and the token that stands for it."""

    token: str
    opening: Opening

    def __repr__(self) -> str:
        return "Drawn()"


async def begin_session(
    ports: Ports,
    request: Request[Any, Any, Any],
    user: UserId,
    *,
    is_stepped_up: bool = False,
    is_known_device: bool = False,
) -> Response[SignedInBody]:
    """Sign a user in: whatever session the browser showed before ends, and has no say."""
    drawn = draw_session(ports, request, user, is_stepped_up=is_stepped_up)
    await ports.store.sessions.open(drawn.opening)
    return await begun(ports, drawn, is_known_device=is_known_device)


def draw_session(
    ports: Ports, request: Request[Any, Any, Any], user: UserId, *, is_stepped_up: bool = False
) -> Drawn:
    """Return a session that is still to begin, in place of the one that the browser showed."""
    token = new_secret()
    old = read_cookie(request.scope, session_cookie(ports.settings))
    new = NewSession(
        id=uuid7(),
        user_id=user,
        address=place(ports, request),
        user_agent=request.headers.get("user-agent", "")[:_LONGEST_AGENT],
        is_stepped_up=is_stepped_up,
    )
    opening = Opening(
        session=new,
        token_hash=hash_secret(token),
        old_hash=hash_secret(old) if old else None,
        deed=doer_as(request, f"session:{new.id}").does("session.open"),
    )
    return Drawn(token=token, opening=opening)


async def begun(
    ports: Ports, drawn: Drawn, *, is_known_device: bool = False
) -> Response[SignedInBody]:
    """Hand a session out that has begun."""
    user, token = drawn.opening.session.user_id, drawn.token
    await tell_of_access(ports, user)
    cookies = [set_session(ports.settings, token)]
    if not is_known_device:
        cookies.append(await _know_device(ports, user))
    session = await ports.store.sessions.find(hash_secret(token))
    if session is None:
        # Somebody ended all of the user's sessions in the same moment.
        raise ApiError(401, "unauthenticated", "The session ended again. Please sign in anew.")
    return Response(signed_in(session, token), cookies=cookies)


def signed_in(session: Session, token: str) -> SignedInBody:
    """Print who is signed in."""
    user = UserBody(
        id=session.user_id,
        email=session.email,
        locale=session.locale,
        roles=sorted(session.roles),
        has_totp=session.has_totp,
    )
    return SignedInBody(user=user, csrf_token=csrf_token(token))


def session_of(principal: Principal) -> Session:
    """Return the session that the guard `in_session` saw."""
    if principal.session is None:
        raise ApiError(403, "forbidden", "This needs a session; a key is not enough.")
    return principal.session


def place(ports: Ports, request: Request[Any, Any, Any]) -> str:
    """Return where a request comes from, as limits count it and session lists show it."""
    return place_of(address_of(request.scope, hops=ports.settings.proxy_hops))


def device_of(ports: Ports, request: Request[Any, Any, Any]) -> str:
    """Return what the browser shows to be known by, or nothing."""
    return read_cookie(request.scope, device_cookie(ports.settings)) or ""


async def _know_device(ports: Ports, user: UserId) -> Cookie:
    token = new_secret()
    await ports.store.sessions.know_device(user, device_hash=hash_secret(token))
    return set_device(ports.settings, token)
