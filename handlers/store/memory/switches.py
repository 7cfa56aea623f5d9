"""The kill switch in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint
from typing_extensions import override

from bus.values import OrderId, OrderState
from handlers.records.audit import told
from handlers.records.lifecycle import LIVE
from handlers.records.orders import SwitchChange, SwitchState
from handlers.store.base import SwitchStore
from handlers.store.memory.audit import tell
from handlers.store.memory.cancels import want_cancel
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bus.values import AccountId, UserId
    from handlers.records.audit import Deed
    from handlers.records.orders import Order
    from handlers.store.memory.tables import Tables


class MemorySwitches(SwitchStore):
    """The kill switch."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @override
    async def change(
        self,
        user: UserId,
        *,
        engaged: bool,
        cancel_working: bool,
        allow_exits: bool,
        deed: Deed | None = None,
    ) -> SwitchChange:
        await checkpoint()
        tables = self._tables
        owner = tables.user(user)
        old = owner.switch
        since = old.since if old.is_engaged == engaged else tables.clock.now()
        owner.switch = SwitchState(is_engaged=engaged, allows_exits=allow_exits, since=since)
        tables.enter(user, "switch", user)
        denied = self._deny_queued(user) if engaged else ()
        to_cancel = self._cancel_working(user) if engaged and cancel_working else ()
        change = SwitchChange(switch=owner.switch, denied=tuple(denied), to_cancel=tuple(to_cancel))
        counts = {"denied": len(denied), "cancelled": len(to_cancel)}
        before, after = _facts(old), _facts(owner.switch) | counts
        tell(tables, told(deed, user, f"switch:{user}", before=before, after=after))
        return change

    @override
    async def read(self, user: UserId) -> SwitchState:
        await checkpoint()
        return self._tables.user(user).switch

    @override
    async def in_flight(self, user: UserId) -> Sequence[tuple[OrderId, datetime]]:
        await checkpoint()
        now = self._tables.clock.now()
        return [
            (order.id, order.send_by)
            for order in self._of(user)
            if order.state in {OrderState.SENDING, OrderState.UNKNOWN}
            and order.send_by is not None
            and order.send_by > now
        ]

    def _of(self, user: UserId) -> list[Order]:
        found = [order for order in self._tables.orders.values() if order.user_id == user]
        return sorted(found, key=lambda order: order.id)

    def _deny_queued(self, user: UserId) -> list[OrderId]:
        tables, denied = self._tables, list[OrderId]()
        allows_exits = tables.users[user].switch.allows_exits
        for order in self._of(user):
            if order.state is not OrderState.QUEUED or (allows_exits and order.reduce_only):
                continue
            code = "kill_switch_active"
            tables.change(order, state=OrderState.DENIED, error_code=code)
            moved = (OrderState.QUEUED, OrderState.DENIED)
            tables.write(order, Stage.DENIED, moved=moved, actor="switch", evidence={"code": code})
            denied.append(order.id)
        return denied

    def _cancel_working(self, user: UserId) -> list[tuple[OrderId, AccountId]]:
        live = [order for order in self._of(user) if order.state in LIVE]
        for order in live:
            want_cancel(self._tables, order, actor="switch")
        return [(order.id, order.account_id) for order in live]


def _facts(switch: SwitchState) -> dict[str, int]:
    return {"engaged": switch.is_engaged, "allow_exits": switch.allows_exits}
