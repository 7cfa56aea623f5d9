"""Sends what several callers have at once in one request: what arrived while the last one ran.

Never a timer: who comes alone is sent alone and at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from bus.errors import BusError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from types_aiobotocore_sqs.type_defs import SendMessageBatchRequestEntryTypeDef as Entry

    Post = Callable[[Sequence[Entry]], Awaitable[Mapping[str, BusError]]]

MOST_ENTRIES = 10
# SQS counts attributes too; its limit for a message and for a request is 1 MiB, and was 256 KiB.
LARGEST_BYTES = 1024 * 1024
MOST_BYTES = 240 * 1024


@dataclass(eq=False, slots=True)
class _Item:
    entry: Entry
    size: int
    is_stored: bool = False
    failure: BusError | None = None

    @property
    def group(self) -> str | None:
        return self.entry.get("MessageGroupId")


class Sending:
    """One queue's way out, one request at a time.

    A request holds one entry of a group at most. SQS may refuse a single entry of a request: had
    the next of its group been beside it, repeating the first would bring it in behind.
    """

    def __init__(self, post: Post) -> None:
        """Wire it.

        Args:
            post: Sends up to ten entries and returns, by id, those that were not stored.
        """
        self._post = post
        self._turn = anyio.Lock()
        self._waiting: list[_Item] = []

    async def send(self, entries: Sequence[Entry]) -> None:
        """Store entries, in their order per group; all are stored when it returns.

        Raises:
            RefusedError: One is too large for SQS; nothing is stored.
            BusError: Why one was not; those after it may be stored or not.
        """
        own = [_Item(entry, _size_of(entry)) for entry in entries]
        for item in own:
            if item.size > LARGEST_BYTES:
                msg = f"a message of {item.size} bytes; SQS takes {LARGEST_BYTES}"
                raise RefusedError(msg)
        self._waiting += own
        try:
            while not all(item.is_stored for item in own):
                async with self._turn:
                    # Whoever had the turn before may have sent ours with theirs.
                    if _is_open(own):
                        await self._send_next()
                _raise_first(own)
        finally:
            # The failed or cancelled caller's others: nobody is told of them any more.
            self._waiting = [item for item in self._waiting if item not in own]

    async def _send_next(self) -> None:
        batch = _next_batch(self._waiting)
        for number, item in enumerate(batch):
            item.entry["Id"] = str(number)
        try:
            failures = await self._post([item.entry for item in batch])
        except BusError as error:
            failures = {item.entry["Id"]: error for item in batch}
        # A cancelled request reaches none of this: its entries still wait, and whoever has the next
        # turn sends those of the others again.
        for item in batch:
            item.failure = failures.get(item.entry["Id"])
            item.is_stored = item.failure is None
        self._waiting = [item for item in self._waiting if item not in batch]


def _next_batch(waiting: Sequence[_Item]) -> list[_Item]:
    batch: list[_Item] = []
    groups: set[str] = set()
    size = 0
    for item in waiting:
        is_next = item.group is None or item.group not in groups
        if is_next and (not batch or size + item.size <= MOST_BYTES):
            batch.append(item)
            size += item.size
        if item.group is not None:
            groups.add(item.group)
        if len(batch) == MOST_ENTRIES:
            break
    return batch


def _is_open(items: Sequence[_Item]) -> bool:
    return any(not item.is_stored and item.failure is None for item in items)


def _raise_first(items: Sequence[_Item]) -> None:
    for item in items:
        if item.failure is not None:
            raise item.failure


def _size_of(entry: Entry) -> int:
    attributes = entry.get("MessageAttributes", {})
    return len(entry["MessageBody"].encode()) + sum(
        len(name) + len(value["DataType"]) + len(value.get("StringValue", "").encode())
        for name, value in attributes.items()
    )
