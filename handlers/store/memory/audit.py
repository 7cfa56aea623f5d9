"""The audit log in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.records.audit import GENESIS, AuditEntry, ChainEnd, link, masked
from handlers.store.auditing import AuditStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import UserId
    from handlers.records.audit import NewAuditEntry
    from handlers.records.views import Span
    from handlers.store.memory.tables import Tables


class MemoryAudit(AuditStore):
    """What was done, by whom."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def append(self, entry: NewAuditEntry) -> AuditEntry:
        await checkpoint()
        return append_audit(self._tables, entry)

    @override
    async def page(self, user: UserId, span: Span) -> Sequence[AuditEntry]:
        await checkpoint()
        log = reversed(self._tables.audit.get(user, []))
        older = [entry for entry in log if span.before is None or entry.n < int(span.before[1])]
        return older[: span.limit]

    @override
    async def after(self, user: UserId, n: int, *, limit: int) -> Sequence[AuditEntry]:
        await checkpoint()
        return [entry for entry in self._tables.audit.get(user, []) if entry.n > n][:limit]

    @override
    async def end(self, user: UserId) -> ChainEnd | None:
        await checkpoint()
        log = self._tables.audit.get(user)
        return ChainEnd(n=log[-1].n, hash=log[-1].hash, last_n=log[-1].n) if log else None

    @override
    async def users(self) -> Sequence[UserId]:
        await checkpoint()
        return sorted(self._tables.audit)


def append_audit(tables: Tables, entry: NewAuditEntry) -> AuditEntry:
    """Write an entry at the end of its user's chain; `NotFoundError` where there is no user."""
    tables.user(entry.user_id)
    log = tables.audit.setdefault(entry.user_id, [])
    kept = masked(entry)
    bare = AuditEntry(
        user_id=kept.user_id,
        n=len(log) + 1,
        at=tables.clock.now(),
        actor=kept.actor,
        action=kept.action,
        subject=kept.subject,
        before=_text(kept.before),
        after=_text(kept.after),
        address=kept.address,
        trace_id=kept.trace_id,
        hash="",
    )
    previous = bytes.fromhex(log[-1].hash) if log else GENESIS
    written = msgspec.structs.replace(bare, hash=link(previous, bare).hex())
    log.append(written)
    return written


def tell(tables: Tables, entry: NewAuditEntry | None) -> None:
    """Write down what a method of another port did, if it was told by whom."""
    if entry is not None:
        append_audit(tables, entry)


def _text(fields: dict[str, Any] | None) -> str | None:
    return None if fields is None else msgspec.json.encode(fields, order="sorted").decode()
