"""What can become of one exchange with Gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_adapters.errors import BrokerError, BrokerUnavailableError

if TYPE_CHECKING:
    from broker_adapters.base import Reason


class NeverSentError(BrokerError):
    """No byte of the request left, for sure; sending it is still safe."""


class ReplyLostError(BrokerError):
    """The request may have arrived; only what changes nothing may be asked again."""


class UnreadableError(BrokerError, ValueError):
    """Gate answered, but not in a form that can be understood."""


class RefusedError(BrokerUnavailableError):
    """Gate refused a read, in its own words; `reason` tells whether asking again makes sense."""

    def __init__(self, label: str, message: str, *, reason: Reason) -> None:
        super().__init__(f"{label}: {message}")
        self.label = label
        self.reason = reason
