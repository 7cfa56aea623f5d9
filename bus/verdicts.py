"""What becomes of a delivery once its handler is done; the dispatcher settles accordingly."""

from __future__ import annotations

from datetime import timedelta

import msgspec


class Ack(msgspec.Struct, frozen=True, kw_only=True, tag="ack"):
    """Done, or nothing left to do."""


class Retry(msgspec.Struct, frozen=True, kw_only=True, tag="retry"):
    """Deliver it again after a while; the reason is what a person reads if all attempts fail."""

    after: timedelta
    reason: str = ""


class Postpone(msgspec.Struct, frozen=True, kw_only=True, tag="postpone"):
    """It is not the message's fault: whatever it needs is away. Try until nobody wants it any more.

    Attributes:
        after: The first pause; each further one of a delivery is twice as long.
    """

    after: timedelta
    reason: str


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True, tag="dead_letter"):
    """Set it aside: repeating does not help."""

    reason: str


Verdict = Ack | Retry | Postpone | DeadLetter
