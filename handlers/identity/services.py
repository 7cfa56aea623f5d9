"""What the use cases at the door work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bus.values import Clock
    from handlers.identity.passwords import Passwords
    from handlers.identity.refused_sign_ins import RefusedSignIns
    from handlers.mail.queue import MailQueue
    from handlers.store.base import Store
    from handlers.throttle.base import Throttle
    from handlers.vault.base import SecretBox


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityServices:
    """An open door.

    Attributes:
        box: Where the seeds of second factors are kept.
        refused: Tells the audit log who was not let in.
        public_url: What links in mails begin with.
    """

    store: Store
    passwords: Passwords
    throttle: Throttle
    box: SecretBox
    mail: MailQueue
    refused: RefusedSignIns
    clock: Clock
    public_url: str
