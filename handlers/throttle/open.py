"""Opening the throttle; roots alone do that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from bus.settings import ValkeyAddress
    from handlers.throttle.base import Throttle


def open_throttle(address: ValkeyAddress) -> AbstractAsyncContextManager[Throttle]:
    """Open the throttle on a Valkey server, which may be away yet."""
    from handlers.throttle.windows import open_windows  # noqa: PLC0415 - loads the driver when asked

    return open_windows(address)
