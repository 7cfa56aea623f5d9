"""Answers under idempotency keys, in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from anyio.lowlevel import checkpoint
from typing_extensions import override

from handlers.errors import RefusedError
from handlers.store.answers import CONFLICT, AnswerStore, Kept
from handlers.store.memory.audit import append_audit
from handlers.store.memory.kept import KeptAnswer

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.records.audit import NewAuditEntry
    from handlers.store.memory.tables import Tables

_ABANDONED_AFTER = timedelta(seconds=30)


class MemoryAnswers(AnswerStore):
    """What was answered, for as long as the process lives."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def find(self, user: UserId, *, key: str, body_hash: bytes) -> Kept | None:
        await checkpoint()
        return self._find(user, key, body_hash)

    @override
    async def keep(
        self, user: UserId, *, key: str, body_hash: bytes, answer: dict[str, Any],
        entry: NewAuditEntry,
    ) -> Kept:  # fmt: skip
        await checkpoint()
        found = self._find(user, key, body_hash)
        if found is not None:
            return found
        append_audit(self._tables, entry)
        self._tables.answers[user, key] = KeptAnswer(body_hash, answer, self._tables.clock.now())
        return Kept(answer=answer, is_mine=True, is_done=False)

    @override
    async def finish(self, user: UserId, key: str) -> None:
        await checkpoint()
        if kept := self._tables.answers.get((user, key)):
            kept.is_done = True

    def _find(self, user: UserId, key: str, body_hash: bytes) -> Kept | None:
        now, kept = self._tables.clock.now(), self._tables.answers.get((user, key))
        if (user, key) in self._tables.idempotency:
            raise RefusedError(CONFLICT)
        if kept is None:
            return None
        if kept.body_hash != body_hash:
            raise RefusedError(CONFLICT)
        is_mine = not kept.is_done and kept.tried_at < now - _ABANDONED_AFTER
        if is_mine:
            kept.tried_at = now
        return Kept(answer=kept.answer, is_mine=is_mine, is_done=kept.is_done)
