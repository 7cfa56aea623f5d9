"""A queue as its server shows it, for who hands messages on unopened, as a Lambda trigger does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from bus.base import Destination


class RawMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A received message with all that SQS says of it, under SQS's names for it.

    Attributes:
        receipt_handle: What settles this copy.
        body: An envelope's text, or anything that somebody else sent.
        attributes: The system's, such as `ApproximateReceiveCount` and `MessageGroupId`.
        message_attributes: The sender's: name to `{"StringValue": …, "DataType": "String"}`.
    """

    message_id: str
    receipt_handle: str
    body: str
    md5_of_body: str = ""
    md5_of_message_attributes: str = ""
    attributes: Mapping[str, str] = {}
    message_attributes: Mapping[str, Mapping[str, str]] = {}


class RawQueues(Protocol):
    """The queues by their own verbs.

    All methods raise TransportUnavailableError; whether it was done is then unknown.
    """

    async def receive(
        self, destination: Destination, *, limit: int, wait: timedelta
    ) -> Sequence[RawMessage]:
        """Take up to `limit` (10 at most) messages; wait up to `wait` (20 s at most) for the first.

        They stay out of sight for the queue's visibility timeout. Do not cancel it while it
        waits: what the answer would have brought is then out of sight with nobody to settle it.
        Several of one group come in their order, and no more of it until they are settled.
        """
        ...

    async def delete(self, destination: Destination, receipts: Sequence[str]) -> Sequence[str]:
        """Finish messages; return the receipts that had run out, which finish nothing."""
        ...

    async def change_visibility(
        self, destination: Destination, receipt: str, after: timedelta
    ) -> bool:
        """Show a message again after this long, at once for 0; false if its receipt had run out.

        Times are rounded up to whole seconds, 12 h at most.
        """
        ...

    async def set_aside(self, destination: Destination, message: RawMessage, reason: str) -> None:
        """Move a received message to the dead letters, with the reason; twice is once."""
        ...

    async def arn(self, destination: Destination) -> str:
        """Return the queue's ARN, which a Lambda event names as its source."""
        ...
