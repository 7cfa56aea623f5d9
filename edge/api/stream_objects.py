"""The objects that a stream's entries name, as the API prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from bus.values import OrderId, SignalId
from edge.api.kill_switch import switch_body
from edge.api.shapes import fill_body, order_body, signal_body, worker_body
from handlers.records.views import Filter, Span, WorkerState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import UserId
    from edge.ports import Ports
    from handlers.records.views import StreamEvent


class WorkerGone(msgspec.Struct, frozen=True, kw_only=True):
    """A worker that ended: all that is left to say of it."""

    id: UUID
    state: WorkerState = WorkerState.GONE


async def read_objects(
    ports: Ports, user: UserId, events: Sequence[StreamEvent]
) -> dict[tuple[str, UUID], msgspec.Struct | dict[str, object]]:
    """Read what the entries name, each once, as it stands now; what is gone shows its id."""
    found: dict[tuple[str, UUID], msgspec.Struct | dict[str, object]] = {}
    for event in events:
        key = event.kind, event.object_id
        if key not in found:
            printed = await _read(ports, user, event)
            found[key] = {"id": event.object_id} if printed is None else printed
    return found


async def _read(ports: Ports, user: UserId, event: StreamEvent) -> msgspec.Struct | None:
    match event.kind:
        case "order":
            return await _order(ports, user, OrderId(event.object_id))
        case "fill":
            fill = await ports.store.streams.fill(user, event.object_id)
            return None if fill is None else fill_body(fill)
        case "signal":
            where = Filter(signal_id=SignalId(event.object_id))
            signals = await ports.store.queries.signals(user, where, Span(limit=1))
            return signal_body(signals[0]) if signals else None
        case "switch":
            return switch_body(await ports.store.switches.read(user))
        case _:
            return await _worker(ports, user, event.object_id)


async def _order(ports: Ports, user: UserId, order_id: OrderId) -> msgspec.Struct | None:
    found = await ports.store.queries.orders(user, Filter(order_id=order_id), Span(limit=1))
    return order_body(found[0]) if found else None


async def _worker(ports: Ports, user: UserId, worker_id: UUID) -> msgspec.Struct:
    for worker in await ports.store.queries.workers(user):
        if worker.id == worker_id:
            return worker_body(worker)
    return WorkerGone(id=worker_id)
