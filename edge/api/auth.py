"""Coming in: signing up, confirming the address, signing in and out, and one-time links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import JSONBody

from edge.door.access import tell_of_access
from edge.door.cookies import clear_session, read_cookie, session_cookie
from edge.door.doing import DoerGiven, doer_as
from edge.door.guards import at_the_door, in_session
from edge.door.sessions import SignedInBody, begin_session, device_of, place, session_of, signed_in
from edge.given import Caller, PortsGiven
from handlers.identity import signing_in, signing_up
from handlers.identity.links import use_link

if TYPE_CHECKING:
    from handlers.records.audit import Deed

_TAGS = ["Sign-in"]
_DOOR = [at_the_door]
_SESSION = [in_session]

Email = Annotated[str, msgspec.Meta(max_length=320)]
Password = Annotated[str, msgspec.Meta(max_length=1024)]
Token = Annotated[str, msgspec.Meta(max_length=128)]
Code = Annotated[str, msgspec.Meta(max_length=32)]


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of what is asked for here: no field but those, and never printed."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class SignUpWish(Wish, frozen=True, kw_only=True):
    """Somebody who wants to be a user.

    Attributes:
        password: 12 characters or more, and none of the first that anybody would guess.
        locale: The language of mails: `en` or `zh-TW`.
    """

    email: Email
    password: Password
    locale: str = "en"


class SignInWish(Wish, frozen=True, kw_only=True):
    """Somebody who wants to come in.

    Attributes:
        totp: A code of the second factor, or a recovery code, where there is one.
    """

    email: Email
    password: Password
    totp: Code | None = None


class TokenWish(Wish, frozen=True, kw_only=True):
    """A token out of a mail."""

    token: Token


class LinkWish(Wish, frozen=True, kw_only=True):
    """The token of a sign-in link; `totp` where the user has a second factor."""

    token: Token
    totp: Code | None = None


class StatusBody(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it."""

    status: str


@post("/api/auth/sign-up", guards=_DOOR, status_code=202, tags=_TAGS, summary="Sign up")
async def sign_up(
    request: Request[Any, Any, Any], ports: PortsGiven, data: JSONBody[SignUpWish]
) -> StatusBody:
    """Mail a token to the address; the reply is the same whether it is known or not."""
    await signing_up.sign_up(
        ports.identity,
        data.email,
        data.password,
        locale=data.locale,
        place=place(ports, request),
    )
    return StatusBody(status="mailed")


@post("/api/auth/verify", guards=_DOOR, status_code=200, tags=_TAGS, summary="Confirm an address")
async def verify(
    request: Request[Any, Any, Any], ports: PortsGiven, data: JSONBody[TokenWish]
) -> StatusBody:
    """Make the user whose address the mailed token confirms."""
    deed = doer_as(request, "mailed_token").does("user.create")
    await signing_up.verify(ports.identity, data.token, deed=deed)
    return StatusBody(status="verified")


@post("/api/auth/sign-in", guards=_DOOR, status_code=200, tags=_TAGS, summary="Sign in")
async def sign_in(
    request: Request[Any, Any, Any], ports: PortsGiven, data: JSONBody[SignInWish]
) -> Response[SignedInBody]:
    """Begin a session and set its cookie; the reply's `csrf_token` goes with every change."""
    attempt = signing_in.Attempt(
        email=data.email,
        password=data.password,
        totp=data.totp,
        device=device_of(ports, request),
        place=place(ports, request),
        deed=_refused(request),
    )
    found = await signing_in.sign_in(ports.identity, attempt)
    return await begin_session(
        ports,
        request,
        found.id,
        is_stepped_up=found.has_totp,
        is_known_device=found.is_known_device,
    )


@post("/api/auth/link", guards=_DOOR, status_code=200, tags=_TAGS, summary="Use a sign-in link")
async def sign_in_by_link(
    request: Request[Any, Any, Any], ports: PortsGiven, data: JSONBody[LinkWish]
) -> Response[SignedInBody]:
    """Begin a session by a link that was handed out; it is good once, for 30 minutes.

    401 `totp_required` leaves it good: it is asked again, with a code.
    """
    user, has_totp = await use_link(
        ports.identity,
        data.token,
        data.totp,
        place=place(ports, request),
        deed=_refused(request),
    )
    return await begin_session(ports, request, user, is_stepped_up=has_totp)


@post("/api/auth/sign-out", guards=_SESSION, status_code=204, tags=_TAGS, summary="Sign out")
async def sign_out(ports: PortsGiven, principal: Caller, doer: DoerGiven) -> Response[None]:
    """End this session."""
    session = session_of(principal)
    deed = doer.does("session.end")
    await ports.store.sessions.end(session.user_id, session.id, deed=deed)
    await tell_of_access(ports, session.user_id)
    return Response(None, cookies=[clear_session(ports.settings)])


@get("/api/auth/session", guards=_SESSION, tags=_TAGS, summary="Who is signed in?")
async def read_session(
    request: Request[Any, Any, Any], ports: PortsGiven, principal: Caller
) -> SignedInBody:
    """Return who is signed in, and the `csrf_token` that goes with every change."""
    token = read_cookie(request.scope, session_cookie(ports.settings)) or ""
    return signed_in(session_of(principal), token)


def _refused(request: Request[Any, Any, Any]) -> Deed:
    return doer_as(request, "stranger").does("session.refuse")


ROUTES = (sign_up, verify, sign_in, sign_in_by_link, sign_out, read_session)
