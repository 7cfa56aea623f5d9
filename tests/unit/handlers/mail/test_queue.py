"""Mail on its way: tried again where that helps, and bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest
from typing_extensions import override

from handlers.mail import queue
from handlers.mail.base import Mail, Mailer
from handlers.mail.errors import MailRefusedError, MailUnavailableError
from handlers.mail.queue import MailQueue

if TYPE_CHECKING:
    from handlers.mail.errors import MailError

pytestmark = pytest.mark.anyio


class Moody(Mailer):
    """Fails as often as it is told to, then takes what comes."""

    def __init__(self, *faults: MailError) -> None:
        self.faults = list(faults)
        self.tried = 0
        self.kept: list[str] = []
        self.took = anyio.Event()

    @override
    async def send(self, mail: Mail) -> None:
        self.tried += 1
        if self.faults:
            raise self.faults.pop(0)
        self.kept.append(mail.subject)
        self.took.set()


def a_mail(subject: str = "s") -> Mail:
    return Mail(to="ann@example.org", subject=subject, text="t")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_FIRST_PAUSE", 0.0)


async def run_until(mailer: Moody, *mails: Mail) -> None:
    waiting = MailQueue(mailer)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiting.run)
        for mail in mails:
            waiting.put(mail)
        with anyio.fail_after(5):
            await mailer.took.wait()
        tasks.cancel_scope.cancel()


async def test_what_was_not_taken_is_sent_again() -> None:
    mailer = Moody(MailUnavailableError(), MailUnavailableError())

    await run_until(mailer, a_mail())

    assert (mailer.tried, mailer.kept) == (3, ["s"])


async def test_what_is_refused_does_not_hold_up_the_next() -> None:
    mailer = Moody(MailRefusedError())

    await run_until(mailer, a_mail("first"), a_mail("second"))

    assert (mailer.tried, mailer.kept) == (2, ["second"])


async def test_what_fails_four_times_is_given_up() -> None:
    mailer = Moody(*(MailUnavailableError() for _ in range(4)))

    await run_until(mailer, a_mail("first"), a_mail("second"))

    assert mailer.kept == ["second"]


async def test_what_waits_is_sent_before_the_end() -> None:
    mailer = Moody(MailUnavailableError())
    waiting = MailQueue(mailer)
    for subject in ("lost", "kept"):
        waiting.put(a_mail(subject))

    await waiting.flush()

    assert mailer.kept == ["kept"]


async def test_queue_is_bounded() -> None:
    mailer = Moody()
    waiting = MailQueue(mailer)
    for _ in range(1100):
        waiting.put(a_mail())

    await waiting.flush()

    assert len(mailer.kept) == 1000
