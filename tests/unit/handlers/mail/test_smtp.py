"""Mail by SMTP, spoken to a server that answers as it is told."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest
from anyio.abc import SocketAttribute

from handlers.mail.base import Mail
from handlers.mail.errors import MailRefusedError, MailUnavailableError
from handlers.mail.open import open_mailer
from handlers.mail.settings import read_settings
from tests.builders import ManualClock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from anyio.abc import SocketStream

pytestmark = pytest.mark.anyio
MAIL = Mail(to="ann@example.org", subject="Hello", text="A text.\n")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Server:
    """Takes mail as RFC 5321 has it; a command may be answered otherwise."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.said: list[str] = []

    async def serve(self, stream: SocketStream) -> None:
        async with stream:
            await stream.send(b"220 ready\r\n")
            buffer, is_text = b"", False
            try:
                while True:
                    buffer += await stream.receive()
                    while b"\r\n" in buffer:
                        line, _, buffer = buffer.partition(b"\r\n")
                        self.said.append(line.decode())
                        is_text, answer = self._answer(line.decode(), is_text=is_text)
                        if answer:
                            await stream.send(f"{answer}\r\n".encode())
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return

    def _answer(self, line: str, *, is_text: bool) -> tuple[bool, str]:
        if is_text:
            return line != ".", "" if line != "." else self.answers.get("text", "250 kept")
        verb = line.partition(" ")[0].upper()
        usual = {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 ok")
        answer = self.answers.get(verb.lower(), usual)
        return answer.startswith("354"), answer


@asynccontextmanager
async def serving(server: Server) -> AsyncGenerator[str]:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, server.serve)
        port = listener.extra(SocketAttribute.local_port)
        yield f"smtp://127.0.0.1:{port}?tls=off"
        tasks.cancel_scope.cancel()


async def send(url: str) -> None:
    told = {"FOURPASS_SMTP_URL": url, "FOURPASS_MAIL_FROM": "no-reply@4pass.example"}
    await open_mailer(read_settings(told), ManualClock()).send(MAIL)


async def test_mail_is_handed_over_with_sender_and_recipient() -> None:
    server = Server()

    async with serving(server) as url:
        await send(url)

    said = "\n".join(server.said)
    assert "mail FROM:<no-reply@4pass.example>" in said
    assert "rcpt TO:<ann@example.org>" in said
    assert "A text." in server.said


@pytest.mark.parametrize(
    "answers",
    [{"rcpt": "450 later"}, {"mail": "451 later"}, {"text": "452 full"}, {"rcpt": "421 bye"}],
)
async def test_what_the_server_takes_later_may_be_sent_again(answers: dict[str, str]) -> None:
    async with serving(Server(**answers)) as url:
        with pytest.raises(MailUnavailableError):
            await send(url)


@pytest.mark.parametrize("answers", [{"rcpt": "550 no such user"}, {"text": "554 spam"}])
async def test_what_the_server_never_takes_is_given_up(answers: dict[str, str]) -> None:
    async with serving(Server(**answers)) as url:
        with pytest.raises(MailRefusedError):
            await send(url)


async def test_server_that_is_away_may_be_asked_again() -> None:
    with pytest.raises(MailUnavailableError):
        await send("smtp://127.0.0.1:1?tls=off")


async def test_server_without_tls_is_given_nothing() -> None:
    server = Server(starttls="454 not here")

    async with serving(server) as url:
        with pytest.raises(MailUnavailableError):
            await send(url.replace("?tls=off", ""))

    assert not any(line.upper().startswith("MAIL") for line in server.said)
