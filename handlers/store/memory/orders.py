"""An order's life in memory: claim, settle, deny, cancel."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.ids import uuid7
from bus.values import OrderState
from handlers.errors import NotFoundError
from handlers.records.audit import told
from handlers.records.lifecycle import (
    FINAL,
    LIVE,
    Folded,
    becomes_final,
    disputed,
    fold,
    mistaken,
    stage_of,
    why_no_second_leg,
)
from handlers.records.orders import (
    SEND_SPAN,
    CancelAnswer,
    ClaimedOrder,
    NotClaimed,
    Settled,
    WhyNot,
)
from handlers.store.base import OrderStore
from handlers.store.memory.audit import tell
from handlers.store.memory.births import record_second_leg
from handlers.store.memory.cancels import cancel_queued, want_cancel
from handlers.store.memory.fills import fills_of_others, holder_at_venue, take_fills
from handlers.store.memory.leases import lease_runs
from handlers.store.memory.rows import Hint
from handlers.store.memory.work import expire
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import AccountId, OrderId, UserId
    from handlers.records.audit import Deed
    from handlers.records.orders import Claim, Lease, Order, Settlement
    from handlers.store.memory.tables import Tables

LEASE_LEFT = timedelta(seconds=3)


class MemoryOrders(OrderStore):
    """An order's life after it is recorded."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def load(self, order: OrderId) -> Order | None:
        await checkpoint()
        return self._tables.orders.get(order)

    @override
    async def load_some(self, orders: Sequence[OrderId]) -> Sequence[Order]:
        await checkpoint()
        return [self._tables.orders[order] for order in orders if order in self._tables.orders]

    @override
    async def by_client_id(self, account: AccountId, client_order_id: str) -> Order | None:
        await checkpoint()
        found = self._tables.client_ids.get((account, client_order_id))
        return None if found is None else self._tables.orders[found]

    @override
    async def claim(self, claim: Claim) -> ClaimedOrder | NotClaimed:
        await checkpoint()
        return self._claim_now(claim)

    @override
    async def settle_and_claim(
        self, settlement: Settlement, claim: Claim
    ) -> tuple[Settled, ClaimedOrder | NotClaimed]:
        await checkpoint()
        return self.settle_now(settlement), self._claim_now(claim)

    def _claim_now(self, claim: Claim) -> ClaimedOrder | NotClaimed:
        tables = self._tables
        order = tables.orders.get(claim.order_id)
        if order is None or order.user_id != claim.lease.user_id:
            return NotClaimed(why=WhyNot.GONE)
        if order.state is not OrderState.QUEUED:
            return NotClaimed(why=WhyNot.GONE)
        if not lease_runs(tables, claim.lease, at_least=LEASE_LEFT):
            return NotClaimed(why=WhyNot.LEASE_LOST)
        answer = self._ended(order, claim) or self._held_back(order, claim)
        return answer or self._send(order, claim)

    @override
    async def settle(self, settlement: Settlement) -> Settled:
        await checkpoint()
        return self.settle_now(settlement)

    def settle_now(self, settlement: Settlement) -> Settled:
        """Settle as part of somebody else's transaction."""
        tables = self._tables
        order = tables.orders.get(settlement.order_id)
        if order is None:
            raise NotFoundError
        other = holder_at_venue(tables, order, settlement.broker_order_id)
        if other is not None:
            settlement = mistaken(order, settlement, other)
        added = take_fills(tables, order, settlement)
        taken = fills_of_others(tables, order, settlement)
        is_news = bool(taken) and not self._was_told(order.id, taken)
        if taken:
            settlement = disputed(order, settlement, taken)
        after = fold(order, settlement, tables.traded(order.id, added=added))
        tables.write_marks(order, settlement.marks, settlement.actor)
        if not (after.has_changed or after.is_refused or is_news):
            return Settled(state=order.state, has_changed=False, child=self._child(order))
        return self._write(order, settlement, after)

    @override
    async def deny(self, order: OrderId, *, code: str, message: str, lease: Lease) -> bool:
        await checkpoint()
        found = self._tables.orders.get(order)
        if found is None or found.user_id != lease.user_id:
            return False
        if found.state is not OrderState.QUEUED or not lease_runs(self._tables, lease):
            return False
        self._deny(found, code=code, message=message, actor=_name(lease))
        return True

    @override
    async def request_cancel(
        self, user: UserId, order: OrderId, *, deed: Deed | None = None
    ) -> CancelAnswer:
        await checkpoint()
        answer = self._cancel(user, order)
        if answer in {CancelAnswer.CANCELLED, CancelAnswer.REQUESTED}:
            after = {"cancel": answer.value}
            tell(self._tables, told(deed, user, f"order:{order}", after=after))
        return answer

    def _cancel(self, user: UserId, order: OrderId) -> CancelAnswer:
        found = self._tables.orders.get(order)
        if found is None or found.user_id != user:
            return CancelAnswer.NOT_FOUND
        if found.state in FINAL:
            found = self._tables.second_leg(found) or found
        if found.state in FINAL:
            return CancelAnswer.ALREADY_FINAL
        if found.state is OrderState.QUEUED:
            cancel_queued(self._tables, found, actor="user")
            return CancelAnswer.CANCELLED
        want_cancel(self._tables, found, actor="user")
        return CancelAnswer.REQUESTED

    @override
    async def note_cancel_sent(self, order: OrderId, lease: Lease) -> bool:
        await checkpoint()
        found = self._tables.orders.get(order)
        if found is None or found.user_id != lease.user_id:
            return False
        if found.cancel_requested_at is None or found.state not in LIVE:
            return False
        self._tables.change(found, cancel_sent_at=self._tables.clock.now())
        moved = (found.state, found.state)
        self._tables.write(found, Stage.CANCEL_SENT, moved=moved, actor=_name(lease))
        return True

    def _ended(self, order: Order, claim: Claim) -> NotClaimed | None:
        """Make the order final where it must not be sent any more."""
        tables, actor = self._tables, _name(claim.lease)
        switch = tables.users[order.user_id].switch
        if order.expires_at <= tables.clock.now():
            expire(tables, order, actor=actor)
            return NotClaimed(why=WhyNot.EXPIRED)
        if switch.is_engaged and not (switch.allows_exits and claim.reduce_only):
            self._deny(order, code="kill_switch_active", actor=actor)
            return NotClaimed(why=WhyNot.KILLED)
        if not tables.account_is_open(order.account_id):
            self._deny(order, code="account_disabled", actor=actor)
            return NotClaimed(why=WhyNot.DISABLED)
        return None

    def _held_back(self, order: Order, claim: Claim) -> NotClaimed | None:
        """Leave the order queued where another goes first."""
        epoch = claim.lease.epoch
        if not claim.reduce_only and self._tables.blocks(order, epoch=epoch):
            return NotClaimed(why=WhyNot.BLOCKED)
        older = [
            other
            for other in self._tables.orders.values()
            if other.account_id == order.account_id
            and other.seq < order.seq
            and self._could_be_claimed(other, epoch)
        ]
        if not older:
            return None
        return NotClaimed(why=WhyNot.BEHIND, ahead=min(older, key=lambda other: other.seq).id)

    def _could_be_claimed(self, order: Order, epoch: int) -> bool:
        tables = self._tables
        if order.state is not OrderState.QUEUED or order.expires_at <= tables.clock.now():
            return False
        if order.reduce_only:
            return True
        is_engaged = tables.users[order.user_id].switch.is_engaged
        return not is_engaged and not tables.blocks(order, epoch=epoch)

    def _send(self, order: Order, claim: Claim) -> ClaimedOrder:
        tables = self._tables
        now = tables.clock.now()
        sending = tables.change(
            order,
            state=OrderState.SENDING,
            side=claim.side,
            frozen_quantity=claim.frozen_quantity,
            reduce_only=claim.reduce_only,
            next_leg=claim.next_leg,
            traded_as=claim.traded_as,
            epoch=claim.lease.epoch,
            send_started_at=now,
            send_by=now + SEND_SPAN,
            attempts=order.attempts + 1,
        )
        actor = _name(claim.lease)
        tables.write_marks(order, claim.marks, actor)
        moved = (OrderState.QUEUED, OrderState.SENDING)
        tables.write(order, Stage.CLAIMED, moved=moved, actor=actor)
        return ClaimedOrder(order=sending, send_by=now + SEND_SPAN)

    def _deny(self, order: Order, *, code: str, actor: str, message: str | None = None) -> None:
        self._tables.change(order, state=OrderState.DENIED, error_code=code, error_message=message)
        moved = (OrderState.QUEUED, OrderState.DENIED)
        self._tables.write(order, Stage.DENIED, moved=moved, actor=actor, evidence={"code": code})

    def _write(self, order: Order, said: Settlement, after: Folded) -> Settled:
        tables = self._tables
        fields: dict[str, Any] = {
            "state": after.state,
            "filled_quantity": after.filled_quantity,
            "average_price": after.average_price,
            "broker_order_id": after.broker_order_id,
            "error_code": after.error_code,
            "error_message": after.error_message,
        }
        if after.state is OrderState.QUEUED and order.state is OrderState.SENDING:
            asked = tables.asked[order.id]
            fields |= dict.fromkeys(("frozen_quantity", "next_leg", "epoch", "send_by"))
            fields |= {"side": asked.side, "reduce_only": asked.reduce_only}
            # The sender tries again by itself; the relay hints the order if it does not.
            now = tables.clock.now()
            hint = Hint(id=uuid7(), is_cancel=False, created_at=now)
            tables.outbox.setdefault(order.id, hint).hinted_at = now
        tables.change(order, **fields)
        evidence = dict(said.evidence)
        if after.state is not said.state:
            evidence["said"] = said.state.value
        child = self._child(order)
        if order.next_leg is not None and becomes_final(order.state, after.state):
            engaged = tables.users[order.user_id].switch.is_engaged
            why_not = why_no_second_leg(order, after, is_switch_engaged=engaged)
            if why_not is not None:
                evidence["no_second_leg"] = why_not
            else:
                child = record_second_leg(tables, order, order.next_leg, actor=said.actor).id
                evidence["second_leg"] = str(child)
        moved = (order.state, after.state)
        stage = stage_of(order.state)
        tables.write(order, stage, moved=moved, actor=said.actor, evidence=evidence)
        return Settled(state=after.state, has_changed=after.has_changed, child=child)

    def _was_told(self, order: OrderId, taken: list[str]) -> bool:
        """Say whether an event of the order names these executions of others."""
        events = self._tables.events[order]
        told = (each.evidence.get("fills_of_others", ()) for each in events)
        return any(set(taken) <= set(keys) for keys in told)

    def _child(self, order: Order) -> OrderId | None:
        second = self._tables.second_leg(order)
        return None if second is None else second.id


def _name(lease: Lease) -> str:
    return f"worker:{lease.worker_id}"
