"""What each command that reaches a worker sets going."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bus.messages import CancelOrder, Drain, ExecuteOrder, ReloadAccount, VerifyFills
from handlers import reconcile
from handlers.errors import StoreUnavailableError
from handlers.lifecycle import UNRESOLVED, WORKING
from handlers.order_records import Mark
from telemetry.stages import Stage
from worker_runtime.errors import SessionUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup

    from bus.base import HintDelivery
    from bus.envelope import Envelope
    from bus.values import Clock, UserId
    from handlers.store.base import OrderStore
    from worker_runtime.consumer import Receipts
    from worker_runtime.execution import Execution
    from worker_runtime.lanes import Done
    from worker_runtime.sessions import Sessions

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Takes commands of one user and of nobody else.

    Attributes:
        tasks: Where what takes time runs.
        begin_drain: Called with the reason when the worker shall leave.
        on_change: Called when a look-up may have made new work.
    """

    user: UserId
    tasks: TaskGroup
    orders: OrderStore
    clock: Clock
    execution: Execution
    sessions: Sessions
    receipts: Receipts
    begin_drain: Callable[[str], None]
    on_change: Callable[[], None]

    def take(self, delivery: HintDelivery) -> None:
        """Set a command going; its receipt follows when it was served."""
        done = partial(self.receipts.put, delivery)
        message = delivery.envelope.message
        if message.user_id != self.user:
            _log.error("foreign_command", extra={"envelope_id": str(delivery.envelope.id)})
            done()
            return
        match message:
            case ExecuteOrder(account_id=account, order_id=order):
                marks = self._marks(delivery.envelope)
                self.execution.execute(account, order, marks=marks, done=done)
            case CancelOrder(account_id=account, order_id=order):
                self.execution.cancel(account, order, done=done)
            case VerifyFills():
                self.tasks.start_soon(self._verify, message, done)
            case ReloadAccount():
                self.tasks.start_soon(self._reload, message, done)
            case Drain(reason=reason):
                self.begin_drain(reason)
                done()
            case _:
                _log.error("unknown_command", extra={"type": type(message).__name__})
                done()

    def _marks(self, envelope: Envelope) -> tuple[Mark, ...]:
        hinted = _EPOCH + timedelta(microseconds=envelope.sent_at_ns // 1000)
        return (
            Mark(stage=Stage.HINTED, at=hinted),
            Mark(stage=Stage.DELIVERED, at=self.clock.now()),
        )

    async def _verify(self, message: VerifyFills, done: Done) -> None:
        """Look once; whoever asked asks again until the order is final."""
        try:
            order = await self.orders.load(message.order_id)
            if order is not None and order.state in WORKING | UNRESOLVED:
                async with self.sessions.use(order.account_id) as desk:
                    await reconcile.look(order, desk, may_conclude=False)
                self.on_change()
        except (StoreUnavailableError, SessionUnavailableError):
            _log.info("fills_not_verified", extra={"order_id": str(message.order_id)})
        finally:
            done()

    async def _reload(self, message: ReloadAccount, done: Done) -> None:
        try:
            await self.sessions.reload(message.account_id)
            self.execution.wake(message.account_id)
        except StoreUnavailableError:
            _log.warning("account_not_reloaded", extra={"account_id": str(message.account_id)})
        finally:
            done()
