"""The port of open orders: what a user's worker finds to do, and what it has to know for that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from bus.values import AccountId, OrderId, UserId
    from handlers.records.orders import Lease, Order


class WorkStore(Protocol):
    """What a user's worker finds to do."""

    async def take_over(self, lease: Lease) -> Sequence[Order]:
        """Turn each `sending` of an older epoch into `unknown`; return all that is unresolved."""
        ...

    async def sweep(self, lease: Lease) -> Sequence[Order]:
        """Turn `sending` past `send_by` into `unknown` and overdue `queued` into `expired`.

        Returns all that is unresolved: `unknown` and `needs_review`, oldest first.
        """
        ...

    async def oldest_queued(self, user: UserId, *, limit: int) -> Sequence[Order]:
        """Return queued orders by account and `seq`, first those that could be claimed."""
        ...

    async def wanted_cancels(self, user: UserId, *, limit: int) -> Sequence[Order]:
        """Return working orders whose cancel is wanted and was not sent within 2 s."""
        ...

    async def working(self, user: UserId) -> Sequence[Order]:
        """Return orders that work at a venue: `accepted` and `partially_filled`."""
        ...

    async def untold(self, user: UserId) -> Sequence[Order]:
        """Return orders that are over whose executions are not all written down.

        Those of the last day: a comparison finds what lacks of older ones.
        """
        ...

    async def pass_sibling(self, order: OrderId, ahead: OrderId, lease: Lease) -> bool:
        """Change places with an older queued order; false where the two may not.

        They may where both are queued, of one account, symbol and strategy, recorded within 150 ms.
        """
        ...

    async def contracts(
        self, lease: Lease, account: AccountId, symbol: str
    ) -> Mapping[str, Decimal]:
        """Return what the fills of a name come to, signed, by the contract that was traded.

        Those of 120 days: no contract that a name leads to is traded for longer. Contracts that it
        holds nothing of are left out.
        """
        ...

    async def has_work(self, user: UserId) -> bool:
        """Say whether anything is queued, working or unresolved, or untold since a short time.

        An idle worker asks, and who would start one.
        """
        ...
