"""Mail as files: whole, for its owner's eyes alone."""

from __future__ import annotations

import email
import email.policy
import stat
from typing import TYPE_CHECKING

import pytest

from handlers.identity.letters import reset_letter, verify_letter
from handlers.mail.base import Mail
from handlers.mail.errors import MailUnavailableError
from handlers.mail.open import open_mailer
from handlers.mail.settings import MailSettings
from tests.builders import START, ManualClock

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

pytestmark = pytest.mark.anyio
URL = "https://4pass.example"


async def sent(folder: Path, *mails: Mail) -> list[Path]:
    mailer = open_mailer(
        MailSettings(sender="no-reply@4pass.example", outbox=folder), ManualClock()
    )
    for mail in mails:
        await mailer.send(mail)
    return files_of(folder)


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"))


def read(file: Path) -> EmailMessage:
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)  # pyright: ignore[reportReturnType] - the policy decides the class


async def test_mail_is_a_file_that_mail_programs_open(tmp_path: Path) -> None:
    mail = verify_letter("ann@example.org", "en", public_url=URL, token="t" * 43)

    (file,) = await sent(tmp_path / "outbox", mail)

    letter = read(file)
    assert letter["To"] == "ann@example.org"
    assert letter["From"] == "4pass <no-reply@4pass.example>"
    assert letter["Date"].datetime == START
    assert f"{URL}/verify?token={'t' * 43}" in letter.get_content()


@pytest.mark.parametrize("locale", ["en", "zh-TW"])
async def test_link_stands_on_one_line_of_the_file(tmp_path: Path, locale: str) -> None:
    mail = reset_letter("ann@example.org", locale, public_url=URL, token="t" * 43)

    (file,) = await sent(tmp_path, mail)

    assert f"{URL}/reset?token={'t' * 43}\r\n".encode() in file.read_bytes()


async def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    (file,) = await sent(tmp_path / "outbox", Mail(to="a@example.org", subject="s", text="t"))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_later_mail_has_a_later_name(tmp_path: Path) -> None:
    mails = [Mail(to="a@example.org", subject=str(number), text="t") for number in range(5)]

    files = await sent(tmp_path, *mails)

    assert [read(file)["Subject"] for file in files] == ["0", "1", "2", "3", "4"]


async def test_address_never_becomes_a_header(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="CR"):
        await sent(tmp_path, Mail(to="a@example.org\r\nBcc: b@example.org", subject="s", text="t"))


async def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(MailUnavailableError):
        await sent(tmp_path / "file", Mail(to="a@example.org", subject="s", text="t"))


def test_no_log_shows_what_a_mail_says() -> None:
    assert "secret" not in repr(Mail(to="a@example.org", subject="s", text="secret"))
