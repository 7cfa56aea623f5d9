"""Walking a user's audit log from its first entry to its last, to see that it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.values import UserId
from handlers.records.audit import GENESIS, first_broken
from handlers.records.base import Record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from handlers.records.audit import AuditEntry
    from handlers.store.auditing import AuditStore

_AT_A_TIME = 500


class Checked(Record, frozen=True, kw_only=True):
    """What a walk over one log found.

    Attributes:
        entries: How many entries the log has by its counter.
        hash: The last one's. Kept elsewhere, it shows later that nobody wrote the log anew.
        broken_at: The number of the first entry that is not what was written; `None`: it is whole.
    """

    user_id: UserId
    entries: int
    hash: str
    broken_at: int | None


async def check_log(log: AuditStore, user: UserId) -> Checked:
    """Compare every entry with the chain, and the chain with its counter."""
    end = await log.end(user)
    if end is None:
        return Checked(user_id=user, entries=0, hash=GENESIS.hex(), broken_at=None)
    previous, n = GENESIS, 0
    broken: int | None = None
    async for run in runs_of(log, user, until=end.n):
        broken = first_broken(previous, n + 1, run)
        if broken is not None:
            break
        previous, n = bytes.fromhex(run[-1].hash), run[-1].n
    if broken is None and (n, previous.hex(), end.last_n) != (end.n, end.hash, end.n):
        broken = n + 1 if n < max(end.n, end.last_n) else n
    return Checked(user_id=user, entries=end.n, hash=end.hash, broken_at=broken)


async def runs_of(
    log: AuditStore, user: UserId, *, until: int
) -> AsyncIterator[Sequence[AuditEntry]]:
    """Yield a log up to its `until`-th entry, oldest first, some at a time."""
    n = 0
    while n < until and (run := await log.after(user, n, limit=min(_AT_A_TIME, until - n))):
        kept = [entry for entry in run if entry.n <= until]
        if kept:
            yield kept
        n = run[-1].n
