"""A mail in the form that mail servers take (RFC 5322)."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.mail.base import Mail


def letter_of(mail: Mail, *, sender: str, at: datetime) -> EmailMessage:
    """Return the message; its address is a parsed one, so no text of it becomes a header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("4pass", addr_spec=sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    # Whole lines: a link that is broken in two is copied in two.
    message.set_content(mail.text, cte="7bit" if mail.text.isascii() else "8bit")
    return message
