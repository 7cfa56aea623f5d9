"""Rows of the memory record that are kept nowhere else in this form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handlers.records.comparison import Comparison, NotCompared
from handlers.records.views import StreamEvent

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from bus.values import Side, StrategyId, UserId
    from handlers.records.orders import Lease, SwitchState
    from handlers.records.people import MailedPurpose, SignUp


@dataclass(slots=True)
class Hint:
    """An outbox row: what the relay knows of an order's command."""

    id: UUID
    is_cancel: bool
    created_at: datetime
    hinted_at: datetime | None = None
    attempt: int = 0


@dataclass(slots=True)
class Asked:
    """How an order was asked for, before any freeze; a send that never happened restores it."""

    side: Side | None
    reduce_only: bool


@dataclass(slots=True)
class User:
    """A user, and the count of their stream."""

    email: str
    password_hash: str
    switch: SwitchState
    roles: frozenset[str]
    locale: str = "en"
    stream_n: int = 0
    entries: list[StreamEvent] = field(default_factory=list[StreamEvent])


@dataclass(slots=True)
class Token:
    """A webhook token of a strategy; rotation gives it an end."""

    strategy_id: StrategyId
    ends_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Say whether the token opens the door now."""
        return self.ends_at is None or self.ends_at > now


@dataclass(slots=True)
class PendingSignUp:
    """A sign-up whose address is not confirmed yet."""

    sign_up: SignUp
    ends_at: datetime


@dataclass(slots=True)
class MailedToken:
    """A token that was handed out once."""

    user: UserId
    purpose: MailedPurpose
    ends_at: datetime


@dataclass(slots=True)
class Compared:
    """One account's day: how often its comparison was asked for, and what came of it."""

    user: UserId
    attempt: int
    asked_at: datetime
    is_idle: bool
    kept: Comparison | NotCompared | None = None
    acknowledged_at: datetime | None = None

    @property
    def state(self) -> str:
        """In one word, what came of it so far."""
        if self.kept is None:
            return "asked"
        return "done" if isinstance(self.kept, Comparison) else "unreachable"

    @property
    def done(self) -> Comparison | None:
        """What was compared."""
        return self.kept if isinstance(self.kept, Comparison) else None

    @property
    def failure(self) -> NotCompared | None:
        """Why nothing was."""
        return self.kept if isinstance(self.kept, NotCompared) else None


@dataclass(slots=True)
class RunningLease:
    """A lease row; it is never deleted."""

    lease: Lease
    ends_at: datetime
    is_released: bool = False
    taken_over: int = 0
