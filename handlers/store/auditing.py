"""The port of the audit log: appended to, read, and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import UserId
    from handlers.records.audit import AuditEntry, ChainEnd, NewAuditEntry
    from handlers.records.views import Span


class AuditStore(Protocol):
    """What was done, by whom; one chain a user.

    Methods of other ports that take a `Deed` append in their own transaction; this is for all else.
    """

    async def append(self, entry: NewAuditEntry) -> AuditEntry:
        """Write an entry at the end of the user's chain; secrets in it are masked.

        Of two at a time one waits for the other. `NotFoundError` where there is no such user.
        Repeating a call whose answer was lost writes a second entry.
        """
        ...

    async def page(self, user: UserId, span: Span) -> Sequence[AuditEntry]:
        """Return entries, newest first; a span's row is an entry's number."""
        ...

    async def after(self, user: UserId, n: int, *, limit: int) -> Sequence[AuditEntry]:
        """Return what was written after the `n`-th entry, oldest first."""
        ...

    async def end(self, user: UserId) -> ChainEnd | None:
        """Return where the user's chain ends, or `None` where nothing was ever written."""
        ...

    async def users(self) -> Sequence[UserId]:
        """Return everybody who has a log, or the end of one."""
        ...
