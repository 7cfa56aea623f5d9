"""Recording alerts and manual orders in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from typing_extensions import override

from bus.values import AccountId, OrderId, SignalId
from handlers.errors import NotFoundError, RefusedError
from handlers.records.alerts import Duplicate, Recorded, RefusedAtRecord
from handlers.store.base import SignalStore
from handlers.store.postgres.recording import Recorder
from handlers.store.postgres.rows import as_json, deed_json, order_ids_of, order_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from bus.values import UserId
    from handlers.records.alerts import NewOrder, NewSignal
    from handlers.records.audit import Deed
    from handlers.records.orders import Order
    from handlers.store.postgres.connections import Database

_RECORD = """
SELECT r.answer, r.code, r.first_id::text, r.order_ids, r.to_cancel, r.is_id_reused
FROM record_signals($1::jsonb) AS r
ORDER BY r.i
"""
_MANUAL = """
SELECT answer, recorded FROM record_manual_told($1, $2::jsonb, $3, $4, $5::jsonb, $6::jsonb)
"""
_HINTED = "SELECT mark_hinted(string_to_array($1, ','))"
_PAIRS = msgspec.json.Decoder(tuple[tuple[UUID, UUID], ...])


class PostgresSignals(SignalStore):
    """Alerts and orders, as they come in."""

    def __init__(self, database: Database, *, deadline_s: float) -> None:
        self._database = database
        self.recorder = Recorder(self._run, deadline_s=deadline_s)

    @override
    async def record(self, signal: NewSignal) -> Recorded | Duplicate | RefusedAtRecord:
        return await self.recorder.record(signal)

    @override
    async def record_manual(
        self,
        user: UserId,
        order: NewOrder,
        *,
        key: str,
        body_hash: bytes,
        trace: tuple[str, str],
        deed: Deed | None = None,
    ) -> tuple[Order, bool] | None:
        arguments = (user, as_json(order), key, body_hash, as_json(trace), deed_json(deed))
        row = (await self._database.rows(_MANUAL, *arguments))[0]
        match row["answer"]:
            case "recorded" | "repeated" as answer:
                return order_of(row["recorded"]), answer == "recorded"
            case "conflict":
                return None
            case "not_found":
                raise NotFoundError
            case code:
                raise RefusedError(code)

    @override
    async def mark_hinted(self, orders: Sequence[OrderId]) -> None:
        # One text: the driver writes an array element by element.
        await self._database.rows(_HINTED, ",".join([order.hex for order in orders]))

    async def _run(self, batch: Sequence[str]) -> list[Recorded | Duplicate | RefusedAtRecord]:
        rows = await self._database.rows(_RECORD, f"[{','.join(batch)}]")
        return [_answer_of(row) for row in rows]


def _answer_of(row: asyncpg.Record) -> Recorded | Duplicate | RefusedAtRecord:
    signal = SignalId(UUID(row["first_id"]))
    match row["answer"]:
        case "duplicate":
            return Duplicate(signal_id=signal, order_ids=order_ids_of(row["order_ids"]))
        case "refused":
            return RefusedAtRecord(code=row["code"])
        case _:
            return Recorded(
                signal_id=signal,
                to_cancel=pairs_of(row["to_cancel"]),
                is_id_reused=row["is_id_reused"],
            )


def pairs_of(encoded: str) -> tuple[tuple[OrderId, AccountId], ...]:
    """Decode orders with their accounts."""
    pairs = _PAIRS.decode(encoded)
    return tuple((OrderId(order), AccountId(account)) for order, account in pairs)
