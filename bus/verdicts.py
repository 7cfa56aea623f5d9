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


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True, tag="dead_letter"):
    """Set it aside: repeating does not help."""

    reason: str


Verdict = Ack | Retry | DeadLetter
