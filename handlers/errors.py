"""What can go wrong in a use case."""

from __future__ import annotations


class HandlersError(Exception):
    """The base of this folder's errors."""


class StoreUnavailableError(HandlersError):
    """PostgreSQL gave no answer; whether it was written is unknown. Look, or repeat."""


class NotFoundError(HandlersError):
    """There is no such thing of this user's; repeating does not help."""


class AlreadyExistsError(HandlersError):
    """It is there already; repeating does not help."""


class ChangedMeanwhileError(HandlersError):
    """Somebody changed it since it was read; read it again before repeating."""


class RefusedError(HandlersError):
    """A rule of the house refuses; `code` is in the closed list. Repeating does not help."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class LeaseLostError(HandlersError):
    """Another worker owns the user; stop at once."""


class RecordRefusedError(HandlersError):
    """The record refuses what it was given and wrote nothing; repeating does not help."""


class MigrationError(HandlersError):
    """Database and migrations do not fit together; a person must look before anything runs."""
