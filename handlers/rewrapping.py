"""Putting all credentials under the newest key of the vault; safe to break off and to repeat.

Readers never wait and never fail meanwhile: a row is under its old key or whole under the new one.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handlers.records.audit import NewAuditEntry
from handlers.vault.errors import KeyMissingError, SealBrokenError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import AccountId
    from handlers.store.accounts import SealedRow
    from handlers.store.base import Store
    from handlers.vault.base import Sealer, Unsealer

_PAGE = 100

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rewrapped:
    """What was done.

    Attributes:
        done: How many rows are under the newest key now that were not.
        stuck: Accounts whose credentials cannot be opened; their owners have to set them anew.
    """

    done: int = 0
    stuck: list[AccountId] = field(default_factory=list["AccountId"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrapping:
    """One walk over all users' credentials, by whoever holds both halves of the vault."""

    store: Store
    sealer: Sealer
    unsealer: Unsealer
    actor: str

    async def run(self) -> Rewrapped:
        """Re-wrap every row under an older key; rows that changed meanwhile are looked at again.

        Raises:
            StoreUnavailableError, VaultUnavailableError: Stopped; run it again, it goes on.
        """
        outcome, newest = Rewrapped(), await self.sealer.key_version()
        while await self._walk(newest, outcome):
            continue
        return outcome

    async def _walk(self, newest: int, outcome: Rewrapped) -> bool:
        """Go over all rows once; says whether one changed under our hands."""
        after: AccountId | None = None
        did_change = False
        while page := await self._page(newest, after):
            for row in page:
                if row.account not in outcome.stuck:
                    did_change |= not await self._rewrap(row, outcome)
            after = page[-1].account
        return did_change

    async def _page(self, newest: int, after: AccountId | None) -> Sequence[SealedRow]:
        return await self.store.accounts.sealed_before(newest, after=after, limit=_PAGE)

    async def _rewrap(self, row: SealedRow, outcome: Rewrapped) -> bool:
        """Re-wrap one row; false if it was changed meanwhile."""
        await self.store.audit.append(
            NewAuditEntry(
                user_id=row.context.user,
                actor=self.actor,
                action="account.rewrap",
                subject=f"account:{row.account}",
                before={"version": row.sealed.key_version},
            )
        )
        try:
            secret = await self.unsealer.unseal(row.sealed, row.context)
        except (SealBrokenError, KeyMissingError) as error:
            _log.warning("not_rewrapped", extra={"account_id": str(row.account), "why": str(error)})
            outcome.stuck.append(row.account)
            return True
        sealed = await self.sealer.seal(secret, row.context)
        is_done = await self.store.accounts.rewrap(row, sealed)
        outcome.done += is_done
        return is_done
