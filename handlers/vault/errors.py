"""What can go wrong with sealed secrets. No error here ever holds what was sealed."""

from __future__ import annotations

from handlers.errors import HandlersError


class VaultError(HandlersError):
    """The base of this room's errors."""


class SealBrokenError(VaultError):
    """It was changed, forged, or sealed for something else; repeating does not help."""


class KeyMissingError(VaultError):
    """It was sealed under a key that is not here; it opens once the key is."""


class VaultUnavailableError(VaultError):
    """The keeper of the keys gave no answer; trying again is safe."""


class VaultSettingsError(VaultError, ValueError):
    """A setting or a key file is missing or unsafe; the process should not start.

    Attributes:
        variable: The environment variable to mend.
    """

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable} {problem}")
        self.variable = variable
