"""The venue as a process of its own: the questions of `desk`, a line of JSON each, over TCP.

A session ends with the connection that listens for it, as SinoPac's does when a client dies.
"""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from decimal import Decimal
from queue import Empty
from typing import TYPE_CHECKING, Any, cast

import msgspec
from typing_extensions import override

from infra.local.doubles.shioaji.desk import Desk
from infra.local.doubles.shioaji.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Generator

    from infra.local.doubles.shioaji.venue import SinoVenue

HOST = "127.0.0.1"
LISTEN = "listen"
STAND, PLACED = "stand", "placed"
_LOOK_S = 0.5


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One question."""

    question: str
    token: str | None = None
    asked: dict[str, Any] = {}


_calls = msgspec.json.Decoder(Call)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, venue: SinoVenue) -> None:
        super().__init__((HOST, port), _Handler)
        self.venue = venue
        self.desk = Desk(venue)


class _Handler(socketserver.StreamRequestHandler):
    @property
    def _serving(self) -> _Server:
        return cast("_Server", self.server)

    @override
    def handle(self) -> None:
        for line in self.rfile:
            call = _calls.decode(line)
            if call.question == LISTEN:
                self._tell(call.token or "")
                return
            try:
                answer: dict[str, Any] = {"answer": self._answer(call)}
            except Refused as refused:
                answer = {"error": refused.error, "text": refused.text}
            self._write(answer)

    def _answer(self, call: Call) -> Any:  # noqa: ANN401 - plain data of many kinds
        venue = self._serving.venue
        if call.question == STAND:
            venue.stand(call.asked["code"], Decimal(call.asked["price"]), call.asked.get("depth"))
            return None
        if call.question == PLACED:
            with venue.lock:
                ledgers = venue.ledgers.values()
                return [order.shown() for ledger in ledgers for order in ledger.orders.values()]
        return self._serving.desk.answer(call.question, call.token, call.asked)

    def _tell(self, token: str) -> None:
        """Tell a session what it is told, until either side ends it."""
        people = self._serving.venue.people
        told = people.told(token)
        try:
            while True:
                try:
                    news = told.get(timeout=_LOOK_S)
                except Empty:
                    self._write({"kind": "beat"})
                    continue
                if news is None:
                    return
                self._write(news)
        except OSError:
            with self._serving.venue.lock:
                people.logout(token)

    def _write(self, words: dict[str, Any]) -> None:
        self.wfile.write(msgspec.json.encode(words) + b"\n")


@contextmanager
def serving(venue: SinoVenue, *, port: int = 0) -> Generator[str]:
    """Serve a venue on this machine; yields its address."""
    with _Server(port, venue) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"tcp://{HOST}:{server.server_address[1]}"
        finally:
            server.shutdown()
