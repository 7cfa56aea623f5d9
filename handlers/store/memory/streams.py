"""Where a live stream stands, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.records.views import StreamPosition
from handlers.store.reading import StreamStore

if TYPE_CHECKING:
    from uuid import UUID

    from bus.values import UserId
    from handlers.records.views import FillView
    from handlers.store.memory.tables import Tables


class MemoryStreams(StreamStore):
    """What a live stream needs."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def position(self, user: UserId) -> StreamPosition:
        await checkpoint()
        found = self._tables.users.get(user)
        n = 0 if found is None else found.stream_n
        return StreamPosition(now=n, end=n + 1)

    @override
    async def fill(self, user: UserId, fill_id: UUID) -> FillView | None:
        await checkpoint()
        for fill in self._tables.fills.values():
            if fill.id == str(fill_id) and self._tables.orders[fill.order_id].user_id == user:
                return fill
        return None
