"""The dry run of a webhook: the same token, the same body, and nothing happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.alerts.preview import preview
from edge.alerts.refusals import unknown_token

if TYPE_CHECKING:
    from edge.alerts.alert import Alert
    from edge.ports import Ports


async def try_dry(ports: Ports, alert: Alert) -> bytes:
    """Return what the alert would do.

    Raises:
        ApiError: The body is too large, or the token is not known.
    """
    if alert.unreadable is not None:
        raise alert.unreadable
    recognised = await ports.recognition.recognise(alert.token or "")
    if recognised is None:
        raise unknown_token()
    return await preview(ports, alert, recognised)
