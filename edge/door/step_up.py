"""What money hangs on needs a second factor that was shown just now, of whoever has one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from edge.errors import ApiError

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

    from edge.ports import Ports
    from handlers.records.access import Principal

FRESH = timedelta(minutes=10)


async def stepped_up(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """Refuse as `require_step_up` does: a guard, after the one that says who calls."""
    require_step_up(connection.app.state.ports, connection.scope["user"])


async def require_second_factor(ports: Ports, principal: Principal) -> None:
    """Refuse to arm live trading where the user has no second factor.

    A key arms for a user who has one: it was made by somebody who had shown it then.

    Raises:
        ApiError: 403 `second_factor_required`.
    """
    session = principal.session
    if session is not None:
        is_there = session.has_totp
    else:
        factor = await ports.store.totp.read(principal.user_id)
        is_there = factor is not None and factor.is_confirmed
    if not is_there:
        raise ApiError(
            403,
            "second_factor_required",
            "Live trading needs a second factor.",
            hint="Enroll one with POST /api/auth/totp/enroll and confirm it; paper needs none.",
        )


def require_step_up(ports: Ports, principal: Principal) -> None:
    """Refuse where the session's second factor was shown too long ago, or never.

    A key was made in such a session, and has nothing to show; users without a second factor pass.

    Raises:
        ApiError: 403 `step_up_required`.
    """
    session = principal.session
    if session is None or not session.has_totp:
        return
    shown = session.stepped_up_at
    if shown is None or shown <= ports.clock.now() - FRESH:
        raise ApiError(
            403,
            "step_up_required",
            "This needs a code of your second factor again.",
            hint="Send it to POST /api/auth/step-up, then try again within 10 minutes.",
        )
