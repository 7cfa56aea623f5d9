"""What can go wrong in a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.asking.replies import Reason


class WorkerError(Exception):
    """The base of this folder's errors."""


class SessionUnavailableError(WorkerError):
    """An account has no broker session now; try again after `retry_after` seconds.

    `code` is the stable one of what keeps it from being opened.
    """

    def __init__(self, why: str, *, code: Reason, retry_after: float) -> None:
        super().__init__(why)
        self.code = code
        self.retry_after = retry_after
