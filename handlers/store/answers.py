"""The port of what requests were answered that are carried out outside the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from handlers.records.base import Record

if TYPE_CHECKING:
    from bus.values import UserId
    from handlers.records.audit import NewAuditEntry

CONFLICT = "idempotency_conflict"


class Kept(Record, frozen=True, kw_only=True):
    """What is kept under a key.

    Attributes:
        is_mine: Whoever is told so carries the request out now, and says when it is done.
        is_done: It was carried out.
    """

    answer: dict[str, Any]
    is_mine: bool
    is_done: bool


class AnswerStore(Protocol):
    """Answers under idempotency keys, for good; the keys of orders are among them.

    `find` and `keep` raise `RefusedError` (`idempotency_conflict`) where the key was used for
    another request.
    """

    async def find(self, user: UserId, *, key: str, body_hash: bytes) -> Kept | None:
        """Return what is kept; `None` where the key is new.

        It is the asker's to carry out if 30 s ago somebody began, and never said that it was done.
        """
        ...

    async def keep(
        self, user: UserId, *, key: str, body_hash: bytes, answer: dict[str, Any],
        entry: NewAuditEntry,
    ) -> Kept:  # fmt: skip
        """Keep an answer under a new key, and tell the audit log; else as `find`.

        Of any number at a time, one is the first, and it is that one's to carry out.
        """
        ...

    async def finish(self, user: UserId, key: str) -> None:
        """Note that it was carried out; nobody does it again."""
        ...
