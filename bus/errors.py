"""What can go wrong in the post."""

from __future__ import annotations


class BusError(Exception):
    """The base of this folder's errors."""


class TransportUnavailableError(BusError):
    """The server cannot be reached or gave no answer; repeating is safe."""


class UndecodableError(BusError):
    """The bytes are no envelope of ours; repeating does not help."""


class UnroutableError(BusError):
    """No destination is set for this message type; repeating does not help."""


class RefusedError(BusError):
    """The server understood the command and refused it; repeating does not help."""


class SettingsError(BusError):
    """A setting is missing or wrong; the process should not start.

    Attributes:
        variable: The environment variable to mend.
    """

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable} {problem}")
        self.variable = variable
