"""What can keep the local profile from running; each becomes one line and an exit code."""

from __future__ import annotations


class LocalError(Exception):
    """The base of this folder's errors; starting again helps once its cause is gone."""

    exit_code = 1


class RefusedError(LocalError):
    """A setting is wrong, or the version; starting again does not help before it is changed."""

    exit_code = 78


class DataFolderError(LocalError):
    """The data folder cannot be used, or somebody else uses it."""


class AddressInUseError(LocalError):
    """Another program listens where we should."""


class PartFailedError(LocalError):
    """A part did not come up; its own last words are in the message, and its refusal is ours."""

    def __init__(self, name: str, why: str, *, code: int | None = None) -> None:
        super().__init__(f"{name} did not start: {why}")
        self.name = name
        if code == RefusedError.exit_code:
            self.exit_code = code


class CloudError(LocalError):
    """The cloud's infrastructure cannot be checked, packed or applied; why is in the message."""


def as_local(error: Exception) -> LocalError | None:
    """Return an expected error as one of ours; `None` for a defect.

    An error of any folder that names the variable to mend is a refusal to start.
    """
    if isinstance(error, LocalError):
        return error
    if isinstance(getattr(error, "variable", None), str):
        return RefusedError(str(error))
    return None
