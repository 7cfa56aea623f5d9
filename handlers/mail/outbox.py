"""Mail as files, `*.eml`, which any mail program opens: the default, and what tests read."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import anyio.to_thread
from typing_extensions import override

from bus.ids import uuid7
from handlers.mail.base import Mailer
from handlers.mail.errors import MailUnavailableError
from handlers.mail.letter import letter_of

if TYPE_CHECKING:
    from pathlib import Path

    from bus.values import Clock
    from handlers.mail.base import Mail


class Outbox(Mailer):
    """Writes each mail into a folder, for its owner's eyes alone; their names sort by time."""

    def __init__(self, folder: Path, *, sender: str, clock: Clock) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    @override
    async def send(self, mail: Mail) -> None:
        letter = letter_of(mail, sender=self._sender, at=self._clock.now())
        try:
            await anyio.to_thread.run_sync(partial(self._write, letter.as_bytes()))
        except OSError as error:
            raise MailUnavailableError(error.strerror or "the folder cannot be written") from error

    def _write(self, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = str(uuid7())
        draft = self._folder / f".{name}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        draft.rename(self._folder / f"{name}.eml")
