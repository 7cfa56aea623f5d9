"""Passwords: changing one's own, and setting a new one by mail."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post
from litestar.params import JSONBody

from edge.api.auth import Email, Password, StatusBody, Token, Wish
from edge.api.own import forget_everywhere
from edge.door.access import tell_of_access
from edge.door.doing import DoerGiven, doer_as
from edge.door.guards import at_the_door, in_session
from edge.door.sessions import SignedInBody, begin_session, place, session_of
from edge.given import Caller, PortsGiven
from handlers.identity import password_changes

_TAGS = ["Sign-in"]
_DOOR = [at_the_door]


class PasswordWish(Wish, frozen=True, kw_only=True):
    """A new password, and the one that is good until now."""

    current_password: Password
    new_password: Password


class ForgotWish(Wish, frozen=True, kw_only=True):
    """Whose password is forgotten."""

    email: Email


class ResetWish(Wish, frozen=True, kw_only=True):
    """A new password, and the token out of the mail."""

    token: Token
    password: Password


@post(
    "/api/auth/password",
    guards=[in_session],
    status_code=200,
    tags=_TAGS,
    summary="Change the password",
)
async def change_password(
    request: Request[Any, Any, Any],
    ports: PortsGiven,
    principal: Caller,
    doer: DoerGiven,
    data: JSONBody[PasswordWish],
) -> Response[SignedInBody]:
    """Set a new password; every session ends, and this browser gets a new one."""
    session = session_of(principal)
    await password_changes.change_password(
        ports.identity,
        session,
        password_changes.NewPassword(old=data.current_password, new=data.new_password),
        place=place(ports, request),
        deed=doer.does("password.change"),
    )
    return await begin_session(ports, request, session.user_id)


@post(
    "/api/auth/password/forgot",
    guards=_DOOR,
    status_code=202,
    tags=_TAGS,
    summary="Ask for a new password",
)
async def forgot_password(
    request: Request[Any, Any, Any], ports: PortsGiven, data: JSONBody[ForgotWish]
) -> StatusBody:
    """Mail a token where there is such a user; the reply is the same where there is none."""
    await password_changes.forgot_password(ports.identity, data.email, place=place(ports, request))
    return StatusBody(status="mailed")


@post(
    "/api/auth/password/reset",
    guards=_DOOR,
    status_code=200,
    tags=_TAGS,
    summary="Set a new password by a mailed token",
)
async def reset_password(
    request: Request[Any, Any, Any], ports: PortsGiven, data: JSONBody[ResetWish]
) -> StatusBody:
    """Set a new password; every session ends, and live accounts are disabled until you enable them.

    Nobody is signed in by it: the new password does that.
    """
    deed = doer_as(request, "mailed_token").does("password.reset")
    user = await password_changes.reset_password(
        ports.identity, data.token, data.password, deed=deed
    )
    await tell_of_access(ports, user)
    await forget_everywhere(ports, user)
    return StatusBody(status="reset")


ROUTES = (change_password, forgot_password, reset_password)
