"""What the audit log is told of those who were not let in: whose door, how often, and why.

Nothing that was typed is kept. Whoever knocks a thousand times makes no thousand entries: what
comes within a minute of a user's last entry waits, and is told as one. It is told after the answer,
so that the answer takes no longer where there is such a user.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import anyio
import structlog

from handlers.errors import NotFoundError, StoreUnavailableError
from handlers.records.audit import NewAuditEntry

if TYPE_CHECKING:
    from bus.values import Clock, UserId
    from handlers.records.audit import Deed
    from handlers.store.auditing import AuditStore

_PAUSE_S = 60.0
_LOOK_AGAIN = 1.0
_MOST_USERS = 10_000
_MOST_ADDRESSES = 5
_LAST_CHANCE = 5.0

_log = structlog.get_logger("identity.refused")


class _Refusals:
    """What is not told yet of one user's door."""

    def __init__(self, deed: Deed) -> None:
        self.deed = deed
        self.why: Counter[str] = Counter()
        self.addresses: dict[str, None] = {}


class RefusedSignIns:
    """Tells each user's audit log of refusals, once a minute in each process at most."""

    def __init__(self, audit: AuditStore, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock
        self._waiting: dict[UserId, _Refusals] = {}
        self._told_at: dict[UserId, float] = {}
        self._bell = anyio.Event()

    def note(self, user: UserId, why: str, deed: Deed) -> None:
        """Remember a refusal; `deed` says where it came from, and `why` is its code."""
        refusals = self._waiting.get(user)
        if refusals is None:
            if len(self._waiting) >= _MOST_USERS:
                _log.warning("refusal_not_told", user_id=user)
                return
            refusals = self._waiting[user] = _Refusals(deed)
        refusals.why[why] += 1
        if deed.address is not None and len(refusals.addresses) < _MOST_ADDRESSES:
            refusals.addresses[deed.address] = None
        self._bell.set()

    async def run(self) -> None:
        """Tell what is due, for ever."""
        while True:
            await self._bell.wait()
            while self._waiting:
                await self.tell_what_is_due()
                await anyio.sleep(_LOOK_AGAIN)
            self._bell = anyio.Event()

    async def tell_what_is_due(self) -> None:
        """Tell of those whose last entry is more than a minute old, or who have none."""
        begin = self._clock.monotonic() - _PAUSE_S
        self._told_at = {user: at for user, at in self._told_at.items() if at > begin}
        await self._tell([user for user in self._waiting if user not in self._told_at])

    async def flush(self) -> None:
        """Tell everything, before the process ends."""
        with anyio.move_on_after(_LAST_CHANCE):
            await self._tell(list(self._waiting))

    def __len__(self) -> int:
        return len(self._waiting)

    async def _tell(self, users: list[UserId]) -> None:
        for user in users:
            refusals = self._waiting.pop(user)
            try:
                await self._audit.append(_entry(user, refusals))
            except StoreUnavailableError:
                self._waiting.setdefault(user, refusals)
                return
            except NotFoundError:
                continue
            self._told_at[user] = self._clock.monotonic()


def _entry(user: UserId, refusals: _Refusals) -> NewAuditEntry:
    deed = refusals.deed
    return NewAuditEntry(
        user_id=user,
        actor=deed.actor,
        action=deed.action,
        subject=f"user:{user}",
        after={
            "times": refusals.why.total(),
            "why": dict(refusals.why),
            "addresses": list(refusals.addresses),
        },
        address=deed.address,
        trace_id=deed.trace_id,
    )
