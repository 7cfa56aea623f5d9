"""The mail port, and what a mail is."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to one person; its text may hold a token, so no log shows it."""

    to: str
    subject: str
    text: str

    def __repr__(self) -> str:
        return f"Mail(subject={self.subject!r})"


class Mailer(Protocol):
    """Hands mail over."""

    async def send(self, mail: Mail) -> None:
        """Hand one mail over; when this returns, somebody else is responsible for it.

        Raises:
            MailUnavailableError: It was not taken now; sending it again is safe, at worst it
                arrives twice.
            MailRefusedError: It never will be.
        """
        ...
