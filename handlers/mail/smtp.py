"""Mail by SMTP, with the standard library's client in a worker thread."""

from __future__ import annotations

import smtplib
import ssl
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from typing_extensions import override

from handlers.mail.base import Mailer
from handlers.mail.errors import MailRefusedError, MailUnavailableError
from handlers.mail.letter import letter_of

if TYPE_CHECKING:
    from email.message import EmailMessage

    from bus.values import Clock
    from handlers.mail.base import Mail
    from handlers.mail.settings import SmtpServer

_PATIENCE = 15.0


class SmtpMailer(Mailer):
    """Hands each mail to one server, by a connection of its own."""

    def __init__(self, server: SmtpServer, *, sender: str, clock: Clock) -> None:
        self._server = server
        self._sender = sender
        self._clock = clock
        self._one_at_a_time = anyio.CapacityLimiter(1)

    @override
    async def send(self, mail: Mail) -> None:
        letter = letter_of(mail, sender=self._sender, at=self._clock.now())
        work = partial(self._hand_over, letter)
        await anyio.to_thread.run_sync(work, limiter=self._one_at_a_time)

    def _hand_over(self, letter: EmailMessage) -> None:
        try:
            with self._connect() as client:
                self._introduce(client)
                client.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            kind = MailUnavailableError if min(codes) < 500 else MailRefusedError
            raise kind("the recipient was refused") from error
        except smtplib.SMTPResponseException as error:
            kind = MailUnavailableError if error.smtp_code < 500 else MailRefusedError
            msg = f"the server answered {error.smtp_code}"
            raise kind(msg) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailableError(type(error).__name__) from error

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.is_tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=_PATIENCE, context=context)
        return smtplib.SMTP(server.host, server.port, timeout=_PATIENCE)

    def _introduce(self, client: smtplib.SMTP) -> None:
        server = self._server
        if not (server.is_tls or server.is_plain):
            client.starttls(context=ssl.create_default_context())
        if server.username and server.password:
            client.login(server.username, server.password)
