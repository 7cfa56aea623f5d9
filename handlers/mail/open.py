"""Opening the mail; roots alone do that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.mail.outbox import Outbox

if TYPE_CHECKING:
    from bus.values import Clock
    from handlers.mail.base import Mailer
    from handlers.mail.settings import MailSettings


def open_mailer(settings: MailSettings, clock: Clock) -> Mailer:
    """Return what sends mail as the settings say; nothing is written or connected yet."""
    if settings.smtp is None:
        return Outbox(settings.outbox, sender=settings.sender, clock=clock)
    from handlers.mail.smtp import SmtpMailer  # noqa: PLC0415 - loads the client when asked

    return SmtpMailer(settings.smtp, sender=settings.sender, clock=clock)
