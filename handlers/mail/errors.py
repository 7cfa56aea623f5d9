"""What can go wrong with mail. No error holds a mail's text."""

from __future__ import annotations

from handlers.errors import HandlersError


class MailError(HandlersError):
    """The base of this room's errors."""


class MailUnavailableError(MailError):
    """Nobody took the mail now; sending it again is safe."""


class MailRefusedError(MailError):
    """The server will not take this mail; repeating does not help."""


class MailSettingsError(MailError, ValueError):
    """A setting is missing or unsafe; the process should not start.

    Attributes:
        variable: The environment variable to mend.
    """

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable} {problem}")
        self.variable = variable
