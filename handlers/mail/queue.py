"""Mail on its way, after the reply: what is answered must not show whether a mail was sent."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import anyio
import structlog

from handlers.mail.errors import MailError, MailUnavailableError

if TYPE_CHECKING:
    from handlers.mail.base import Mail, Mailer

_MOST = 1000
_TRIES = 4
_FIRST_PAUSE = 1.0
_LAST_CHANCE = 5.0

_log = structlog.get_logger("mail")


class MailQueue:
    """A bounded queue in front of a mailer. What a killed process held, people ask for again."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer
        self._waiting: deque[Mail] = deque()
        self._bell = anyio.Event()

    def put(self, mail: Mail) -> None:
        """Take a mail; while the queue is full it is dropped, and that is logged."""
        if len(self._waiting) >= _MOST:
            _log.error("mail_dropped", subject=mail.subject)
            return
        self._waiting.append(mail)
        self._bell.set()

    async def run(self) -> None:
        """Send what comes, for ever, one after the other."""
        while True:
            await self._bell.wait()
            while self._waiting:
                await self._deliver(self._waiting.popleft())
            self._bell = anyio.Event()

    async def flush(self) -> None:
        """Send what is there, without a second try, before the process ends."""
        with anyio.move_on_after(_LAST_CHANCE):
            while self._waiting:
                try:
                    await self._mailer.send(self._waiting.popleft())
                except MailError as error:
                    _log.error("mail_not_sent", error=type(error).__name__)

    async def _deliver(self, mail: Mail) -> None:
        pause = _FIRST_PAUSE
        for tried in range(1, _TRIES + 1):
            try:
                await self._mailer.send(mail)
            except MailUnavailableError as error:
                _log.warning("mail_not_taken", tried=tried, why=str(error))
                if tried < _TRIES:
                    await anyio.sleep(pause)
                    pause *= 4
            except MailError as error:
                _log.error("mail_refused", why=str(error))
                return
            else:
                return
        _log.error("mail_given_up", subject=mail.subject)
