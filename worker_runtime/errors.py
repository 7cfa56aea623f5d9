"""What can go wrong in a worker."""

from __future__ import annotations


class WorkerError(Exception):
    """The base of this folder's errors."""


class SessionUnavailableError(WorkerError):
    """An account has no broker session now; try again after `retry_after` seconds."""

    def __init__(self, why: str, *, retry_after: float) -> None:
        super().__init__(why)
        self.retry_after = retry_after
