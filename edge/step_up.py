"""What money hangs on needs a second factor that was shown just now, of whoever has one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from edge.errors import ApiError

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

    from edge.ports import Ports
    from handlers.records import Principal

FRESH = timedelta(minutes=10)


async def stepped_up(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """Refuse as `require_step_up` does: a guard, after the one that says who calls."""
    require_step_up(connection.app.state.ports, connection.scope["user"])


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
