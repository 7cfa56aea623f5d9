"""What the memory record holds, and the two ways anything is written down: events and entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from bus.values import OrderState
from handlers.errors import NotFoundError
from handlers.records.accounts import AccountState
from handlers.records.lifecycle import UNRESOLVED, Traded
from handlers.records.orders import Mark, SwitchState
from handlers.records.views import OrderEvent, StreamEvent
from handlers.store.memory.rows import (
    Asked,
    Compared,
    Hint,
    MailedToken,
    PendingSignUp,
    RunningLease,
    Token,
    User,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from bus.values import (
        AccountId,
        Clock,
        OrderId,
        SignalId,
        StrategyId,
        UserId,
        WorkerId,
    )
    from handlers.records.accounts import Account, Strategy
    from handlers.records.audit import AuditEntry
    from handlers.records.control_hops import ControlHop
    from handlers.records.orders import Order
    from handlers.records.people import KeyView, SealedTotp, SessionView
    from handlers.records.symbols import SymbolOverride
    from handlers.records.views import FillView, SignalView, WorkerView
    from handlers.store.memory.kept import KeptAnswer
    from handlers.vault.base import Sealed
    from telemetry.stages import Stage


@dataclass(slots=True)
class Tables:
    """Everything. Methods of the ports run between two checkpoints, so each is one transaction."""

    clock: Clock
    users: dict[UserId, User] = field(default_factory=dict[Any, Any])
    keys: dict[bytes, KeyView] = field(default_factory=dict[Any, Any])
    sessions: dict[bytes, SessionView] = field(default_factory=dict[Any, Any])
    devices: dict[UserId, list[bytes]] = field(default_factory=dict[Any, Any])
    sign_ups: dict[bytes, PendingSignUp] = field(default_factory=dict[Any, Any])
    mailed: dict[bytes, MailedToken] = field(default_factory=dict[Any, Any])
    totp: dict[UserId, SealedTotp] = field(default_factory=dict[Any, Any])
    recovery_codes: dict[UserId, set[bytes]] = field(default_factory=dict[Any, Any])
    accounts: dict[AccountId, Account] = field(default_factory=dict[Any, Any])
    venue_accounts: dict[AccountId, str | None] = field(default_factory=dict[Any, Any])
    sealed: dict[AccountId, Sealed] = field(default_factory=dict[Any, Any])
    strategies: dict[StrategyId, Strategy] = field(default_factory=dict[Any, Any])
    tokens: dict[bytes, Token] = field(default_factory=dict[Any, Any])
    signals: dict[SignalId, SignalView] = field(default_factory=dict[Any, Any])
    owners: dict[SignalId, UserId] = field(default_factory=dict[Any, Any])
    dedupe_keys: dict[tuple[StrategyId, bytes], SignalId] = field(default_factory=dict[Any, Any])
    hashes: dict[SignalId, bytes] = field(default_factory=dict[Any, Any])
    windows: dict[tuple[StrategyId, bytes], tuple[SignalId, datetime]] = field(
        default_factory=dict[Any, Any]
    )
    idempotency: dict[tuple[UserId, str], tuple[bytes, OrderId]] = field(
        default_factory=dict[Any, Any]
    )
    answers: dict[tuple[UserId, str], KeptAnswer] = field(default_factory=dict[Any, Any])
    orders: dict[OrderId, Order] = field(default_factory=dict[Any, Any])
    asked: dict[OrderId, Asked] = field(default_factory=dict[Any, Any])
    client_ids: dict[tuple[AccountId, str], OrderId] = field(default_factory=dict[Any, Any])
    events: dict[OrderId, list[OrderEvent]] = field(default_factory=dict[Any, Any])
    fills: dict[tuple[AccountId, str], FillView] = field(default_factory=dict[Any, Any])
    leases: dict[UserId, RunningLease] = field(default_factory=dict[Any, Any])
    outbox: dict[OrderId, Hint] = field(default_factory=dict[Any, Any])
    workers: dict[WorkerId, WorkerView] = field(default_factory=dict[Any, Any])
    workers_since: dict[WorkerId, datetime] = field(default_factory=dict[Any, Any])
    hops: dict[OrderId, list[ControlHop]] = field(default_factory=dict[Any, Any])
    checks: dict[OrderId, tuple[int, datetime]] = field(default_factory=dict[Any, Any])
    comparisons: dict[tuple[AccountId, datetime], Compared] = field(default_factory=dict[Any, Any])
    sequences: dict[AccountId, int] = field(default_factory=dict[Any, Any])
    overrides: dict[UUID, SymbolOverride] = field(default_factory=dict[Any, Any])
    audit: dict[UserId, list[AuditEntry]] = field(default_factory=dict[Any, Any])

    def add_user(self, user: UserId, *, email: str, password_hash: str) -> User:
        """Keep a user; the first one is an operator too."""
        switch = SwitchState(is_engaged=False, allows_exits=False, since=None)
        roles = frozenset({"trader"} if self.users else {"trader", "operator"})
        made = User(email=email, password_hash=password_hash, switch=switch, roles=roles)
        self.users[user] = made
        return made

    def has_totp(self, user: UserId) -> bool:
        """Say whether a second factor is in force."""
        kept = self.totp.get(user)
        return kept is not None and kept.is_confirmed

    def user(self, user: UserId) -> User:
        """Return a user; `NotFoundError` if there is none."""
        if user not in self.users:
            raise NotFoundError
        return self.users[user]

    def next_seq(self, account: AccountId) -> int:
        """Count one more order of an account."""
        self.sequences[account] = self.sequences.get(account, 0) + 1
        return self.sequences[account]

    def enter(self, user: UserId, kind: str, object_id: UUID) -> None:
        """Write one entry of a user's stream."""
        owner = self.users[user]
        owner.stream_n += 1
        owner.entries.append(
            StreamEvent(
                stream_n=owner.stream_n, kind=kind, object_id=object_id, at=self.clock.now()
            )
        )

    def change(self, order: Order, **fields: object) -> Order:
        """Replace fields of an order."""
        changed = msgspec.structs.replace(order, **fields, updated_at=self.clock.now())
        self.orders[order.id] = changed
        return changed

    def write(
        self,
        order: Order,
        stage: Stage,
        *,
        moved: tuple[OrderState | None, OrderState | None],
        actor: str,
        evidence: dict[str, Any] | None = None,
    ) -> None:
        """Append one event to an order's timeline and to its user's stream."""
        mark = Mark(stage=stage, at=self.clock.now(), evidence=evidence or {})
        self._append(order, mark, moved=moved, actor=actor)
        if order.leg > 1 and order.parent_id is not None:
            # The reversal is shown in another state from now on.
            self.enter(order.user_id, "order", order.parent_id)

    def write_marks(self, order: Order, marks: Sequence[Mark], actor: str) -> None:
        """Append hops that were passed, each once however often it is told."""
        known = {(event.stage, event.at) for event in self.events.get(order.id, ())}
        for mark in marks:
            if (mark.stage, mark.at) not in known:
                self._append(order, mark, moved=(None, None), actor=actor)

    def _append(
        self,
        order: Order,
        mark: Mark,
        *,
        moved: tuple[OrderState | None, OrderState | None],
        actor: str,
    ) -> None:
        self.enter(order.user_id, "order", order.id)
        timeline = self.events.setdefault(order.id, [])
        timeline.append(
            OrderEvent(
                order_id=order.id,
                n=len(timeline) + 1,
                at=mark.at,
                stage=mark.stage,
                from_state=moved[0],
                to_state=moved[1],
                actor=actor,
                epoch=self.orders[order.id].epoch,
                evidence=mark.evidence,
            )
        )

    def hops_about(self, order: OrderId) -> tuple[ControlHop, ...]:
        """Return what the control plane did about an order, in the order in which it began."""
        found = self.hops.get(order, ())
        return tuple(sorted(found, key=lambda hop: (hop.taken_at, hop.id, hop.attempt)))

    def fills_of(self, order: OrderId) -> list[FillView]:
        """Return an order's fills, oldest first."""
        found = [fill for fill in self.fills.values() if fill.order_id == order]
        return sorted(found, key=lambda fill: fill.at)

    def traded(self, order: OrderId, *, added: int) -> Traded:
        """Sum an order's fills up."""
        fills = self.fills_of(order)
        return Traded(
            quantity=sum((fill.quantity for fill in fills), Decimal(0)),
            value=sum((fill.quantity * fill.price for fill in fills), Decimal(0)),
            added=added,
        )

    def blocks(self, order: Order, *, epoch: int | None) -> bool:
        """Say whether something unresolved on its account and symbol holds an entry back."""
        now = self.clock.now()
        return any(
            other.account_id == order.account_id
            and other.symbol == order.symbol
            and other.id != order.id
            and is_unresolved(other, epoch=epoch, now=now)
            for other in self.orders.values()
        )

    def shown(self, strategy: Strategy) -> Strategy:
        """Return a strategy without the accounts that were deleted."""
        left = tuple(account for account in strategy.accounts if account in self.accounts)
        return msgspec.structs.replace(strategy, accounts=left)

    def second_leg(self, first: Order) -> Order | None:
        """Return a reversal's opening leg, once it is recorded."""
        if first.next_leg is None:
            return None
        orders = self.orders.values()
        return next((leg for leg in orders if leg.parent_id == first.id and leg.leg == 2), None)

    def account_is_open(self, account: AccountId) -> bool:
        """Say whether orders may be sent to an account."""
        found = self.accounts.get(account)
        return found is not None and found.state is AccountState.ENABLED


def is_unresolved(order: Order, *, epoch: int | None, now: datetime) -> bool:
    """Say whether nobody knows what became of an order, as seen by the lease's epoch."""
    if order.state in UNRESOLVED:
        return True
    if order.state is not OrderState.SENDING:
        return False
    is_other = epoch is not None and order.epoch != epoch
    return is_other or order.send_by is None or order.send_by <= now
