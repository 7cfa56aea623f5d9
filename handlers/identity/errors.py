"""What can go wrong at the door."""

from __future__ import annotations

from handlers.errors import HandlersError, RefusedError


class TooManyAttemptsError(RefusedError):
    """Too many wrong attempts; the same again is safe after the wait.

    Attributes:
        wait_s: Seconds until another attempt is looked at.
    """

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            code="too_many_attempts", message=f"Too many attempts. Try again in {wait_s} s."
        )
        self.wait_s = wait_s


class TooBusyError(HandlersError):
    """More passwords wait to be checked than will be in time; trying again is safe."""
