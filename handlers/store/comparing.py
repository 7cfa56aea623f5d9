"""The port of comparisons: what is due, what they go by, and what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.values import AccountId, UserId
    from handlers.records.audit import Deed
    from handlers.records.comparison import (
        Comparison,
        DueComparison,
        Holdings,
        LatestComparison,
        Ledger,
        NotCompared,
    )
    from handlers.records.orders import Lease


class ComparisonStore(Protocol):
    """One comparison an account and day; a worker sees its own user's accounts only."""

    async def due(self, *, limit: int) -> Sequence[DueComparison]:
        """Take accounts that are enabled and whose day has no comparison yet.

        The first day of an account begins an hour after it was made, or later.
        Each is given out once, however many ask, and again after half an hour while nothing came of
        it, six times in all. One that has nothing open and did not trade for a week is left alone.
        """
        ...

    async def ledger(self, lease: Lease, account: AccountId) -> Ledger | None:
        """Return what was recorded since the last comparison, at most for a week.

        `None` where the account's newest day does not ask for a comparison any more.
        """
        ...

    async def holdings(self, lease: Lease, account: AccountId) -> Holdings:
        """Return the sums of all that was ever traded at the account."""
        ...

    async def keep(self, lease: Lease, result: Comparison | NotCompared) -> bool:
        """Write down what came of a comparison; false where one was done before.

        Differences that their owner acknowledged count as acknowledged while they are the same.
        """
        ...

    async def latest(self, user: UserId) -> Sequence[LatestComparison]:
        """Return how the comparisons of the user's accounts stand, those that have any."""
        ...

    async def acknowledge(
        self, user: UserId, account: AccountId, at: datetime, *, deed: Deed | None = None
    ) -> bool:
        """Note that the owner knows of the differences that were found at this instant.

        False where the account's latest comparison is another one, or the account another's.
        """
        ...
