"""Stands in for the module `shioaji` in a worker: its client speaks to a venue process.

What it does not define itself is the installed SDK's own.
"""

from __future__ import annotations

import os
import socket
from typing import Any
from urllib.parse import urlsplit

import msgspec
from typing_extensions import override

from infra.local.doubles.shioaji.client import DoubleShioaji
from infra.local.doubles.shioaji.line import Line
from infra.local.doubles.shioaji.refusal import Refused
from infra.local.doubles.shioaji.sdk import sj
from infra.local.doubles.shioaji.server import LISTEN

ADDRESS_VARIABLE = "FOURPASS_SHIOAJI_DOUBLE"
_PATIENCE_S = 40.0


class FarLine(Line):
    """To a venue process; a connection a question, and one that listens."""

    def __init__(self, address: str) -> None:
        place = urlsplit(address)
        self._place = (place.hostname or "", place.port or 0)
        self._listening: dict[str, Any] = {}

    @override
    def ask(self, question: str, token: str | None, asked: dict[str, Any]) -> Any:
        """Ask once."""
        with self._connected() as connection, connection.makefile("rwb") as file:
            file.write(_line(question, token, asked))
            file.flush()
            read = msgspec.json.decode(file.readline() or b"{}")
        if "error" in read:
            raise Refused(read["error"], read["text"])
        if "answer" not in read:
            raise Refused("ShioajiConnectionError", "the venue is gone")
        return read["answer"]

    @override
    def next_told(self, token: str) -> dict[str, Any] | None:
        """Read the next line that a session is told; `None` when it has ended."""
        file = self._listening.get(token)
        if file is None:
            connection = self._connected(None)
            file = self._listening[token] = connection.makefile("rwb")
            connection.close()  # for good when the file is closed
            file.write(_line(LISTEN, token, {}))
            file.flush()
        while (line := file.readline()) and (told := msgspec.json.decode(line)):
            if told["kind"] == "down":
                break
            if told["kind"] != "beat":
                return told
        else:
            told = None
        del self._listening[token]
        file.close()
        return told

    def _connected(self, patience: float | None = _PATIENCE_S) -> socket.socket:
        try:
            connection = socket.create_connection(self._place, timeout=_PATIENCE_S)
        except OSError as error:
            raise Refused("ShioajiConnectionError", f"the venue is away: {error}") from error
        connection.settimeout(patience)
        return connection


class Shioaji(DoubleShioaji):
    """The client; where the venue is, the environment says."""

    line = FarLine(os.environ.get(ADDRESS_VARIABLE, ""))


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the SDK has
    return getattr(sj, name)


def _line(question: str, token: str | None, asked: dict[str, Any]) -> bytes:
    words = {"question": question, "token": token, "asked": asked}
    return msgspec.json.encode(words) + b"\n"
