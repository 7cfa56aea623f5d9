"""What can go wrong with counting attempts."""

from __future__ import annotations

from handlers.errors import HandlersError


class ThrottleUnavailableError(HandlersError):
    """Attempts cannot be counted now, so none is looked at; trying again is safe."""
