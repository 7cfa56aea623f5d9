"""Says what became of a request to whoever waits for it, beside the work and never in its way."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from handlers.asking.replies import encode_reply

if TYPE_CHECKING:
    from uuid import UUID

    from bus.base import Replies
    from bus.values import UserId
    from handlers.asking.replies import Reply

_log = logging.getLogger(__name__)


class Answers:
    """Answers to one user's requests; one that cannot be given is not waited for any more."""

    def __init__(self, replies: Replies, user: UserId) -> None:
        self._replies = replies
        self._user = user
        self._given: deque[tuple[UUID, Reply]] = deque()
        self._changed = anyio.Event()

    def give(self, request: UUID, reply: Reply) -> None:
        """Say it soon."""
        self._given.append((request, reply))
        self._changed.set()

    async def run(self) -> None:
        """Say what there is to say until cancelled."""
        while True:
            while self._given:
                request, reply = self._given.popleft()
                try:
                    await self._replies.answer(self._user, request, encode_reply(reply))
                except TransportUnavailableError:
                    _log.warning("request_not_answered", extra={"request": str(request)})
            self._changed = anyio.Event()
            await self._changed.wait()
