"""The queues by their own verbs, for who hands messages on unopened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from bus.raw import RawMessage, RawQueues
from bus.sqs.client import whole_seconds
from bus.sqs.errors import ReceiptRunOutError
from bus.sqs.form import receives_of, subject_of
from bus.sqs.lane import Taken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

    from bus.base import Destination
    from bus.sqs.lane import Lane


class SqsRawQueues(RawQueues):
    """Receives, deletes and shows again, and opens nothing."""

    def __init__(self, lane_of: Callable[[Destination], Lane]) -> None:
        self._lane_of = lane_of

    @override
    async def receive(
        self, destination: Destination, *, limit: int, wait: timedelta
    ) -> Sequence[RawMessage]:
        lane = self._lane_of(destination)
        return await lane.sqs.receive(lane.name, limit=limit, wait_seconds=whole_seconds(wait))

    @override
    async def delete(self, destination: Destination, receipts: Sequence[str]) -> Sequence[str]:
        lane = self._lane_of(destination)
        run_out: list[str] = []
        for receipt in receipts:
            try:
                await lane.sqs.delete(lane.name, receipt)
            except ReceiptRunOutError:
                run_out.append(receipt)
        return run_out

    @override
    async def change_visibility(
        self, destination: Destination, receipt: str, after: timedelta
    ) -> bool:
        lane = self._lane_of(destination)
        try:
            await lane.sqs.hide(lane.name, receipt, after)
        except ReceiptRunOutError:
            return False
        return True

    @override
    async def set_aside(self, destination: Destination, message: RawMessage, reason: str) -> None:
        lane = self._lane_of(destination)
        await lane.bury(
            Taken(message, visibility=lane.rules.visibility),
            subject=subject_of(message),
            reason=reason,
            attempts=receives_of(message),
        )

    @override
    async def arn(self, destination: Destination) -> str:
        lane = self._lane_of(destination)
        return (await lane.sqs.attributes(lane.name, "QueueArn"))["QueueArn"]
