"""The second factor: enrolling one, showing it again, doing without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, Response, post
from litestar.params import JSONBody

from edge.api.auth import Code, Wish
from edge.door.doing import DoerGiven
from edge.door.guards import in_session
from edge.door.sessions import (
    SignedInBody,
    begin_session,
    begun,
    draw_session,
    place,
    session_of,
)
from edge.door.step_up import stepped_up
from edge.given import Caller, PortsGiven
from handlers.errors import RefusedError
from handlers.identity import attempts, second_factor

if TYPE_CHECKING:
    from handlers.records.access import Session

_TAGS = ["Sign-in"]
_SESSION = [in_session]


class CodeWish(Wish, frozen=True, kw_only=True):
    """A code of the authenticator app; but for enrolling, a recovery code does as well."""

    totp: Code


class EnrolmentBody(msgspec.Struct, frozen=True, kw_only=True):
    """A seed for the authenticator app, shown once; it counts when it is confirmed.

    Attributes:
        secret: To be typed in, base32.
        uri: To be shown as a QR code.
    """

    secret: str
    uri: str


class RecoveryBody(SignedInBody, frozen=True, kw_only=True):
    """Codes for the day the app is lost, each good once; they are never shown again."""

    recovery_codes: list[str]


@post(
    "/api/auth/totp/enroll",
    guards=_SESSION,
    status_code=200,
    tags=_TAGS,
    summary="Begin with a second factor",
)
async def enroll(ports: PortsGiven, principal: Caller) -> EnrolmentBody:
    """Draw a seed for an authenticator app; a seed that was not confirmed is replaced."""
    session = session_of(principal)
    made = await second_factor.enroll(ports.identity, session.user_id, email=session.email)
    return EnrolmentBody(secret=made.secret, uri=made.uri)


@post(
    "/api/auth/totp/confirm",
    guards=_SESSION,
    status_code=200,
    tags=_TAGS,
    summary="Put the second factor in force",
)
async def confirm(
    request: Request[Any, Any, Any],
    ports: PortsGiven,
    principal: Caller,
    doer: DoerGiven,
    data: JSONBody[CodeWish],
) -> Response[RecoveryBody]:
    """Show that the app has the seed: signing in takes a code, and the session begins anew."""
    session = session_of(principal)
    drawn = draw_session(ports, request, session.user_id)
    codes = await second_factor.confirm(
        ports.identity,
        drawn.opening,
        data.totp,
        caller=caller_of(session, place(ports, request)),
        deed=doer.does("totp.enable"),
    )
    new = await begun(ports, drawn, is_known_device=True)
    told = RecoveryBody(
        user=new.content.user, csrf_token=new.content.csrf_token, recovery_codes=codes
    )
    return Response(told, cookies=new.cookies)


@post(
    "/api/auth/totp/disable",
    guards=[in_session, stepped_up],
    status_code=204,
    tags=_TAGS,
    summary="Do without the second factor",
)
async def disable(ports: PortsGiven, principal: Caller, doer: DoerGiven) -> None:
    """Forget the second factor and its recovery codes; a fresh code is needed for that.

    409 `live_trading_armed` while a live account is enabled: disable it first.
    """
    session = session_of(principal)
    if not await ports.store.totp.disable(session.user_id, deed=doer.does("totp.disable")):
        raise RefusedError("totp_not_enrolled", "There is no second factor.")


@post(
    "/api/auth/step-up",
    guards=_SESSION,
    status_code=200,
    tags=_TAGS,
    summary="Show the second factor again",
)
async def step_up(
    request: Request[Any, Any, Any],
    ports: PortsGiven,
    principal: Caller,
    doer: DoerGiven,
    data: JSONBody[CodeWish],
) -> Response[SignedInBody]:
    """Begin the session anew, with 10 minutes for what needs a fresh code."""
    session = session_of(principal)
    if not session.has_totp:
        raise RefusedError("totp_not_enrolled", "There is no second factor to show.")
    caller = caller_of(session, place(ports, request))
    if not await second_factor.is_right_code(
        ports.identity, session.user_id, data.totp, caller=caller
    ):
        ports.identity.refused.note(session.user_id, "bad_code", doer.does("session.refuse"))
        raise second_factor.bad_code()
    return await begin_session(
        ports, request, session.user_id, is_stepped_up=True, is_known_device=True
    )


def caller_of(session: Session, place: str) -> attempts.Caller:
    """Return who shows codes in a session: strangers' wrong codes do not hold it up."""
    return attempts.Caller(account=session.email, address=place, known_as=str(session.user_id))


ROUTES = (enroll, confirm, disable, step_up)
