"""Everything that may travel: a closed union of frozen, tagged commands.

A message carries ids and never a secret; PostgreSQL is the record that they point into.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from bus.values import AccountId, OrderId, UserId, WorkerId

Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all messages share: whose it is. It is also the group that keeps their order."""

    user_id: UserId


class ExecuteOrder(Command, tag="execute_order", frozen=True, kw_only=True):
    """Hint to a user's worker: this order is queued. Saying it twice changes nothing."""

    order_id: OrderId
    account_id: AccountId


class CancelOrder(Command, tag="cancel_order", frozen=True, kw_only=True, omit_defaults=True):
    """Hint to a user's worker: this order's cancel was asked for.

    Where somebody waits for what the venue says, `request` is what they wait for.
    """

    order_id: OrderId
    account_id: AccountId
    request: UUID | None = None


class VerifyFills(Command, tag="verify_fills", frozen=True, kw_only=True, omit_defaults=True):
    """Ask a user's worker to look an order up at its venue and settle what it finds.

    Where somebody waits for that, `request` is what they wait for.
    """

    order_id: OrderId
    account_id: AccountId
    attempt: int
    request: UUID | None = None


class ProbeAccount(Command, tag="probe_account", frozen=True, kw_only=True):
    """Ask a user's worker to connect to an account and say what it finds there."""

    account_id: AccountId
    request: UUID


class FindInstruments(Command, tag="find_instruments", frozen=True, kw_only=True):
    """Ask a user's worker what an account's venue trades.

    Attributes:
        symbol: The venue's own name of one instrument; it comes first in the answer.
        query: What other symbols shall contain.
    """

    account_id: AccountId
    symbol: str | None
    query: str
    request: UUID


class ReloadAccount(Command, tag="reload_account", frozen=True, kw_only=True):
    """Tell a user's worker that an account's credentials or options changed."""

    account_id: AccountId


class CompareAccount(Command, tag="compare_account", frozen=True, kw_only=True):
    """Ask a user's worker to compare an account's venue with the record; once a day is enough."""

    account_id: AccountId


class Drain(Command, tag="drain", frozen=True, kw_only=True):
    """Tell a user's worker to finish what it has in hand and leave."""

    reason: str


class StartWorker(Command, tag="start_worker", frozen=True, kw_only=True):
    """The user should have a worker; level-triggered, so one that has is left alone."""

    cause: OrderId | None
    deadline: Instant


class StopWorker(Command, tag="stop_worker", frozen=True, kw_only=True):
    """The user should have no worker."""

    reason: str


class ClaimWorker(Command, tag="claim_worker", frozen=True, kw_only=True, omit_defaults=True):
    """A warm worker was promised to the user: hand it over, or launch one."""

    worker_id: WorkerId | None
    deadline: Instant
    cause: OrderId | None = None


class VerifyOrder(Command, tag="verify_order", frozen=True, kw_only=True):
    """Look again, the `attempt`-th time, whether an order has reached its final state."""

    order_id: OrderId
    account_id: AccountId
    attempt: int

    @property
    def dedup_id(self) -> str:
        """Of each look its own: whoever asks for it, and how often, it is one look."""
        return f"verify:{self.order_id}:{self.attempt}"


class Finding(StrEnum):
    """What maintenance can find out of order; each kind is healed in its own way."""

    MARK_WITHOUT_WORKER = "mark_without_worker"
    WORKER_WITHOUT_MARK = "worker_without_mark"
    DEAD_INFLIGHT = "dead_inflight"
    STALE_LEASE = "stale_lease"
    CLAIMED_WITHOUT_LEASE = "claimed_without_lease"
    EXPIRED_POOL_MEMBER = "expired_pool_member"
    QUEUED_PAST_TTL = "queued_past_ttl"
    UNATTENDED_ORDER = "unattended_order"
    OUTBOX_LEFTOVER = "outbox_leftover"
    COMPARISON_DUE = "comparison_due"


class HealOrphan(Command, tag="heal_orphan", frozen=True, kw_only=True, omit_defaults=True):
    """One finding of maintenance, to be healed once.

    Attributes:
        epoch: Of the lease that the finding is about.
    """

    finding: Finding
    order_id: OrderId | None = None
    worker_id: WorkerId | None = None
    epoch: int | None = None
    account_id: AccountId | None = None


class FindOrphans(Command, tag="find_orphans", frozen=True, kw_only=True):
    """Look through the record and the launcher's list for what is out of order; the house's own."""


class KeepPool(Command, tag="keep_pool", frozen=True, kw_only=True):
    """Bring the pool of warm workers to its size; the house's own, whoever took one from it."""


Message = (
    ExecuteOrder
    | CancelOrder
    | VerifyFills
    | ProbeAccount
    | FindInstruments
    | ReloadAccount
    | CompareAccount
    | Drain
    | StartWorker
    | StopWorker
    | ClaimWorker
    | VerifyOrder
    | HealOrphan
    | FindOrphans
    | KeepPool
)
