"""The port of what a user maps by hand: a chart's symbol to a venue's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from bus.values import UserId
    from handlers.records.audit import Deed
    from handlers.records.symbols import SymbolOverride

# They are read with every token that is looked up, so there is an end to them.
MOST_OVERRIDES = 200


class SymbolStore(Protocol):
    """Overrides of one user; nobody sees another's.

    With a deed, what was changed is told in the user's audit log in the same transaction.
    """

    async def overrides(self, user: UserId) -> Sequence[SymbolOverride]:
        """Return what the user maps by hand, newest first."""
        ...

    async def put(self, wanted: SymbolOverride, *, deed: Deed | None = None) -> SymbolOverride:
        """Map a chart so from now on; said twice, the second changes and tells nothing.

        Of one chart there is one at an account, and one at all of a broker's: it is replaced and
        keeps its id. Raises `NotFoundError` where the account is not the user's or another
        broker's, `RefusedError` (`too_many_symbols`) past `MOST_OVERRIDES`.
        """
        ...

    async def drop(self, user: UserId, key: UUID, *, deed: Deed | None = None) -> bool:
        """Leave the chart to the house's rule again; false if it is not the user's."""
        ...
