"""The way from a client to the venue: in one process, or over a socket (`remote`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from infra.local.doubles.shioaji.desk import Desk


class Line(Protocol):
    """One client's way."""

    def ask(self, question: str, token: str | None, asked: dict[str, Any]) -> Any:  # noqa: ANN401 - plain data
        """Ask once; raises `Refused` in the venue's words."""
        ...

    def next_told(self, token: str) -> dict[str, Any] | None:
        """Wait for what a session is told next; `None` when it has ended."""
        ...


class NearLine(Line):
    """In one process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ask(self, question: str, token: str | None, asked: dict[str, Any]) -> Any:  # noqa: ANN401 - plain data
        """Ask the desk."""
        return self._desk.answer(question, token, asked)

    def next_told(self, token: str) -> dict[str, Any] | None:
        """Wait at the session's own queue."""
        return self._desk.next_told(token)
