"""What the control plane reads and notes, in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from typing_extensions import override

from bus.messages import Finding
from bus.values import OrderId, UserId
from handlers.records.orders import Lease
from handlers.records.upkeep import DueCheck, LeaseSeen, OrderFinding
from handlers.records.views import WorkerView
from handlers.store.postgres.rows import order_of, plain_uuid
from handlers.store.upkeep import UpkeepStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.records.control_hops import ControlHop
    from handlers.store.postgres.connections import Database

_FINDINGS = "SELECT finding, user_id, order_id, traceparent FROM order_findings($1)"
_LEASES = "SELECT lease, is_running, is_seen FROM recent_leases($1)"

_read_lease = msgspec.json.Decoder(Lease).decode
_read_worker = msgspec.json.Decoder(WorkerView).decode


class PostgresUpkeep(UpkeepStore):
    """Each method is one door of the record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def due_checks(self, *, limit: int) -> Sequence[DueCheck]:
        rows = await self._database.rows("SELECT attempt, command FROM due_checks($1)", str(limit))
        return [DueCheck(order=order_of(row["command"]), attempt=row["attempt"]) for row in rows]

    @override
    async def note_check(self, order: OrderId, attempt: int) -> bool:
        return bool(await self._database.value("SELECT note_check($1, $2)", order, str(attempt)))

    @override
    async def note_hop(self, user: UserId, order: OrderId | None, hop: ControlHop) -> None:
        noted = msgspec.json.encode(hop).decode()
        await self._database.value("SELECT note_hop($1, $2, $3)", user, order, noted)

    @override
    async def order_findings(self, *, limit: int) -> Sequence[OrderFinding]:
        return [
            OrderFinding(
                finding=Finding(row["finding"]),
                user_id=UserId(plain_uuid(row["user_id"])),
                order_id=OrderId(plain_uuid(row["order_id"])),
                traceparent=row["traceparent"],
            )
            for row in await self._database.rows(_FINDINGS, str(limit))
        ]

    @override
    async def expire(self, order: OrderId) -> bool:
        return bool(await self._database.value("SELECT expire_order($1)", order))

    @override
    async def leases(self, *, limit: int) -> Sequence[LeaseSeen]:
        return [
            LeaseSeen(
                lease=_read_lease(row["lease"]),
                is_running=row["is_running"],
                is_seen=row["is_seen"],
            )
            for row in await self._database.rows(_LEASES, str(limit))
        ]

    @override
    async def lost_workers(self, *, limit: int) -> Sequence[WorkerView]:
        rows = await self._database.rows("SELECT lost_workers($1)", str(limit))
        return [_read_worker(row[0]) for row in rows]
