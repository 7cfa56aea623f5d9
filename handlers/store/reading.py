"""What is read for people; every list is newest first and one user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bus.values import OrderId, UserId
    from handlers.records.views import (
        FillView,
        Filter,
        OrderDetail,
        PositionView,
        ShownOrder,
        SignalView,
        Span,
        StreamEvent,
        StreamPosition,
        WorkerView,
    )


class QueryStore(Protocol):
    """What is read for people; every method sees one user's own only."""

    async def orders(self, user: UserId, where: Filter, span: Span) -> Sequence[ShownOrder]:
        """Return orders, newest first."""
        ...

    async def order(self, user: UserId, order: OrderId) -> OrderDetail | None:
        """Return one order with its timeline and fills."""
        ...

    async def signals(self, user: UserId, where: Filter, span: Span) -> Sequence[SignalView]:
        """Return alerts, newest first, the refused ones too."""
        ...

    async def fills(self, user: UserId, where: Filter, span: Span) -> Sequence[FillView]:
        """Return executions, newest first."""
        ...

    async def positions(self, user: UserId) -> Sequence[PositionView]:
        """Return what is held, by the fills recorded."""
        ...

    async def workers(self, user: UserId | None) -> Sequence[WorkerView]:
        """Return worker processes seen within 30 s; without a user, everybody's."""
        ...

    async def stream_after(self, user: UserId, n: int, *, limit: int) -> Sequence[StreamEvent]:
        """Return what happened after the `n`-th entry, oldest first."""
        ...


class StreamStore(Protocol):
    """What a live stream needs beside `QueryStore.stream_after`; one user's own only."""

    async def position(self, user: UserId) -> StreamPosition:
        """Return where the stream stands: reading on from `now` misses nothing that comes."""
        ...

    async def fill(self, user: UserId, fill_id: UUID) -> FillView | None:
        """Return one execution."""
        ...
