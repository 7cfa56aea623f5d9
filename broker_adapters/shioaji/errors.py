"""What can become of a call of the SDK, seen from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broker_adapters.errors import BrokerError, BrokerUnavailableError

if TYPE_CHECKING:
    from broker_adapters.base import Reason


class NeverSentError(BrokerUnavailableError):
    """The call was not made; making it again is safe."""


class AnswerLostError(BrokerUnavailableError):
    """The call may have reached SinoPac; what changes something must not be made again."""


class RefusedError(BrokerUnavailableError):
    """SinoPac refused the call before it did anything; what was asked for did not happen."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class UnreadableError(BrokerError):
    """What the SDK shows is not understood; it proves nothing."""
