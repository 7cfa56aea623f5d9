from __future__ import annotations

from pathlib import Path

import pytest

from handlers.mail.errors import MailSettingsError
from handlers.mail.settings import read_settings


def test_without_a_server_mail_goes_into_the_data_folder() -> None:
    settings = read_settings({"FOURPASS_DATA_DIR": "/data"})

    assert (settings.smtp, settings.outbox) == (None, Path("/data/outbox"))


def test_server_is_read_with_its_secrets_and_shows_none() -> None:
    settings = read_settings({"FOURPASS_SMTP_URL": "smtps://ann:a%40long-one@mail.example"})

    smtp = settings.smtp
    assert smtp is not None
    assert (smtp.host, smtp.port, smtp.username, smtp.password, smtp.is_tls) == (
        "mail.example", 465, "ann", "a@long-one", True,
    )  # fmt: skip
    assert "a@long-one" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FOURPASS_SMTP_URL", "mail.example"),
        ("FOURPASS_SMTP_URL", "http://mail.example"),
        ("FOURPASS_SMTP_URL", "smtp://"),
        ("FOURPASS_SMTP_URL", "smtp://mail.example:x"),
        ("FOURPASS_SMTP_URL", "smtp://mail.example?tls=off"),
        ("FOURPASS_SMTP_URL", "smtps://ann:changeme@mail.example"),
        ("FOURPASS_SMTP_URL", "smtps://ann:short@mail.example"),
        ("FOURPASS_MAIL_FROM", "nobody"),
        ("FOURPASS_MAIL_FROM", "a@b\r\nBcc: c@d"),
    ],
)
def test_unusable_value_is_refused_by_its_name_without_its_secret(
    variable: str, value: str
) -> None:
    with pytest.raises(MailSettingsError) as raised:
        read_settings({variable: value})

    assert raised.value.variable == variable
    assert "ann:" not in str(raised.value)
