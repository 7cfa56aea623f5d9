"""How mail is sent, as the environment says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from bus.environment import LOOPBACK
from handlers.mail.errors import MailSettingsError
from handlers.placeholders import problem_of_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

SMTP_VARIABLE = "FOURPASS_SMTP_URL"
SENDER_VARIABLE = "FOURPASS_MAIL_FROM"
DATA_DIR_VARIABLE = "FOURPASS_DATA_DIR"
_SENDER = "no-reply@4pass.invalid"


class SmtpServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail is handed over, and who we are there.

    Attributes:
        is_tls: TLS from the first byte; otherwise STARTTLS is demanded, unless it is plain.
        is_plain: In the clear: a server of this machine.
    """

    host: str
    port: int
    username: str | None
    password: str | None
    is_tls: bool
    is_plain: bool

    def __repr__(self) -> str:
        return f"SmtpServer(host={self.host!r}, port={self.port})"


class MailSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How mail is sent: by a server, or into a folder where there is none."""

    sender: str
    outbox: Path
    smtp: SmtpServer | None = None


def read_settings(environment: Mapping[str, str]) -> MailSettings:
    """Read the settings: `smtp://` (STARTTLS), `smtps://`, or nothing for the folder.

    Raises:
        MailSettingsError: One cannot be understood or is unsafe; it is named.
    """
    sender = environment.get(SENDER_VARIABLE) or _SENDER
    if sender.count("@") != 1 or not sender.isprintable():
        raise MailSettingsError(SENDER_VARIABLE, "is no e-mail address")
    data_dir = Path(environment.get(DATA_DIR_VARIABLE) or ".4pass").expanduser().absolute()
    url = environment.get(SMTP_VARIABLE, "").strip()
    smtp = _server(url) if url else None
    return MailSettings(sender=sender, outbox=data_dir / "outbox", smtp=smtp)


def _server(url: str) -> SmtpServer:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MailSettingsError(SMTP_VARIABLE, "is not a URL") from None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise MailSettingsError(SMTP_VARIABLE, "must begin with smtp:// or smtps:// and a host")
    password = unquote(parts.password) if parts.password else None
    if password is not None and (problem := problem_of_secret(password)):
        raise MailSettingsError(SMTP_VARIABLE, f"has a password that {problem}")
    is_plain = parse_qs(parts.query).get("tls") == ["off"]
    if is_plain and parts.hostname not in LOOPBACK:
        raise MailSettingsError(SMTP_VARIABLE, "may go without TLS to this machine only")
    return SmtpServer(
        host=parts.hostname,
        port=port or (465 if parts.scheme == "smtps" else 587),
        username=unquote(parts.username) if parts.username else None,
        password=password,
        is_tls=parts.scheme == "smtps",
        is_plain=is_plain,
    )
