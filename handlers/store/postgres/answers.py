"""Answers under idempotency keys, in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from typing_extensions import override

from handlers.errors import RefusedError
from handlers.records.audit import masked
from handlers.store.answers import CONFLICT, AnswerStore, Kept
from handlers.store.postgres.rows import as_json

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.records.audit import NewAuditEntry
    from handlers.store.postgres.connections import Database

_KEEP = "SELECT verdict, kept, is_done FROM keep_answer($1, $2, $3, $4::jsonb, $5::jsonb)"
_FINISH = "SELECT finish_answer($1, $2)"
_ANSWER = msgspec.json.Decoder(dict[str, Any])


class PostgresAnswers(AnswerStore):
    """What was answered, for good."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def find(self, user: UserId, *, key: str, body_hash: bytes) -> Kept | None:
        return await self._kept(user, key, body_hash, None, None)

    @override
    async def keep(
        self, user: UserId, *, key: str, body_hash: bytes, answer: dict[str, Any],
        entry: NewAuditEntry,
    ) -> Kept:  # fmt: skip
        told = as_json(masked(entry))
        kept = await self._kept(user, key, body_hash, as_json(answer), told)
        assert kept is not None, "what is given is kept"  # noqa: S101 - the statement says so
        return kept

    @override
    async def finish(self, user: UserId, key: str) -> None:
        await self._database.rows(_FINISH, user, key)

    async def _kept(
        self, user: UserId, key: str, body_hash: bytes, answer: str | None, entry: str | None
    ) -> Kept | None:
        rows = await self._database.rows(_KEEP, user, key, body_hash, answer, entry)
        if not rows:
            return None
        verdict, kept, is_done = rows[0]
        if verdict == "conflict":
            raise RefusedError(CONFLICT)
        return Kept(answer=_ANSWER.decode(kept), is_mine=verdict == "mine", is_done=is_done)
