"""What each command that reaches a worker sets going."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import anyio

from bus.envelope import named
from bus.messages import (
    CancelOrder,
    CompareAccount,
    Drain,
    ExecuteOrder,
    FindInstruments,
    ProbeAccount,
    ReloadAccount,
    VerifyFills,
)
from handlers.asking.account_probe import PROBE_WITHIN, look_at_account
from handlers.asking.instrument_search import FOUND_WITHIN, look_for_instruments
from handlers.asking.replies import Reason, failed
from handlers.asking.replies import done as said
from handlers.errors import StoreUnavailableError
from handlers.orders import reconcile
from handlers.records.lifecycle import UNRESOLVED, WORKING
from handlers.records.orders import Mark
from telemetry.propagation import trace_id_in
from telemetry.stages import Stage
from worker_runtime.errors import SessionUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup

    from broker_adapters.base import Broker
    from bus.base import HintDelivery
    from bus.envelope import Envelope
    from bus.values import Clock, UserId
    from handlers.asking.replies import Reply
    from handlers.orders.executed import Executed
    from handlers.store.base import OrderStore
    from worker_runtime.answers import Answers
    from worker_runtime.comparing import Comparing
    from worker_runtime.consumer import Receipts
    from worker_runtime.execution import Execution
    from worker_runtime.sessions import Sessions
    from worker_runtime.turn import Done

# The answer must be there before whoever asked has left.
_ANSWERED_BEFORE = 1.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """Takes commands of one user and of nobody else.

    Attributes:
        tasks: Where what takes time runs.
        answers: What is said to whoever waits for it.
        begin_drain: Called with the reason when the worker shall leave.
        on_change: Called when a look-up may have made new work.
    """

    user: UserId
    tasks: TaskGroup
    orders: OrderStore
    clock: Clock
    execution: Execution
    sessions: Sessions
    comparing: Comparing
    receipts: Receipts
    answers: Answers
    begin_drain: Callable[[str], None]
    on_change: Callable[[], None]

    def take(self, delivery: HintDelivery) -> None:
        """Set a command going; its receipt follows when it was served."""
        done = partial(self._served, delivery)
        message = delivery.envelope.message
        trace_id = trace_id_in(delivery.envelope.traceparent)
        if message.user_id != self.user:
            said = {"envelope_id": str(delivery.envelope.id), **named(delivery.envelope)}
            _log.error("foreign_command", extra=said)
            done(None)
            return
        match message:
            case ExecuteOrder(account_id=account, order_id=order):
                marks = self._marks(delivery.envelope)
                self.execution.execute(account, order, marks=marks, trace_id=trace_id, done=done)
            case CancelOrder(account_id=account, order_id=order):
                self.execution.cancel(account, order, trace_id=trace_id, done=done)
            case VerifyFills():
                self.tasks.start_soon(self._verify, message, trace_id, done)
            case ProbeAccount() | FindInstruments():
                self.tasks.start_soon(self._look, message, done)
            case ReloadAccount() | CompareAccount():
                self._attend(message, done)
            case Drain(reason=reason):
                self.begin_drain(reason)
                done(None)
            case _:
                _log.error("unknown_command", extra=named(delivery.envelope))
                done(None)

    def _attend(self, message: ReloadAccount | CompareAccount, done: Done) -> None:
        """Set what an account needs going; nobody waits for a comparison, and it takes minutes."""
        if isinstance(message, ReloadAccount):
            self.tasks.start_soon(self._reload, message, done)
        else:
            self.tasks.start_soon(self.comparing.run, message.account_id)
            done(None)

    def _served(self, delivery: HintDelivery, executed: Executed | None) -> None:
        """Put the receipt, and answer a cancel that somebody waits for."""
        self.receipts.put(delivery)
        message = delivery.envelope.message
        if isinstance(message, CancelOrder) and message.request is not None:
            known = None if executed is None else executed.reply
            self.answers.give(message.request, known or failed(Reason.CANCEL_PENDING))

    def _marks(self, envelope: Envelope) -> tuple[Mark, ...]:
        hinted = _EPOCH + timedelta(microseconds=envelope.sent_at_ns // 1000)
        return (
            Mark(stage=Stage.HINTED, at=hinted),
            Mark(stage=Stage.DELIVERED, at=self.clock.now()),
        )

    async def _verify(self, message: VerifyFills, trace_id: str, done: Done) -> None:
        """Look once; whoever asked asks again until the order is final."""
        reply = failed(Reason.UNAVAILABLE)
        about = {"order_id": str(message.order_id), "trace_id": trace_id}
        try:
            reply = await self._looked_up(message, about)
        except StoreUnavailableError:
            _log.info("fills_not_verified", extra=about)
        except SessionUnavailableError as error:
            reply = failed(error.code, why=str(error))
            _log.info("fills_not_verified", extra=about)
        finally:
            done(None)
            if message.request is not None:
                self.answers.give(message.request, reply)

    async def _looked_up(self, message: VerifyFills, about: dict[str, str]) -> Reply:
        order = await self.orders.load(message.order_id)
        if order is None:
            return failed(Reason.NOT_FOUND)
        about["trace_id"] = order.trace_id
        if order.state not in WORKING | UNRESOLVED:
            return said("verified", state=order.state)
        async with self.sessions.use(order.account_id) as desk:
            state = await reconcile.look(order, desk, may_conclude=False)
        self.on_change()
        return said("verified", state=state or order.state)

    async def _look(self, message: ProbeAccount | FindInstruments, done: Done) -> None:
        """Connect and look, beside all order lanes; the session stays open for orders to come."""
        reply = failed(Reason.BROKER_UNAVAILABLE)
        span = PROBE_WITHIN if isinstance(message, ProbeAccount) else FOUND_WITHIN
        try:
            with anyio.move_on_after(span.total_seconds() - _ANSWERED_BEFORE):
                await self.sessions.try_again(message.account_id)
                async with self.sessions.use(message.account_id) as desk:
                    reply = await _looked(message, desk.broker)
        except StoreUnavailableError:
            reply = failed(Reason.UNAVAILABLE)
        except SessionUnavailableError as error:
            reply = failed(error.code, why=str(error))
        finally:
            done(None)
            self.answers.give(message.request, reply)

    async def _reload(self, message: ReloadAccount, done: Done) -> None:
        try:
            await self.sessions.reload(message.account_id)
            self.execution.wake(message.account_id)
        except StoreUnavailableError:
            _log.warning("account_not_reloaded", extra={"account_id": str(message.account_id)})
        finally:
            done(None)


async def _looked(message: ProbeAccount | FindInstruments, broker: Broker) -> Reply:
    if isinstance(message, ProbeAccount):
        return await look_at_account(broker)
    return await look_for_instruments(broker, symbol=message.symbol, query=message.query)
